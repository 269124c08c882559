#include "text/stemmers/suffixes.h"

namespace stele::text {
namespace {

template <class Use>
void for_each_word(std::u16string_view words, const Use& use) {
  while (!words.empty()) {
    const std::size_t space = std::min(words.find(u' '), words.size());
    if (space > 0 && use(words.substr(0, space))) return;
    words.remove_prefix(std::min(space + 1, words.size()));
  }
}

}  // namespace

SuffixStep::SuffixStep(std::initializer_list<SuffixRule> rules) {
  for (const SuffixRule& rule : rules)
    for_each_word(rule.suffixes, [&](std::u16string_view suffix) {
      by_last_letter_[suffix.back() % by_last_letter_.size()].push_back({suffix, rule});
      return false;
    });
}

bool SuffixStep::apply(std::u16string& word) const {
  if (word.empty()) return false;
  for (const Entry& entry : by_last_letter_[word.back() % by_last_letter_.size()]) {
    if (word.size() <= entry.rule.longer_than || !word.ends_with(entry.suffix)) continue;
    word.resize(word.size() - entry.suffix.size() + entry.rule.keep);
    word += entry.rule.append;
    return true;
  }
  return false;
}

bool is_one_of(std::u16string_view word, std::u16string_view words) {
  bool found = false;
  for_each_word(words, [&](std::u16string_view one) { return found = one == word; });
  return found;
}

bool ends_in_any(std::u16string_view word, std::u16string_view suffixes) {
  bool found = false;
  for_each_word(suffixes, [&](std::u16string_view suffix) { return found = word.ends_with(suffix); });
  return found;
}

void map_letters(std::u16string& word, std::u16string_view pairs) {
  for (char16_t& c : word) {
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (pairs[i] != c) continue;
      c = pairs[i + 1];
      break;
    }
  }
}

}  // namespace stele::text
