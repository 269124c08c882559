#include "engine/reference/function_score.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stele::engine::reference {
namespace {

// The least value, as Elasticsearch takes the first of the sorted ones.
std::optional<double> field_value(const Segment& segment, FieldId id, DocOrdinal document) {
  const FieldReader* field = segment.field(id);
  if (field == nullptr) return std::nullopt;
  if (is_integer_type(field->type())) {
    std::vector<std::int64_t> scratch;
    const auto integers = field->integers(document, scratch);
    if (!integers.empty()) return static_cast<double>(integers.front());
  } else if (is_real_type(field->type())) {
    std::vector<double> scratch;
    const auto reals = field->reals(document, scratch);
    if (!reals.empty()) return reals.front();
  }
  return std::nullopt;
}

double modified(ScoreFunction::Modifier modifier, double value) {
  using Modifier = ScoreFunction::Modifier;
  switch (modifier) {
    case Modifier::kNone:
      return value;
    case Modifier::kLog:
      return std::log10(value);
    case Modifier::kLog1p:
      return std::log10(value + 1);
    case Modifier::kLog2p:
      return std::log10(value + 2);
    case Modifier::kLn:
      return std::log(value);
    case Modifier::kLn1p:
      return std::log1p(value);
    case Modifier::kLn2p:
      return std::log1p(value + 1);
    case Modifier::kSquare:
      return value * value;
    case Modifier::kSqrt:
      return std::sqrt(value);
    case Modifier::kReciprocal:
      return 1 / value;
  }
  return value;
}

double decayed(const ScoreFunction& function, double value) {
  const double distance = std::max(0.0, std::fabs(value - function.origin) - function.offset);
  switch (function.kind) {
    case ScoreFunction::Kind::kGauss: {
      const double variance = -function.scale * function.scale / (2 * std::log(function.decay));
      return std::exp(-distance * distance / (2 * variance));
    }
    case ScoreFunction::Kind::kExp:
      return std::exp(std::log(function.decay) / function.scale * distance);
    default: {
      const double reach = function.scale / (1 - function.decay);
      return std::max(0.0, (reach - distance) / reach);
    }
  }
}

double combine(ScoreCombination how, double query, double function) {
  switch (how) {
    case ScoreCombination::kMultiply:
      return query * function;
    case ScoreCombination::kSum:
      return query + function;
    case ScoreCombination::kAverage:
      return (query + function) / 2;
    case ScoreCombination::kMax:
      return std::max(query, function);
    case ScoreCombination::kMin:
      return std::min(query, function);
    case ScoreCombination::kFirst:
    case ScoreCombination::kReplace:
      return function;
  }
  return query;
}

class FunctionMatcher final : public Matcher {
 public:
  FunctionMatcher(MatcherPtr query, FunctionScorer scorer, bool cuts)
      : query_(std::move(query)), scorer_(std::move(scorer)), cuts_(cuts) {}

  Matches match(const Segment& segment, Context context) const override {
    // A least score decides what matches, so it is needed in filter context too.
    if (context == Context::kFilter && !cuts_) return query_->match(segment, context);
    Matches matches = scorer_.rescored(query_->match(segment, Context::kScore), segment);
    if (context == Context::kFilter) matches.scores.clear();
    return matches;
  }

 private:
  MatcherPtr query_;
  FunctionScorer scorer_;
  bool cuts_;
};

}  // namespace

double random_score(std::uint64_t seed, const DocKey& key) {
  // SplitMix64 over the key's hash: spreads neighbouring keys and seeds.
  std::uint64_t x = std::hash<DocKey>{}(key) + seed * 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  x ^= x >> 31U;
  return static_cast<double>(x >> 11U) * 0x1.0p-53;
}

bool FunctionScorer::needs_field(const ScoreFunction& function) {
  return function.kind == ScoreFunction::Kind::kFieldValueFactor;
}

MatcherPtr FunctionScorer::matcher(MatcherPtr query) && {
  const bool cuts = node_.min_score.has_value();
  return std::make_shared<FunctionMatcher>(std::move(query), std::move(*this), cuts);
}

// None: the function does not apply to a document without the field.
std::optional<double> FunctionScorer::evaluate(std::size_t index, const Segment& segment,
                                               DocOrdinal document) const {
  const ScoreFunction& function = node_.functions[index];
  const auto weight = static_cast<double>(function.weight);
  if (function.kind == ScoreFunction::Kind::kWeight) return weight;
  if (function.kind == ScoreFunction::Kind::kRandom)
    return weight * random_score(function.seed, segment.key(document));
  std::optional<double> value;
  if (parts_[index].field) value = field_value(segment, *parts_[index].field, document);
  if (function.kind == ScoreFunction::Kind::kFieldValueFactor) {
    if (!value) value = function.missing;
    if (!value) return std::nullopt;
    return weight * modified(function.modifier, *value * static_cast<double>(function.factor));
  }
  // A document without the field is as good as one at the origin.
  return value ? weight * decayed(function, *value) : weight;
}

double FunctionScorer::combined(const std::vector<std::pair<double, float>>& values) const {
  if (values.empty()) return 1;
  double result = values[0].first;
  double weights = static_cast<double>(values[0].second);
  for (std::size_t i = 1; i < values.size() && node_.score_mode != ScoreCombination::kFirst; ++i) {
    weights += static_cast<double>(values[i].second);
    switch (node_.score_mode) {
      case ScoreCombination::kSum:
      case ScoreCombination::kAverage:
        result += values[i].first;
        break;
      default:
        result = combine(node_.score_mode, result, values[i].first);
    }
  }
  // Elasticsearch's average is weighted.
  return node_.score_mode == ScoreCombination::kAverage && weights != 0 ? result / weights : result;
}

Matches FunctionScorer::rescored(Matches matches, const Segment& segment) const {
  std::vector<std::vector<DocOrdinal>> filters;
  for (const Part& part : parts_)
    filters.push_back(part.filter ? part.filter->match(segment, Context::kFilter).documents
                                  : std::vector<DocOrdinal>());
  Matches kept;
  std::vector<std::pair<double, float>> values;
  for (std::size_t i = 0; i < matches.documents.size(); ++i) {
    const DocOrdinal document = matches.documents[i];
    values.clear();
    for (std::size_t f = 0; f < parts_.size(); ++f) {
      if (parts_[f].filter && !std::binary_search(filters[f].begin(), filters[f].end(), document)) continue;
      if (const auto value = evaluate(f, segment, document))
        values.emplace_back(*value, node_.functions[f].weight);
    }
    double function = combined(values);
    if (node_.max_boost) function = std::min(function, static_cast<double>(*node_.max_boost));
    double score = combine(node_.boost_mode, static_cast<double>(matches.scores[i]), function);
    score *= static_cast<double>(boost_);
    // Lucene has neither negative scores nor NaN: the least score stands for them.
    if (!(score >= 0)) score = 0;
    if (node_.min_score && score < static_cast<double>(*node_.min_score)) continue;
    kept.documents.push_back(document);
    kept.scores.push_back(static_cast<float>(std::min(score, double{std::numeric_limits<float>::max()})));
  }
  return kept;
}

}  // namespace stele::engine::reference
