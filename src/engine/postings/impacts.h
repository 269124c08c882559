#pragma once

#include <array>
#include <cstdint>

namespace stele::engine {

// How high can a term's score be among some documents? Up to four pairs of a frequency and an encoded length,
// such that every document has, in one of them, at least its frequency and at most its length. The score of a
// similarity that rises with frequency and falls with length is bounded by the best of the pairs, whatever
// the collection's averages have become since they were written. A frequency of 255 stands for any from there
// on. Eight bytes in a posting list's skip record.
struct Impact {
  std::uint8_t frequency = 0;
  std::uint8_t length = 0;
};
using Impacts = std::array<Impact, 4>;  // unused ones repeat the first

// Confined to its thread.
class ImpactsBuilder {
 public:
  ImpactsBuilder() { least_.fill(256); }
  // A document's frequency and encoded length.
  void add(std::uint32_t frequency, std::uint8_t length) {
    std::uint16_t& least = least_[frequency < 255 ? frequency : 255];
    if (length < least) least = length;
  }
  Impacts finish() const;

 private:
  std::array<std::uint16_t, 256> least_;  // the least length for each frequency that occurs
};

}  // namespace stele::engine
