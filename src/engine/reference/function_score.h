#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/query/query.h"
#include "engine/reference/matcher.h"

namespace stele::engine::reference {

// What do the functions of a function_score make of a query's scores? Confined to the compiler; the matcher
// it becomes is immutable.
class FunctionScorer {
 public:
  FunctionScorer(FunctionScore node, float boost) : node_(std::move(node)), boost_(boost) {}

  static bool needs_field(const ScoreFunction& function);
  // For the next of the node's functions: its compiled filter (or null) and its field, where it has one.
  void add(MatcherPtr filter, std::optional<FieldId> field) { parts_.push_back({std::move(filter), field}); }
  MatcherPtr matcher(MatcherPtr query) &&;

  // The new scores; removes what stays below min_score.
  Matches rescored(Matches matches, const Segment& segment) const;

 private:
  struct Part {
    MatcherPtr filter;
    std::optional<FieldId> field;
  };
  std::optional<double> evaluate(std::size_t function, const Segment& segment, DocOrdinal document) const;
  double combined(const std::vector<std::pair<double, float>>& values) const;

  FunctionScore node_;
  float boost_;
  std::vector<Part> parts_;
};

// A number in [0, 1) that depends on seed and key alone.
double random_score(std::uint64_t seed, const DocKey& key);

}  // namespace stele::engine::reference
