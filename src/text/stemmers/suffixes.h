#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace stele::text {

// Suffixes that are treated alike: of a word of more than `longer_than` letters the suffix goes, but for its
// first `keep` letters, and `append` comes.
struct SuffixRule {
  std::size_t longer_than = 0;
  std::u16string_view suffixes;  // between spaces
  std::size_t keep = 0;
  std::u16string_view append = {};
};

// One step of a stemmer: the first rule that fits, in order, is applied. Cost: the suffixes that end in the
// word's last letter are compared. Threads: immutable after construction.
class SuffixStep {
 public:
  SuffixStep(std::initializer_list<SuffixRule> rules);
  // Did a rule fit?
  bool apply(std::u16string& word) const;

 private:
  struct Entry {
    std::u16string_view suffix;
    SuffixRule rule;
  };
  std::array<std::vector<Entry>, 64> by_last_letter_;
};

// The letter before the last `back` ones (0 = the last).
inline char16_t letter(std::u16string_view word, std::size_t back) {
  return word[word.size() - 1 - back];
}
inline bool is_any(char16_t c, std::u16string_view letters) {
  return letters.find(c) != std::u16string_view::npos;
}
// Is `word` one of those between spaces?
bool is_one_of(std::u16string_view word, std::u16string_view words);
bool ends_in_any(std::u16string_view word, std::u16string_view suffixes);
// Replaces letters, "from to from to".
void map_letters(std::u16string& word, std::u16string_view pairs);

}  // namespace stele::text
