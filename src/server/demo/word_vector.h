#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace stele::server::demo {

constexpr std::size_t kWordDimensions = 64;
using WordVector = std::array<float, kWordDimensions>;

// A small vector for a text, so that the demo has one without a language model: a hashed bag of words. Each
// word (a run of ASCII letters and digits, in lower case, of two or more) adds +1 or -1 to one of 64
// dimensions, both by its hash (FNV-1a and a finaliser). Texts that share words are near; texts that mean the
// same are not. Source: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, 2009.
void add_words(std::string_view text, WordVector& vector);
// To length 1; false, and unchanged, if there is nothing in it.
bool normalize(WordVector& vector);

}  // namespace stele::server::demo
