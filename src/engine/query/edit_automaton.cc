#include "engine/query/edit_automaton.h"

#include <algorithm>

namespace stele::engine {
namespace {

constexpr std::size_t kStatesMax = 20'000;

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0U) == 0x80U;
}

// Bytes behind the first of a character.
unsigned bytes_behind(unsigned char lead) {
  if (lead < 0x80) return 0;
  if (lead < 0xE0) return 1;
  return lead < 0xF0 ? 2 : 3;
}

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (const char byte : text) {
    if (characters.empty() || !is_continuation(static_cast<unsigned char>(byte))) characters.emplace_back();
    characters.back().push_back(byte);
  }
  return characters;
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return !is_continuation(static_cast<unsigned char>(byte)); }));
}

// Bytes of the word stand for themselves; others for all that begin a character of the same size.
std::array<std::uint8_t, 256> EditAutomaton::classes(std::string_view word) {
  std::array<std::uint8_t, 256> class_of{};
  for (unsigned byte = 0; byte < 256; ++byte)
    class_of[byte] = static_cast<std::uint8_t>(is_continuation(static_cast<unsigned char>(byte))
                                                   ? 4
                                                   : bytes_behind(static_cast<unsigned char>(byte)));
  std::uint8_t next = 5;
  for (const char byte : word) {
    std::uint8_t& own = class_of[static_cast<unsigned char>(byte)];
    if (own < 5 && next < 255) own = next++;  // (that many different bytes are no UTF-8)
  }
  // Classes of which nothing is left would have no byte: numbers close up.
  std::array<std::uint8_t, 256> number{};
  std::array<bool, 256> given{};
  std::uint8_t count = 0;
  for (std::uint8_t& own : class_of) {
    if (!given[own]) {
      given[own] = true;
      number[own] = count++;
    }
    own = number[own];
  }
  return class_of;
}

EditAutomaton::EditAutomaton(std::string_view word, std::size_t edits_max, std::size_t prefix_characters,
                             bool transpositions)
    : TermAutomaton(classes(word), kStatesMax),
      word_(characters_of(word)),
      edits_max_(static_cast<std::uint8_t>(edits_max)),
      prefix_(std::min(prefix_characters, word_.size())),
      transpositions_(transpositions) {
  add_state(false);
  states_.emplace_back();
  Reached start;
  for (std::size_t i = 0; i <= word_.size(); ++i)
    start.row.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(i, edits_max_ + std::size_t{1})));
  if (prefix_ > 0)
    std::fill(start.row.begin() + 1, start.row.end(), static_cast<std::uint8_t>(edits_max_ + 1));
  reach(std::move(start));
}

bool EditAutomaton::is_known(std::string_view character) const {
  return std::ranges::find(word_, character) != word_.end();
}

TermAutomaton::State EditAutomaton::make_step(State state, unsigned char byte) {
  Reached next = states_[state];
  const bool goes_on = is_continuation(byte);
  if (goes_on != (next.bytes_missing > 0)) return kDead;
  next.bytes_missing = goes_on ? next.bytes_missing - 1 : bytes_behind(byte);
  next.bytes.push_back(static_cast<char>(byte));
  if (next.bytes_missing > 0) return reach(std::move(next));
  std::string character = std::move(next.bytes);
  next.bytes.clear();
  return reach(after(next, std::move(character)));
}

EditAutomaton::Reached EditAutomaton::after(const Reached& from, std::string character) const {
  const auto beyond = static_cast<std::uint8_t>(edits_max_ + 1);
  Reached next;
  next.length = std::min<std::uint32_t>(from.length + 1, static_cast<std::uint32_t>(prefix_));
  next.row.assign(from.row.size(), beyond);
  if (from.length < prefix_) {
    // As it is, or not at all. Behind it, what may be left out of the word.
    if (word_[from.length] != character) return next;
    next.row[next.length] = 0;
    if (next.length == prefix_)
      for (std::size_t i = prefix_ + 1; i < next.row.size(); ++i)
        next.row[i] = static_cast<std::uint8_t>(std::min<std::size_t>(i - prefix_, beyond));
    return next;
  }
  for (std::size_t i = prefix_; i < next.row.size(); ++i) {
    unsigned least = from.row[i] + 1U;
    if (i > prefix_) {
      least =
          std::min({least, next.row[i - 1] + 1U, from.row[i - 1] + (word_[i - 1] == character ? 0U : 1U)});
      const bool exchanged = transpositions_ && i > prefix_ + 1 && !from.former.empty() &&
                             word_[i - 1] == from.before && word_[i - 2] == character;
      if (exchanged) least = std::min(least, from.former[i - 2] + 1U);
    }
    next.row[i] = static_cast<std::uint8_t>(std::min<unsigned>(least, beyond));
  }
  if (transpositions_ && is_known(character)) {
    next.former = from.row;
    next.before = std::move(character);
  }
  return next;
}

TermAutomaton::State EditAutomaton::reach(Reached reached) {
  // (Two exchanged cannot bring back what has no row left: putting in a character costs no more.)
  if (std::ranges::all_of(reached.row, [this](std::uint8_t edits) { return edits > edits_max_; }))
    return kDead;
  std::string key(reached.row.begin(), reached.row.end());
  key.append(reached.former.begin(), reached.former.end());
  for (const std::string& part : {reached.before, reached.bytes}) key.append("\xFF").append(part);
  key.append("\xFF").append(std::to_string(reached.length));
  const auto [place, fresh] = known_.try_emplace(std::move(key), kDead);
  if (!fresh) return place->second;
  const State state = add_state(reached.bytes_missing == 0 && reached.row.back() <= edits_max_);
  place->second = state;
  if (state != kDead) states_.push_back(std::move(reached));
  return state;
}

}  // namespace stele::engine
