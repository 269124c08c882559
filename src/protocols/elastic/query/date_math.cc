#include "protocols/elastic/query/date_math.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "protocols/elastic/parameters.h"

namespace stele::elastic {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMonthsMax = 12 * 1000;  // more than there are between the first and the last instant

using Days = std::chrono::sys_days;

// An instant taken apart in local time: the day and the nanoseconds into it.
struct Local {
  Days day;
  std::int64_t rest;
};

Local to_local(std::int64_t instant) {
  constexpr std::int64_t kDay = 86400 * kSecond;
  std::int64_t day = instant / kDay;
  std::int64_t rest = instant % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  return {Days(std::chrono::days(day)), rest};
}

// Instants end in 1678 and 2262: what is beyond them is the last one there is, which compares rightly.
std::int64_t saturated_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

std::int64_t saturated_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a < 0) != (b < 0) ? std::numeric_limits<std::int64_t>::min()
                            : std::numeric_limits<std::int64_t>::max();
}

std::int64_t from_local(const Local& local) {
  const std::int64_t days = local.day.time_since_epoch().count();
  return saturated_add(saturated_multiply(days, 86400 * kSecond), local.rest);
}

Days add_months(Days day, int months) {
  const std::chrono::year_month_day date(day);
  std::chrono::year_month_day moved = date + std::chrono::months(months);
  if (!moved.ok()) moved = moved.year() / moved.month() / std::chrono::last;
  return Days(moved);
}

struct Unit {
  char letter;
  std::int64_t nanoseconds;  // 0: by the calendar
};
constexpr Unit kUnits[] = {{'y', 0},
                           {'M', 0},
                           {'w', 7 * 86400 * kSecond},
                           {'d', 86400 * kSecond},
                           {'h', 3600 * kSecond},
                           {'H', 3600 * kSecond},
                           {'m', 60 * kSecond},
                           {'s', kSecond}};

std::optional<Unit> unit_of(char letter) {
  for (const Unit& unit : kUnits)
    if (unit.letter == letter) return unit;
  return std::nullopt;
}

// The first instant of the unit that `instant` (local time) lies in.
std::int64_t floor_to(std::int64_t instant, const Unit& unit) {
  Local local = to_local(instant);
  const std::chrono::year_month_day date(local.day);
  switch (unit.letter) {
    case 'y':
      return from_local({Days(date.year() / std::chrono::January / 1), 0});
    case 'M':
      return from_local({Days(date.year() / date.month() / 1), 0});
    case 'w': {
      const std::chrono::weekday weekday(local.day);
      return from_local({local.day - std::chrono::days(weekday.iso_encoding() - 1), 0});
    }
    default:
      local.rest -= local.rest % unit.nanoseconds;
      return from_local(local);
  }
}

std::int64_t add(std::int64_t instant, const Unit& unit, std::int64_t count) {
  if (unit.nanoseconds != 0) return saturated_add(instant, saturated_multiply(count, unit.nanoseconds));
  Local local = to_local(instant);
  const std::int64_t months =
      std::clamp<std::int64_t>(unit.letter == 'y' ? count * 12 : count, -kMonthsMax, kMonthsMax);
  local.day = add_months(local.day, static_cast<int>(months));
  return from_local(local);
}

// The finest unit that the text of an ISO date names, by its shape.
Unit finest_unit(std::string_view text) {
  if (text.find('.') != std::string_view::npos || text.find(',') != std::string_view::npos) return {'n', 1};
  const std::size_t time = text.find_first_of("T ");
  if (time == std::string_view::npos) {
    if (text.size() <= 4) return {'y', 0};
    return text.size() <= 7 ? Unit{'M', 0} : Unit{'d', 86400 * kSecond};
  }
  std::string_view clock = text.substr(time + 1);
  clock = clock.substr(0, clock.find_first_of("Z+-"));
  if (clock.size() <= 2) return {'h', 3600 * kSecond};
  return clock.size() <= 5 ? Unit{'m', 60 * kSecond} : Unit{'s', kSecond};
}

bool is_iso_shape(std::string_view text) {
  return text.size() >= 4 && text.find_first_not_of("0123456789") != 0 &&
         (text.size() == 4 || text[4] == '-') &&
         text.find_first_not_of("0123456789-T:.,Z+ ") == std::string_view::npos;
}

// The finest unit of a pattern such as dd/MM/yyyy; 'n' where it names a time of the day, or is a named
// format.
Unit finest_unit_of_pattern(std::string_view format) {
  if (format.find_first_of("HhkKmsS_") != std::string_view::npos) return {'n', 1};
  if (format.find('d') != std::string_view::npos) return {'d', 86400 * kSecond};
  return format.find('M') != std::string_view::npos ? Unit{'M', 0} : Unit{'y', 0};
}

bool has_zone(std::string_view text) {
  const std::size_t time = text.find('T');
  if (text.ends_with('Z')) return true;
  return time != std::string_view::npos && text.find_first_of("+-", time) != std::string_view::npos;
}

// "+02:00", "-0530", "+2"; nothing for what is none.
std::optional<std::int64_t> offset_of(std::string_view zone) {
  if (zone.empty() || zone == "Z" || zone == "UTC" || zone == "GMT" || zone == "Etc/UTC") return 0;
  if (zone.starts_with("UTC") || zone.starts_with("GMT")) zone.remove_prefix(3);
  if (zone.size() < 2 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  std::string digits;
  for (const char c : zone.substr(1)) {
    if (c == ':') continue;
    if (c < '0' || c > '9') return std::nullopt;
    digits += c;
  }
  if (digits.size() <= 2) digits += "00";
  if (digits.size() == 3) digits.insert(0, "0");
  if (digits.size() != 4) return std::nullopt;
  const std::int64_t number = *parse_integer(digits);
  const std::int64_t seconds = (number / 100) * 3600 + (number % 100) * 60;
  if (seconds > 18 * 3600) return std::nullopt;
  return (zone[0] == '-' ? -seconds : seconds) * kSecond;
}

}  // namespace

Outcome<DateReader> DateReader::of_field(const QueryScope& scope, std::string_view field,
                                         std::string_view format, std::string_view time_zone) {
  const views::FieldReading* reading = scope.reading(field);
  if (format.empty() && reading != nullptr) format = reading->format;
  views::DateFormat date_format = views::DateFormat::elasticsearch_default();
  if (!format.empty()) {
    Result<views::DateFormat> parsed = views::DateFormat::parse(format);
    if (!parsed)
      return illegal_argument(fmt::format("Invalid format: [{}]: {}", format, parsed.error().message));
    date_format = *std::move(parsed);
  }
  DateReader reader(std::move(date_format));
  reader.now_ns_ = scope.now_ns;
  const std::optional<std::int64_t> offset = offset_of(time_zone);
  if (!offset)
    return not_supported(fmt::format("[time_zone] [{}] (offsets such as [+02:00] are) is", time_zone));
  reader.offset_ns_ = *offset;
  return reader;
}

Outcome<std::int64_t> DateReader::read(std::string_view text, Rounding rounding) const {
  if (text.starts_with("now")) return apply_math(now_ns_, text.substr(3), rounding);
  const std::size_t bars = text.find("||");
  const std::string_view math = bars == std::string_view::npos ? std::string_view() : text.substr(bars + 2);
  const std::string_view date = text.substr(0, bars);
  Result<std::int64_t> instant = format_.read(date);
  if (!instant)
    return Failure{400, "parse_exception",
                   fmt::format("failed to parse date field [{}] with format [{}]: [{}]", date, format_.text(),
                               instant.error().message)};
  std::int64_t value = *instant;
  const bool iso = is_iso_shape(date);
  const bool digits_alone = date.find_first_not_of("-0123456789") == std::string_view::npos && !iso;
  if (!digits_alone && !has_zone(date)) value = saturated_add(value, -offset_ns_);
  // What the text leaves open is filled with its greatest values.
  if (!digits_alone && rounding == Rounding::kUp && math.empty()) {
    const Unit unit = iso ? finest_unit(date) : finest_unit_of_pattern(format_.text());
    if (unit.letter != 'n')
      value = saturated_add(add(saturated_add(value, offset_ns_), unit, 1), -offset_ns_ - 1);
  }
  return apply_math(value, math, rounding);
}

Outcome<std::int64_t> DateReader::apply_math(std::int64_t instant, std::string_view math,
                                             Rounding rounding) const {
  const auto bad = [&](std::string_view why) {
    return Failure{400, "parse_exception", fmt::format("{} in date math [{}]", why, math)};
  };
  std::int64_t local = saturated_add(instant, offset_ns_);
  for (std::size_t i = 0; i < math.size();) {
    const char operation = math[i++];
    if (operation != '+' && operation != '-' && operation != '/') return bad("operator not supported");
    std::int64_t count = 1;
    const std::size_t digits = i;
    while (i < math.size() && math[i] >= '0' && math[i] <= '9') ++i;
    if (i > digits) {
      const std::optional<std::int64_t> number = parse_integer(math.substr(digits, i - digits));
      if (!number || *number > 1'000'000) return bad("number out of range");
      count = *number;
    }
    if (i >= math.size()) return bad("truncated unit");
    const std::optional<Unit> unit = unit_of(math[i++]);
    if (!unit) return bad(fmt::format("unit [{}] not supported", math[i - 1]));
    if (operation == '/') {
      if (count != 1) return bad("rounding `/` can only be used on single unit types");
      local = floor_to(local, *unit);
      if (rounding == Rounding::kUp) local = saturated_add(add(local, *unit, 1), -1);
    } else {
      local = add(local, *unit, operation == '-' ? -count : count);
    }
  }
  return saturated_add(local, -offset_ns_);
}

}  // namespace stele::elastic
