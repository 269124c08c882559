#include "engine/query/query.h"

#include <array>

namespace stele::engine {

std::string_view node_name(const Query& query) {
  // In the order of the variant.
  static constexpr std::array<std::string_view, std::variant_size_v<decltype(Query::node)>> kNames = {
      "match_all",      "match_none", "match",      "match_phrase",
      "multi_match",    "term",       "terms",      "match except",
      "range",          "exists",     "ids",        "prefix",
      "wildcard",       "regexp",     "fuzzy",      "bool",
      "constant_score", "dis_max",    "boosting",   "function_score",
      "nested",         "knn",        "match text", "values_count",
      "is_empty",       "is_null",    "has_vector", "min_should",
      "where"};
  return kNames[query.node.index()];
}

}  // namespace stele::engine
