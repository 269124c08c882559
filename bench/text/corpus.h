#pragma once

#include <cstdint>
#include <random>
#include <string>

// Documents of 20 to 100 words with Zipf's frequencies out of 200,000; every fifth word is the usual follower
// of the one before, so that there are phrases. The same ones each time.
class Corpus {
 public:
  std::string next();

 private:
  static constexpr std::uint32_t kWords = 200'000;
  std::uint32_t zipf();

  std::mt19937_64 random_{11};
};
