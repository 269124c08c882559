#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::views {

// Which instant does this text name, in Elasticsearch's date formats? Named formats
// (strict_date_optional_time, epoch_millis, epoch_second, date, basic_date, ...) and patterns of y u M d H h
// m s S a Z X x and quoted text, alternatives joined by "||", the first that matches wins. Immutable; any
// thread.
class DateFormat {
 public:
  // kInvalidArgument for a name or letter that is not known here.
  static Result<DateFormat> parse(std::string_view format);
  static const DateFormat& elasticsearch_default();  // strict_date_optional_time||epoch_millis

  // Nanoseconds since 1970. kInvalidArgument that names text and format; also outside the years 1678 to 2262.
  Result<std::int64_t> read(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  struct Alternative {
    enum class Kind : std::uint8_t { kIso, kEpochMillis, kEpochSecond, kPattern } kind = Kind::kIso;
    std::string pattern;
  };
  std::string text_;
  std::vector<Alternative> alternatives_;
};

}  // namespace stele::views
