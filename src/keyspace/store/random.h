#pragma once

#include <cstddef>
#include <random>

namespace stele::keyspace::store {

// This thread's source of what commands choose at random.
inline std::mt19937_64& random_source() {
  thread_local std::mt19937_64 source{std::random_device{}()};
  return source;
}

// Below n, evenly; n > 0.
inline std::size_t random_below(std::size_t n) {
  return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_source());
}

}  // namespace stele::keyspace::store
