#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stele::json {

struct UnescapeResult {
  bool ok;
  std::size_t consumed;  // bytes including the closing quote, or up to the bad escape
};

// Appends to `out` what stands in `text` up to the closing quote, escapes replaced. An unpaired surrogate
// becomes U+FFFD. `text` begins after the opening quote.
UnescapeResult unescape(std::string_view text, std::string& out);

// Appends `text` (UTF-8) in quotes, with '"', '\\' and control characters escaped, as Jackson does: \b \t \n
// \f \r by letter, the others as \u00XX; '/' and all beyond ASCII stay. Invalid UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace stele::json
