#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace stele::text {

// "suffix" becomes `with` where at least `stem_min` letters stay before it, and the word is no exception.
struct RslpRule {
  std::u16string_view suffix;
  std::size_t stem_min;
  std::u16string_view with;
  std::u16string_view exceptions;  // between spaces
};

// Rules of which the first that fits is applied, for words of at least `word_min` letters that end in one of
// `endings` (any, if there are none). Exceptions are whole words or endings.
struct RslpStep {
  std::string_view name;
  std::size_t word_min;
  bool exceptions_are_words;
  std::u16string_view endings;
  std::span<const RslpRule> rules;
  // Did it change the word's length?
  bool apply(std::u16string& word) const;
};

std::span<const RslpStep> galician_rslp_steps();
std::span<const RslpStep> portuguese_rslp_steps();

}  // namespace stele::text
