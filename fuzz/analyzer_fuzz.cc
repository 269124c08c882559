// fuzz: text
// Any bytes through every analyzer: tokens lie within the text, ascend, and have bounded length.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/check.h"
#include "text/analyzer.h"
#include "text/unicode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"standard", "simple", "whitespace", "keyword", "stop", "english"}) {
    const auto analyzer = stele::text::find_analyzer(name);
    STELE_CHECK(analyzer.has_value());
    std::size_t start = 0;
    std::int64_t position = -1;
    for (const stele::text::Token& token : (*analyzer)->analyze(text)) {
      STELE_CHECK(token.start >= start && token.start <= token.end && token.end <= size);
      STELE_CHECK(std::int64_t{token.position} > position);
      STELE_CHECK((*analyzer)->name() == "keyword" || stele::text::count_code_points(token.term) <= 256);
      start = token.start;
      position = token.position;
    }
  }
  return 0;
}
