#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "engine/schema.h"

namespace stele::engine {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsMax = 9'223'372'036;  // of what 64 bits of nanoseconds hold

// Reads digits and signs off the front of a text.
struct Scanner {
  std::string_view rest;

  std::optional<int> digits(std::size_t count) {
    if (rest.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest[i] < '0' || rest[i] > '9') return std::nullopt;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return value;
  }
  bool take(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
};

// "-05-12" of a date: months and days default to 1. Days since 1970.
std::optional<std::int64_t> scan_days(Scanner& scanner) {
  const auto year = scanner.digits(4);
  if (!year) return std::nullopt;
  std::optional<int> month = 1;
  std::optional<int> day = 1;
  if (scanner.take('-')) {
    month = scanner.digits(2);
    if (month && scanner.take('-')) day = scanner.digits(2);
  }
  if (!month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// ".123" or ",123": up to nine digits count.
std::optional<std::int64_t> scan_fraction(Scanner& scanner) {
  if (!scanner.take('.') && !scanner.take(',')) return 0;
  std::int64_t nanos = 0;
  std::int64_t unit = kNanosPerSecond / 10;
  std::size_t count = 0;
  while (const auto digit = scanner.digits(1)) {
    nanos += *digit * unit;
    unit /= 10;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return nanos;
}

// "Z", "+02:00", "+0200", "+02" or nothing, in seconds east of Greenwich.
std::optional<std::int64_t> scan_zone(Scanner& scanner) {
  if (scanner.rest.empty() || scanner.take('Z') || scanner.take('z')) return 0;
  const int sign = scanner.rest.starts_with('-') ? -1 : 1;
  if (!scanner.take('+') && !scanner.take('-')) return std::nullopt;
  const auto hours = scanner.digits(2);
  if (!hours || *hours > 18) return std::nullopt;
  scanner.take(':');
  const auto minutes = scanner.rest.empty() ? std::optional<int>(0) : scanner.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

struct TimeOfDay {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
};

// "10", "10:20", "10:20:30", "10:20:30.5" and a zone.
std::optional<TimeOfDay> scan_time(Scanner& scanner) {
  const auto hours = scanner.digits(2);
  std::optional<int> minutes = 0;
  std::optional<int> seconds = 0;
  std::optional<std::int64_t> nanos = 0;
  if (scanner.take(':')) {
    minutes = scanner.digits(2);
    if (minutes && scanner.take(':')) {
      seconds = scanner.digits(2);
      nanos = scan_fraction(scanner);
    }
  }
  if (!hours || !minutes || !seconds || !nanos) return std::nullopt;
  if (*hours > 24 || *minutes > 59 || *seconds > 60) return std::nullopt;
  const auto zone = scan_zone(scanner);
  if (!zone) return std::nullopt;
  return TimeOfDay{*hours * 3600 + *minutes * 60 + *seconds - *zone, *nanos};
}

std::optional<std::int64_t> scan_date(std::string_view text) {
  Scanner scanner{text};
  const auto days = scan_days(scanner);
  if (!days) return std::nullopt;
  TimeOfDay time;
  if (!scanner.rest.empty() && (scanner.take('T') || scanner.take('t') || scanner.take(' '))) {
    const auto scanned = scan_time(scanner);
    if (!scanned) return std::nullopt;
    time = *scanned;
  }
  if (!scanner.rest.empty()) return std::nullopt;
  const std::int64_t seconds = *days * 86'400 + time.seconds;
  if (seconds >= kSecondsMax || seconds <= -kSecondsMax) return std::nullopt;
  return seconds * kNanosPerSecond + time.nanos;
}

}  // namespace

Result<std::int64_t> parse_iso_date(std::string_view text) {
  if (const auto nanos = scan_date(text)) return *nanos;
  return make_error(ErrorCode::kInvalidArgument, fmt::format("[{}] is not a date", text.substr(0, 100)));
}

std::string format_iso_date(std::int64_t nanoseconds) {
  using std::chrono::sys_days;
  std::int64_t seconds = nanoseconds / kNanosPerSecond;
  std::int64_t nanos = nanoseconds % kNanosPerSecond;
  if (nanos < 0) {
    nanos += kNanosPerSecond;
    --seconds;
  }
  std::int64_t days = seconds / 86'400;
  std::int64_t second_of_day = seconds % 86'400;
  if (second_of_day < 0) {
    second_of_day += 86'400;
    --days;
  }
  const std::chrono::year_month_day date{sys_days(std::chrono::days(days))};
  std::string fraction = fmt::format("{:09}", nanos);
  while (fraction.size() > 3 && fraction.back() == '0') fraction.pop_back();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60, fraction);
}

}  // namespace stele::engine
