#include "postgres/types/temporal.h"

#include <fmt/format.h>

#include <string_view>

#include "base/bytes.h"

namespace stele::postgres {

namespace {

constexpr std::int64_t kMicrosecondsADay = 86'400'000'000;
constexpr std::int64_t kUnixDaysAt2000 = 10'957;
constexpr std::int64_t kUnixMicrosecondsAt2000 = kUnixDaysAt2000 * kMicrosecondsADay;

Error invalid(std::string_view type, ColumnValue value) {
  if (value.kind == ColumnKind::kBinary) {
    return make_error(ErrorCode::kInvalidArgument, fmt::format("invalid binary {}", type));
  }
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("invalid {}: \"{}\"", type, value.bytes.substr(0, 100)));
}

// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level
// date algorithms"). Year 0 is 1 BC.
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

// Reads text from the front; a step that fails makes all later ones fail.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}

  // Between `least` and `most` digits.
  std::int64_t digits(std::size_t least, std::size_t most) {
    std::int64_t number = 0;
    digits_read_ = 0;
    while (digits_read_ < most && digits_read_ < text_.size() && text_[digits_read_] >= '0' &&
           text_[digits_read_] <= '9') {
      number = number * 10 + (text_[digits_read_++] - '0');
    }
    if (digits_read_ < least) ok_ = false;
    text_.remove_prefix(digits_read_);
    return number;
  }
  std::size_t digits_read() const { return digits_read_; }
  bool skip(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }
  void require(std::string_view expected) { ok_ = skip(expected) && ok_; }
  void refuse_unless(bool condition) { ok_ = ok_ && condition; }
  bool at_end() const { return ok_ && text_.empty(); }
  bool ok() const { return ok_; }

 private:
  std::string_view text_;
  std::size_t digits_read_ = 0;
  bool ok_ = true;
};

struct Civil {
  std::int64_t year = 0;
  unsigned month = 0, day = 0;
};

Civil read_civil(TextReader& reader) {
  Civil civil;
  civil.year = reader.digits(1, 7);
  reader.require("-");
  civil.month = static_cast<unsigned>(reader.digits(2, 2));
  reader.require("-");
  civil.day = static_cast<unsigned>(reader.digits(2, 2));
  reader.refuse_unless(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31);
  return civil;
}

// Days since 2000; an era follows the whole text: "0044-03-15 BC".
std::int64_t days_at(Civil civil, bool before_christ) {
  const std::int64_t year = before_christ ? 1 - civil.year : civil.year;
  return days_from_civil(year, civil.month, civil.day) - kUnixDaysAt2000;
}

// "12:34:56.789"
std::int64_t read_time_of_day(TextReader& reader) {
  const std::int64_t hours = reader.digits(2, 2);
  reader.require(":");
  const std::int64_t minutes = reader.digits(2, 2);
  reader.require(":");
  const std::int64_t seconds = reader.digits(2, 2);
  std::int64_t fraction = 0;
  if (reader.skip(".")) {
    fraction = reader.digits(1, 6);
    for (std::size_t digits = reader.digits_read(); digits < 6; ++digits) fraction *= 10;
  }
  reader.refuse_unless(hours <= 24 && minutes <= 59 && seconds <= 60);
  return ((hours * 60 + minutes) * 60 + seconds) * 1'000'000 + fraction;
}

// "+02", "-03:30", "+00:19:32" or nothing.
std::int64_t read_offset(TextReader& reader) {
  std::int64_t sign = 0;
  if (reader.skip("+")) sign = 1;
  if (sign == 0 && reader.skip("-")) sign = -1;
  if (sign == 0) return 0;
  std::int64_t seconds = reader.digits(2, 2) * 3600;
  if (reader.skip(":")) seconds += reader.digits(2, 2) * 60;
  if (reader.skip(":")) seconds += reader.digits(2, 2);
  return sign * seconds * 1'000'000;
}

template <class Integer>
std::optional<Integer> binary_integer(ColumnValue value) {
  if (value.bytes.size() != sizeof(Integer)) return std::nullopt;
  return load_big_endian<Integer>(value.bytes.data());
}

}  // namespace

std::optional<std::int64_t> Date::unix_ns() const {
  if (is_infinite()) return std::nullopt;
  return Timestamp{days * kMicrosecondsADay}.unix_ns();
}

std::optional<std::int64_t> Timestamp::unix_ns() const {
  if (is_infinite()) return std::nullopt;
  std::int64_t since_1970 = 0;
  std::int64_t ns = 0;
  if (__builtin_add_overflow(microseconds, kUnixMicrosecondsAt2000, &since_1970) ||
      __builtin_mul_overflow(since_1970, std::int64_t{1000}, &ns)) {
    return std::nullopt;
  }
  return ns;
}

std::optional<std::int64_t> Timestamp::unix_ms() const {
  if (is_infinite()) return std::nullopt;
  const std::int64_t ms = microseconds / 1000 - (microseconds % 1000 < 0 ? 1 : 0);
  return ms + kUnixMicrosecondsAt2000 / 1000;
}

Result<Date> decode_date(ColumnValue value) {
  if (value.kind == ColumnKind::kBinary) {
    const auto days = binary_integer<std::int32_t>(value);
    if (!days) return invalid("date", value);
    return Date{*days};
  }
  if (value.bytes == "infinity") return Date{Date::kInfinity};
  if (value.bytes == "-infinity") return Date{Date::kMinusInfinity};
  TextReader reader(value.bytes);
  const Civil civil = read_civil(reader);
  const bool before_christ = reader.skip(" BC");
  const std::int64_t days = reader.at_end() ? days_at(civil, before_christ) : Date::kInfinity;
  if (days <= Date::kMinusInfinity || days >= Date::kInfinity) return invalid("date", value);
  return Date{static_cast<std::int32_t>(days)};
}

Result<TimeOfDay> decode_time(ColumnValue value) {
  if (value.kind == ColumnKind::kBinary) {
    const auto microseconds = binary_integer<std::int64_t>(value);
    if (!microseconds) return invalid("time", value);
    return TimeOfDay{*microseconds};
  }
  TextReader reader(value.bytes);
  const std::int64_t microseconds = read_time_of_day(reader);
  if (!reader.at_end()) return invalid("time", value);
  return TimeOfDay{microseconds};
}

Result<Timestamp> decode_timestamp(ColumnValue value) {
  if (value.kind == ColumnKind::kBinary) {
    const auto microseconds = binary_integer<std::int64_t>(value);
    if (!microseconds) return invalid("timestamp", value);
    return Timestamp{*microseconds};
  }
  if (value.bytes == "infinity") return Timestamp{Timestamp::kInfinity};
  if (value.bytes == "-infinity") return Timestamp{Timestamp::kMinusInfinity};
  TextReader reader(value.bytes);
  const Civil civil = read_civil(reader);
  reader.require(" ");
  const std::int64_t time = read_time_of_day(reader);
  const std::int64_t offset = read_offset(reader);
  const bool before_christ = reader.skip(" BC");
  std::int64_t microseconds = 0;
  if (!reader.at_end() ||
      __builtin_mul_overflow(days_at(civil, before_christ), kMicrosecondsADay, &microseconds) ||
      __builtin_add_overflow(microseconds, time - offset, &microseconds)) {
    return invalid("timestamp", value);
  }
  return Timestamp{microseconds};
}

}  // namespace stele::postgres
