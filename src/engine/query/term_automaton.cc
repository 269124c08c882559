#include "engine/query/term_automaton.h"

#include <algorithm>

namespace stele::engine {

TermAutomaton::TermAutomaton(const std::array<std::uint8_t, 256>& class_of, std::size_t states_max)
    : class_of_(class_of), states_max_(states_max) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (class_of_[byte] >= bytes_.size()) bytes_.resize(class_of_[byte] + std::size_t{1});
    bytes_[class_of_[byte]] = static_cast<unsigned char>(byte);
  }
}

TermAutomaton::State TermAutomaton::add_state(bool accepting) {
  if (accepting_.size() >= states_max_) {
    exhausted_ = true;
    return kDead;
  }
  accepting_.push_back(accepting ? 1 : 0);
  steps_.resize(steps_.size() + bytes_.size(), kUnknown);
  return static_cast<State>(accepting_.size() - 1);
}

TermAutomaton::State TermAutomaton::follow(State state, std::size_t byte_class) {
  if (state == kDead || exhausted_) return kDead;
  const std::size_t place = state * bytes_.size() + byte_class;
  if (steps_[place] == kUnknown) {
    const State next = make_step(state, bytes_[byte_class]);
    steps_[place] = next;
  }
  return exhausted_ ? kDead : steps_[place];
}

unsigned TermAutomaton::next_byte(State state, unsigned from) {
  while (from < 256 && step(state, static_cast<unsigned char>(from)) == kDead) ++from;
  return from < 256 ? from : kNoByte;
}

bool TermAutomaton::matches(std::string_view term) {
  State state = kStart;
  for (const char byte : term) state = step(state, static_cast<unsigned char>(byte));
  return accepts(state);
}

AcceptedTerms::AcceptedTerms(const TermsReader& terms, TermAutomaton& automaton)
    : terms_(terms), automaton_(automaton), cursor_(terms.cursor(0)), states_{TermAutomaton::kStart} {
  find();
}

void AcceptedTerms::advance() {
  cursor_->advance();
  ++rank_;
  find();
}

void AcceptedTerms::find() {
  wanted_.clear();
  while (cursor_ != nullptr) {
    if (cursor_->at_end()) {
      cursor_.reset();
      return;
    }
    if (cursor_->term() < wanted_) {
      seek();
      continue;
    }
    if (read()) return;
    if (wanted_.empty()) {
      cursor_.reset();
      return;
    }
    cursor_->advance();
    ++rank_;
  }
}

void AcceptedTerms::seek() {
  // Near ones first: a step costs less than a look-up.
  constexpr int kNear = 8;
  for (int i = 0; i < kNear; ++i) {
    cursor_->advance();
    ++rank_;
    if (cursor_->at_end() || cursor_->term() >= wanted_) return;
  }
  rank_ = terms_.lower_bound(wanted_);
  cursor_ = terms_.cursor(rank_);
}

bool AcceptedTerms::read() {
  const std::string_view term = cursor_->term();
  // What it shares with the former one is known.
  const std::size_t limit = std::min({term.size(), term_.size(), states_.size() - 1});
  std::size_t at = 0;
  while (at < limit && term[at] == term_[at]) ++at;
  states_.resize(at + 1);
  term_.assign(term);
  for (; at < term_.size(); ++at) {
    const TermAutomaton::State next = automaton_.step(states_.back(), static_cast<unsigned char>(term_[at]));
    if (next == TermAutomaton::kDead) {
      want_behind(at);
      return false;
    }
    states_.push_back(next);
  }
  if (automaton_.accepts(states_.back())) return true;
  // What comes next begins with this one, or stands behind all that do.
  const unsigned byte = automaton_.next_byte(states_.back(), 0);
  wanted_ = term_;
  if (byte != TermAutomaton::kNoByte)
    wanted_.push_back(static_cast<char>(byte));
  else
    want_behind(term_.size() - std::min<std::size_t>(1, term_.size()));
  return false;
}

void AcceptedTerms::want_behind(std::size_t size) {
  wanted_.clear();
  if (term_.empty()) return;
  for (std::size_t at = size + 1; at-- > 0;) {
    const unsigned byte = automaton_.next_byte(states_[at], static_cast<unsigned char>(term_[at]) + 1U);
    if (byte == TermAutomaton::kNoByte) continue;
    wanted_.assign(term_, 0, at);
    wanted_.push_back(static_cast<char>(byte));
    return;
  }
}

}  // namespace stele::engine
