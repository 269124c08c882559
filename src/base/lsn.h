#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele {

// A position in PostgreSQL's write-ahead log: bytes since its beginning. Zero is "none".
// Text form as PostgreSQL's pg_lsn: two hexadecimal halves, "16/B374D848".
class Lsn {
 public:
  constexpr Lsn() = default;
  constexpr explicit Lsn(std::uint64_t value) : value_(value) {}

  // kInvalidArgument unless `text` is exactly H/H with 1 to 8 hexadecimal digits each.
  static Result<Lsn> parse(std::string_view text);
  std::string to_string() const;

  constexpr std::uint64_t value() const { return value_; }
  constexpr bool is_none() const { return value_ == 0; }
  constexpr auto operator<=>(const Lsn&) const = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace stele

template <>
struct std::hash<stele::Lsn> {
  std::size_t operator()(stele::Lsn lsn) const noexcept { return std::hash<std::uint64_t>{}(lsn.value()); }
};
