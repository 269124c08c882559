#include "text/word_set.h"

#include <algorithm>

#include "text/unicode.h"

namespace stele::text {

WordSet::WordSet(const std::vector<std::string>& words, bool ignore_case) : ignore_case_(ignore_case) {
  for (const std::string& word : words) {
    const std::string kept = ignore_case ? lowercased(word) : word;
    lengths_ |= std::uint64_t{1} << std::min<std::size_t>(kept.size(), 63);
    words_.insert(kept);
  }
}

bool WordSet::contains(std::string_view word) const {
  if (ignore_case_) return !words_.empty() && words_.contains(lowercased(word));
  if (((lengths_ >> std::min<std::size_t>(word.size(), 63)) & 1U) == 0) return false;
  return words_.contains(word);
}

}  // namespace stele::text
