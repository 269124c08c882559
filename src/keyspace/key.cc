#include "keyspace/key.h"

#include <cstring>
#include <random>

namespace stele::keyspace {

namespace {

const std::uint64_t kSeed = [] {
  std::random_device device;
  return (std::uint64_t{device()} << 32) ^ device();
}();

// Multiplies to 128 bits and folds: the step of wyhash (Wang Yi, public domain), whose constants these are.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t kFirst = 0xa0761d6478bd642full;
constexpr std::uint64_t kSecond = 0xe7037ed1a0b428dbull;
constexpr std::uint64_t kThird = 0x8ebc6af09c88c6e3ull;

template <class Integer>
std::uint64_t load(const char* at) {
  Integer value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  seed ^= kSeed;
  for (; left > 16; left -= 16, at += 16)
    seed = mix(load<std::uint64_t>(at) ^ kSecond, load<std::uint64_t>(at + 8) ^ seed);
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (left >= 8) {
    a = load<std::uint64_t>(at);
    b = load<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    a = load<std::uint32_t>(at);
    b = load<std::uint32_t>(at + left - 4);
  } else if (left > 0) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i]));
    };
    a = (byte(0) << 16) | (byte(left / 2) << 8) | byte(left - 1);
  }
  return mix(kThird ^ bytes.size(), mix(a ^ kFirst, b ^ seed));
}

std::uint64_t upper_48_bits_but_zero(std::uint64_t hash) {
  const std::uint64_t position = hash >> 16;
  return position == 0 ? 1 : position;
}

}  // namespace

std::uint64_t hash_of(KeyRef key) {
  return hash_bytes(key.name, (std::uint64_t{key.db.value()} + 1) * kSecond);
}

std::uint64_t hash_of(std::string_view field) {
  return hash_bytes(field, 0);
}

std::uint64_t scan_position(KeyRef key) {
  return upper_48_bits_but_zero(hash_of(key));
}

std::uint64_t scan_position(std::string_view field) {
  return upper_48_bits_but_zero(hash_of(field));
}

}  // namespace stele::keyspace
