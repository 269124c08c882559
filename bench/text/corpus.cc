#include "corpus.h"

#include <cmath>

namespace {

// Letters alone, no two words the same, frequent ones short.
std::string spelled(std::uint32_t word) {
  std::string text;
  for (std::uint32_t left = word + 26; left > 0; left = left / 26) text += static_cast<char>('a' + left % 26);
  return text;
}

}  // namespace

std::uint32_t Corpus::zipf() {
  const double u = std::uniform_real_distribution<double>(0, std::log(static_cast<double>(kWords)))(random_);
  return static_cast<std::uint32_t>(std::exp(u)) - 1;
}

std::string Corpus::next() {
  std::string text;
  std::uint32_t word = zipf();
  for (std::size_t left = 20 + random_() % 81; left > 0; --left) {
    text += spelled(word);
    if (left > 1) text += ' ';
    word = random_() % 5 == 0 ? (word * 31 + 7) % kWords : zipf();
  }
  return text;
}
