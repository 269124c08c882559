#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/query/term_automaton.h"

namespace stele::engine {

// The terms within some edits of a word: characters put in, left out or replaced, and, with `transpositions`,
// two neighbours exchanged (once each: Lucene's "optimal string alignment"), behind a prefix that has to
// stand as it is. Characters are code points. States: rows of the table of distances, those above the limit
// alike. Limits: a word of at most kCharactersMax characters.
class EditAutomaton final : public TermAutomaton {
 public:
  static constexpr std::size_t kCharactersMax = 250;

  EditAutomaton(std::string_view word, std::size_t edits_max, std::size_t prefix_characters,
                bool transpositions);

  // Of an accepting state.
  std::size_t edits(State state) const { return states_[state].row.back(); }

 private:
  using Row = std::vector<std::uint8_t>;
  struct Reached {
    Row row;
    Row former;          // with transpositions: the row before
    std::string before;  // and the character between them
    std::string bytes;   // of a character that has begun
    unsigned bytes_missing = 0;
    std::uint32_t length = 0;  // characters, as far as the prefix goes
  };

  static std::array<std::uint8_t, 256> classes(std::string_view word);
  State make_step(State state, unsigned char byte) override;
  State reach(Reached reached);
  Reached after(const Reached& from, std::string character) const;
  bool is_known(std::string_view character) const;

  std::vector<std::string> word_;
  std::uint8_t edits_max_;
  std::size_t prefix_;
  bool transpositions_;
  std::vector<Reached> states_;
  std::unordered_map<std::string, State> known_;
};

std::size_t count_characters(std::string_view text);

}  // namespace stele::engine
