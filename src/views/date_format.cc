#include "views/date_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace stele::views {
namespace {

constexpr std::int64_t kNanos = 1'000'000'000;

// What the letters of a pattern or the parts of an ISO date have said so far.
struct Parts {
  std::int64_t year = 1970;
  unsigned month = 1, day = 1, day_of_year = 0;
  unsigned hour = 0, minute = 0, second = 0;
  std::int64_t nanos = 0;
  std::int64_t offset_seconds = 0;
  std::optional<bool> afternoon;
};

std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

unsigned days_in_month(std::int64_t year, unsigned month) {
  static constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays.at(month - 1);
}

std::optional<std::int64_t> to_nanoseconds(Parts parts) {
  if (parts.afternoon) {
    if (parts.hour < 1 || parts.hour > 12) return std::nullopt;
    parts.hour = parts.hour % 12 + (*parts.afternoon ? 12 : 0);
  }
  if (parts.month < 1 || parts.month > 12 || parts.day < 1 || parts.hour > 23 || parts.minute > 59 ||
      parts.second > 59 || parts.year < 1677 || parts.year > 2263)
    return std::nullopt;
  if (parts.day > days_in_month(parts.year, parts.month)) return std::nullopt;
  std::int64_t days = days_from_civil(parts.year, parts.month, parts.day);
  if (parts.day_of_year > 0) days = days_from_civil(parts.year, 1, 1) + parts.day_of_year - 1;
  const std::int64_t seconds =
      days * 86400 + parts.hour * 3600 + parts.minute * 60 + parts.second - parts.offset_seconds;
  const __int128 nanos = static_cast<__int128>(seconds) * kNanos + parts.nanos;
  if (nanos > std::numeric_limits<std::int64_t>::max() || nanos < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return static_cast<std::int64_t>(nanos);
}

// Takes text from the front; every take_* says whether it was there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool peek(char c) const { return !rest_.empty() && rest_.front() == c; }

  template <class Integer>
  bool take_digits(std::size_t at_least, std::size_t at_most, Integer& value) {
    std::size_t count = 0;
    std::int64_t number = 0;
    while (count < at_most && count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9')
      number = number * 10 + (rest_[count++] - '0');
    if (count < at_least || count == 0) return false;
    rest_.remove_prefix(count);
    value = static_cast<Integer>(number);
    return true;
  }

  // A fraction of a second: 1 to 9 digits (further ones are dropped).
  bool take_fraction(std::size_t at_least, std::size_t at_most, std::int64_t& nanos) {
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && count < at_most && rest_[count] >= '0' && rest_[count] <= '9'; ++count)
      if (count < 9) value = value * 10 + (rest_[count] - '0');
    if (count < at_least) return false;
    for (std::size_t i = count; i < 9; ++i) value *= 10;
    rest_.remove_prefix(count);
    nanos = value;
    return true;
  }

  // "Z", "+02", "+0200", "+02:00".
  bool take_zone(std::int64_t& offset_seconds) {
    if (take('Z') || take('z')) return true;
    const bool minus = peek('-');
    if (!minus && !peek('+')) return false;
    rest_.remove_prefix(1);
    std::int64_t hours = 0, minutes = 0;
    if (!take_digits(2, 2, hours)) return false;
    const bool colon = take(':');
    if (!take_digits(2, 2, minutes) && colon) return false;
    if (hours > 18 || minutes > 59) return false;
    offset_seconds = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
    return true;
  }

  // The index of the name that comes next, among long and three-letter forms.
  std::optional<std::size_t> take_name(std::span<const std::string_view> names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      for (const std::string_view name : {names[i], names[i].substr(0, 3)})
        if (rest_.starts_with(name)) {
          rest_.remove_prefix(name.size());
          return i;
        }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

bool take_iso_time(Scanner& scanner, Parts& parts) {
  if (!scanner.take_digits(2, 2, parts.hour)) return false;
  if (scanner.take(':')) {
    if (!scanner.take_digits(2, 2, parts.minute)) return false;
    if (scanner.take(':')) {
      if (!scanner.take_digits(2, 2, parts.second)) return false;
      if ((scanner.take('.') || scanner.take(',')) && !scanner.take_fraction(1, 9, parts.nanos)) return false;
    }
  }
  return true;
}

// strict_date_optional_time: a four-digit year, then month, day, T and time as far as they are given.
std::optional<std::int64_t> read_iso(std::string_view text) {
  Scanner scanner(text);
  Parts parts;
  if (!scanner.take_digits(4, 4, parts.year)) return std::nullopt;
  if (scanner.take('-')) {
    if (!scanner.take_digits(2, 2, parts.month)) return std::nullopt;
    if (scanner.take('-') && !scanner.take_digits(2, 2, parts.day)) return std::nullopt;
  }
  if (scanner.take('T') && !scanner.done()) {
    if (!take_iso_time(scanner, parts)) return std::nullopt;
    if (!scanner.done() && !scanner.take_zone(parts.offset_seconds)) return std::nullopt;
  }
  if (!scanner.done()) return std::nullopt;
  return to_nanoseconds(parts);
}

// "1700000000123" and "1700000000123.456" in units of `unit_nanos`.
std::optional<std::int64_t> read_epoch(std::string_view text, std::int64_t unit_nanos) {
  const bool minus = text.starts_with('-');
  const std::string_view digits = minus ? text.substr(1) : text;
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (error != std::errc() || whole < 0) return std::nullopt;
  __int128 nanos = static_cast<__int128>(whole) * unit_nanos;
  std::string_view rest = digits.substr(static_cast<std::size_t>(end - digits.data()));
  if (rest.starts_with('.')) {
    std::int64_t scale = unit_nanos;
    for (rest.remove_prefix(1); !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
         rest.remove_prefix(1)) {
      scale /= 10;
      nanos += (rest.front() - '0') * scale;
    }
  }
  if (!rest.empty()) return std::nullopt;
  if (minus) nanos = -nanos;
  if (nanos > std::numeric_limits<std::int64_t>::max() || nanos < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return static_cast<std::int64_t>(nanos);
}

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 2> kHalves = {"AM", "PM"};

bool take_month(Scanner& scanner, std::size_t width, Parts& parts) {
  if (width < 3) return scanner.take_digits(width, 2, parts.month);
  const auto month = scanner.take_name(kMonths);
  if (month) parts.month = static_cast<unsigned>(*month) + 1;
  return month.has_value();
}

bool take_year(Scanner& scanner, std::size_t width, Parts& parts) {
  if (width == 2) {
    if (!scanner.take_digits(2, 2, parts.year)) return false;
    parts.year += 2000;
    return true;
  }
  return scanner.take_digits(width, width == 1 ? 9 : width, parts.year);
}

// One run of equal letters of a pattern.
bool take_letters(Scanner& scanner, char letter, std::size_t width, Parts& parts) {
  const std::size_t most = std::max<std::size_t>(width, 2);
  switch (letter) {
    case 'y':
    case 'u':
      return take_year(scanner, width, parts);
    case 'M':
    case 'L':
      return take_month(scanner, width, parts);
    case 'd':
      return scanner.take_digits(width, most, parts.day);
    case 'D':
      return scanner.take_digits(width, 3, parts.day_of_year) && parts.day_of_year > 0;
    case 'H':
      return scanner.take_digits(width, most, parts.hour);
    case 'h':
      return scanner.take_digits(width, most, parts.hour);
    case 'm':
      return scanner.take_digits(width, most, parts.minute);
    case 's':
      return scanner.take_digits(width, most, parts.second);
    case 'S':
      return scanner.take_fraction(width, width, parts.nanos);
    case 'X':
    case 'x':
    case 'Z':
      return scanner.take_zone(parts.offset_seconds);
    case 'E':
      return scanner.take_name(kDays).has_value();
    case 'a': {
      const auto half = scanner.take_name(kHalves);
      if (half) parts.afternoon = *half == 1;
      return half.has_value();
    }
    default:
      return false;
  }
}

std::optional<std::int64_t> read_pattern(std::string_view pattern, std::string_view text) {
  Scanner scanner(text);
  Parts parts;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      const std::size_t close = pattern.find('\'', i + 1);
      for (std::size_t k = i + 1; k < close; ++k)
        if (!scanner.take(pattern[k])) return std::nullopt;
      i = close + 1;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    std::size_t end = i + 1;
    if (!letter) {
      if (!scanner.take(c)) return std::nullopt;
    } else {
      end = std::min(pattern.find_first_not_of(c, i), pattern.size());
      if (!take_letters(scanner, c, end - i, parts)) return std::nullopt;
    }
    i = end;
  }
  if (!scanner.done()) return std::nullopt;
  return to_nanoseconds(parts);
}

bool is_known_pattern(std::string_view pattern) {
  if (pattern.empty()) return false;
  bool quoted = false;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!quoted && letter && std::string_view("yuMLdDHhmsSXxZEa").find(c) == std::string_view::npos)
      return false;
  }
  return !quoted;
}

struct NamedPattern {
  std::string_view name, pattern;
};

// The strict_ forms ask for the same widths here.
constexpr std::array kNamedPatterns = {
    NamedPattern{"date", "yyyy-MM-dd"},
    NamedPattern{"year_month_day", "yyyy-MM-dd"},
    NamedPattern{"year_month", "yyyy-MM"},
    NamedPattern{"year", "yyyy"},
    NamedPattern{"date_time", "yyyy-MM-dd'T'HH:mm:ss.SSSZ"},
    NamedPattern{"date_time_no_millis", "yyyy-MM-dd'T'HH:mm:ssZ"},
    NamedPattern{"date_hour", "yyyy-MM-dd'T'HH"},
    NamedPattern{"date_hour_minute", "yyyy-MM-dd'T'HH:mm"},
    NamedPattern{"date_hour_minute_second", "yyyy-MM-dd'T'HH:mm:ss"},
    NamedPattern{"date_hour_minute_second_millis", "yyyy-MM-dd'T'HH:mm:ss.SSS"},
    NamedPattern{"date_hour_minute_second_fraction", "yyyy-MM-dd'T'HH:mm:ss.SSS"},
    NamedPattern{"basic_date", "yyyyMMdd"},
    NamedPattern{"basic_date_time", "yyyyMMdd'T'HHmmss.SSSZ"},
    NamedPattern{"basic_date_time_no_millis", "yyyyMMdd'T'HHmmssZ"},
    NamedPattern{"hour_minute", "HH:mm"},
    NamedPattern{"hour_minute_second", "HH:mm:ss"},
    NamedPattern{"ordinal_date", "yyyy-DDD"},
};

}  // namespace

Result<DateFormat> DateFormat::parse(std::string_view format) {
  DateFormat made;
  made.text_ = std::string(format);
  for (std::size_t begin = 0; begin <= format.size();) {
    const std::size_t end = std::min(format.find("||", begin), format.size());
    std::string_view part = format.substr(begin, end - begin);
    begin = end + 2;
    using Kind = Alternative::Kind;
    if (part == "epoch_millis") {
      made.alternatives_.push_back({Kind::kEpochMillis, {}});
      continue;
    }
    if (part == "epoch_second") {
      made.alternatives_.push_back({Kind::kEpochSecond, {}});
      continue;
    }
    if (part.starts_with("strict_")) part.remove_prefix(7);
    if (part == "date_optional_time" || part == "date_optional_time_nanos" || part == "iso8601") {
      made.alternatives_.push_back({Kind::kIso, {}});
      continue;
    }
    const auto* named = std::ranges::find(kNamedPatterns, part, &NamedPattern::name);
    const std::string_view pattern = named != kNamedPatterns.end() ? named->pattern : part;
    if (!is_known_pattern(pattern))
      return make_error(ErrorCode::kInvalidArgument,
                        "Invalid format: [" + std::string(part) + "]: Unknown pattern");
    made.alternatives_.push_back({Kind::kPattern, std::string(pattern)});
  }
  return made;
}

const DateFormat& DateFormat::elasticsearch_default() {
  static const DateFormat kDefault = *parse("strict_date_optional_time||epoch_millis");
  return kDefault;
}

Result<std::int64_t> DateFormat::read(std::string_view text) const {
  for (const Alternative& alternative : alternatives_) {
    using Kind = Alternative::Kind;
    std::optional<std::int64_t> read;
    switch (alternative.kind) {
      case Kind::kIso:
        read = read_iso(text);
        break;
      case Kind::kEpochMillis:
        read = read_epoch(text, 1'000'000);
        break;
      case Kind::kEpochSecond:
        read = read_epoch(text, kNanos);
        break;
      case Kind::kPattern:
        read = read_pattern(alternative.pattern, text);
        break;
    }
    if (read) return *read;
    // Four digits are a year: one that is out of range is not milliseconds either.
    if (alternative.kind == Kind::kIso && text.size() == 4 &&
        text.find_first_not_of("0123456789") == text.npos)
      break;
  }
  return make_error(
      ErrorCode::kInvalidArgument,
      "failed to parse date field [" + std::string(text.substr(0, 100)) + "] with format [" + text_ + "]");
}

}  // namespace stele::views
