#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/elastic/query/query_parser.h"
#include "views/date_format.h"

namespace stele::elastic {

// Which instants does a date in a query stand for? "2024-05" is a month: rounded down its first nanosecond,
// rounded up its last. Date maths: "now-1d/d", "2024-05-01||+1M/M". Immutable.
class DateReader {
 public:
  enum class Rounding : std::uint8_t { kDown, kUp };

  // `format` and `time_zone` are the query's and may be empty; then the field's format and UTC hold. Zones
  // are offsets ("+02:00") and UTC; names of places are refused.
  static Outcome<DateReader> of_field(const QueryScope& scope, std::string_view field,
                                      std::string_view format, std::string_view time_zone);

  // 400 parse_exception "failed to parse date field [x] with format [y]…".
  Outcome<std::int64_t> read(std::string_view text, Rounding rounding) const;

 private:
  explicit DateReader(views::DateFormat format) : format_(std::move(format)) {}
  Outcome<std::int64_t> apply_math(std::int64_t instant, std::string_view math, Rounding rounding) const;

  views::DateFormat format_;
  std::int64_t now_ns_ = 0;
  std::int64_t offset_ns_ = 0;  // of the time zone, east of UTC
};

}  // namespace stele::elastic
