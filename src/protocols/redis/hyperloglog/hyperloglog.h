#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::redis {

// About how many different things were added? A HyperLogLog of 16384 registers in the bytes that Redis keeps
// in a string, sparse or dense, so that values carry over. Cost: a few microseconds to read or write a sparse
// one. Source: Redis' hyperloglog.c; O. Ertl, "New cardinality estimation algorithms", arXiv:1702.01284.
class HyperLogLog {
 public:
  static constexpr std::size_t kRegisters = 16384;
  static constexpr std::size_t kDenseBytes = 16 + kRegisters * 6 / 8;

  HyperLogLog() = default;
  // kInvalidArgument (WRONGTYPE) if it is no such string; kCorruption (INVALIDOBJ) if it is broken.
  static Result<HyperLogLog> read(std::string_view bytes);

  // Whether a register grew.
  bool add(std::string_view element);
  void merge(const HyperLogLog& other);
  std::uint64_t count() const;

  bool is_dense() const { return is_dense_; }
  void make_dense() { is_dense_ = true; }
  std::uint8_t register_at(std::size_t i) const { return registers_[i]; }
  // The bytes; sparse while it was and fits, and no register is above 32. Without a count that is kept.
  std::string write(std::size_t sparse_bytes_max);

 private:
  Result<void> read_sparse(std::string_view opcodes);
  std::optional<std::string> write_sparse(std::size_t bytes_max) const;
  std::string write_dense() const;

  std::array<std::uint8_t, kRegisters> registers_{};
  bool is_dense_ = false;
};

// The count that the bytes keep from an earlier PFCOUNT; nothing when they changed since.
std::optional<std::uint64_t> kept_count(std::string_view bytes);
// Eight bytes for the place of the count.
constexpr std::size_t kCountPlace = 8;
std::string count_bytes(std::uint64_t count);

}  // namespace stele::redis
