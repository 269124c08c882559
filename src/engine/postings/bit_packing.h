#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace stele::engine {

// How do 128 small integers lie in few bytes, so that they come out fast? Each of `bits` bits, in four lanes:
// value i is row i / 4 of lane i % 4, each lane a run of little-endian 32-bit words, the lanes' words
// alternating. A row is then one shift and mask of a 128-bit register (Lemire and Boytsov, "Decoding billions
// of integers per second through vectorization", SIMD-BP128). Cost: under 0.1 µs a block.
constexpr std::size_t kPackedBlock = 128;

constexpr std::size_t packed_bytes(unsigned bits) {
  return bits * (kPackedBlock / 8);
}
// The bits that the greatest of `values` needs, 0 to 32.
unsigned bits_needed(const std::uint32_t* values);
void append_packed(std::string& out, const std::uint32_t* values, unsigned bits);
// Reads packed_bytes(bits) and writes 128 values. `bits` is at most 32.
void unpack(const char* bytes, unsigned bits, std::uint32_t* values);

}  // namespace stele::engine
