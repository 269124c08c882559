#include "keyspace/key.h"

namespace stele::keyspace {

namespace {

// FNV-1a, then the finaliser of MurmurHash3, since the position is the upper bits.
std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ull ^ seed;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ull;
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdull;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ull;
  return hash ^ (hash >> 33);
}

std::uint64_t upper_48_bits_but_zero(std::uint64_t hash) {
  const std::uint64_t position = hash >> 16;
  return position == 0 ? 1 : position;
}

}  // namespace

std::uint64_t scan_position(KeyRef key) {
  return upper_48_bits_but_zero(hash_bytes(key.name, key.db.value()));
}

std::uint64_t scan_position(std::string_view field) {
  return upper_48_bits_but_zero(hash_bytes(field, 0));
}

}  // namespace stele::keyspace
