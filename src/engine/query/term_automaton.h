#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/segment/terms_reader.h"

namespace stele::engine {

// Which terms are meant? A machine over their bytes whose states are made when a walk first comes to them.
// Confined to its search. Cost: a step is a look-up once its state is known. Limits: states_max; from there
// on every step is dead and is_exhausted() says so.
class TermAutomaton {
 public:
  using State = std::uint32_t;
  static constexpr State kDead = 0;
  static constexpr State kStart = 1;
  static constexpr unsigned kNoByte = 256;

  virtual ~TermAutomaton() = default;
  TermAutomaton(const TermAutomaton&) = delete;
  TermAutomaton& operator=(const TermAutomaton&) = delete;

  State step(State state, unsigned char byte) { return follow(state, class_of_[byte]); }
  bool accepts(State state) const { return accepting_[state] != 0; }
  // The least byte from `from` on by which it goes on to live; kNoByte if none.
  unsigned next_byte(State state, unsigned from);
  bool is_exhausted() const { return exhausted_; }
  bool matches(std::string_view term);

 protected:
  // `class_of`: bytes of one class are never told apart.
  TermAutomaton(const std::array<std::uint8_t, 256>& class_of, std::size_t states_max);

  // A new state: the first is kDead, the second kStart. kDead where there are too many.
  State add_state(bool accepting);
  void exhaust() { exhausted_ = true; }
  // The state behind `state` by a byte, which stands for its class.
  virtual State make_step(State state, unsigned char byte) = 0;

 private:
  static constexpr State kUnknown = 0xFFFFFFFF;
  State follow(State state, std::size_t byte_class);

  std::array<std::uint8_t, 256> class_of_;
  std::vector<unsigned char> bytes_;  // one of each class
  std::size_t states_max_;
  bool exhausted_ = false;
  std::vector<std::uint8_t> accepting_;
  std::vector<State> steps_;  // a row a state
};

// The terms of a field that an automaton accepts, ascending: whole stretches in which none can be are passed
// over by a look-up. Confined to its search; both outlive it.
class AcceptedTerms {
 public:
  AcceptedTerms(const TermsReader& terms, TermAutomaton& automaton);

  bool at_end() const { return cursor_ == nullptr; }
  TermRank rank() const { return rank_; }
  std::string_view term() const { return term_; }
  TermAutomaton::State state() const { return states_.back(); }
  void advance();

 private:
  // To the first term that is not below `wanted_`, and from there to one that is accepted.
  void find();
  void seek();
  // Reads the term it stands on as far as the automaton lives; whether it is accepted. Else wanted_ is what
  // can come next, empty if nothing can.
  bool read();
  // The least string behind the first `size` bytes of the term, one that lives.
  void want_behind(std::size_t size);

  const TermsReader& terms_;
  TermAutomaton& automaton_;
  std::unique_ptr<TermsCursor> cursor_;  // null: at the end
  TermRank rank_ = 0;
  std::string term_;
  std::vector<TermAutomaton::State> states_;  // before each byte of the term, and behind the last that lives
  std::string wanted_;
};

}  // namespace stele::engine
