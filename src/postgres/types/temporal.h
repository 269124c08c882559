#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/result.h"
#include "postgres/replication/tuple.h"

namespace stele::postgres {

// Dates and times as PostgreSQL counts them: from 2000-01-01, years 4713 BC to 5874897 (dates) or 294276
// (timestamps), and two infinities. Text is read in DateStyle ISO, with any offset from UTC.

struct Date {
  static constexpr std::int32_t kInfinity = std::numeric_limits<std::int32_t>::max();
  static constexpr std::int32_t kMinusInfinity = std::numeric_limits<std::int32_t>::min();

  std::int32_t days = 0;  // since 2000-01-01

  bool is_infinite() const { return days == kInfinity || days == kMinusInfinity; }
  // Midnight UTC in nanoseconds since 1970; nothing for infinities and outside 1677 to 2262.
  std::optional<std::int64_t> unix_ns() const;
  bool operator==(const Date&) const = default;
};

struct TimeOfDay {
  std::int64_t microseconds = 0;  // since midnight; 24:00:00 is allowed
  bool operator==(const TimeOfDay&) const = default;
};

// With time zone: a moment. Without: what a clock in UTC would show.
struct Timestamp {
  static constexpr std::int64_t kInfinity = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t kMinusInfinity = std::numeric_limits<std::int64_t>::min();

  std::int64_t microseconds = 0;  // since 2000-01-01 00:00 UTC

  bool is_infinite() const { return microseconds == kInfinity || microseconds == kMinusInfinity; }
  // Nanoseconds since 1970; nothing for infinities and outside 1677 to 2262.
  std::optional<std::int64_t> unix_ns() const;
  // Milliseconds since 1970, rounded down; nothing for infinities.
  std::optional<std::int64_t> unix_ms() const;
  bool operator==(const Timestamp&) const = default;
};

// kInvalidArgument for what is no such value.
Result<Date> decode_date(ColumnValue value);
Result<TimeOfDay> decode_time(ColumnValue value);
Result<Timestamp> decode_timestamp(ColumnValue value);

}  // namespace stele::postgres
