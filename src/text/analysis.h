#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "text/parameters.h"

namespace stele::text {

// What an index' settings say of analysis: components and analyzers of its own, by name. Plain data.
struct Analysis {
  using Definitions = std::map<std::string, Parameters, std::less<>>;
  Definitions char_filters;
  Definitions tokenizers;
  Definitions filters;
  Definitions analyzers;
  Definitions normalizers;
  std::int64_t max_ngram_diff = 1;
  std::int64_t max_shingle_diff = 3;

  // The analyzer or normalizer `name` and all that it needs as one text, which find_analyzer and
  // find_normalizer read: so a field's definition holds its analyzer by value.
  std::string spell(std::string_view name) const;
  static bool is_spelling(std::string_view text);
  // The analysis that was spelled, and the name. kInvalidArgument for a text that is no spelling.
  static Result<std::pair<Analysis, std::string>> parse(std::string_view spelling);
  // The name in a spelling, or the text itself where it is a plain name.
  static std::string_view name_of(std::string_view name_or_spelling);

  bool operator==(const Analysis&) const = default;
};

}  // namespace stele::text
