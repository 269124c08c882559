#include "protocols/redis/commands/sorted_range.h"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

namespace stele::redis {

namespace {

using keyspace::LexBound;
using keyspace::ScoreBound;

// Whatever strtod takes as a whole: leading spaces and nothing at all, too.
std::optional<ScoreBound> parse_score_bound(std::string_view text) {
  ScoreBound bound;
  bound.is_exclusive = text.starts_with('(');
  if (bound.is_exclusive) text.remove_prefix(1);
  const std::string terminated(text);
  char* end = nullptr;
  bound.score = std::strtod(terminated.c_str(), &end);
  if (end != terminated.c_str() + text.size() || std::isnan(bound.score)) return std::nullopt;
  return bound;
}

std::optional<LexBound> parse_lex_bound(std::string_view text) {
  if (text == "-") return LexBound{LexBound::Kind::kLowest};
  if (text == "+") return LexBound{LexBound::Kind::kHighest};
  if (text.starts_with('(')) return LexBound{LexBound::Kind::kExclusive, text.substr(1)};
  if (text.starts_with('[')) return LexBound{LexBound::Kind::kInclusive, text.substr(1)};
  return std::nullopt;
}

}  // namespace

Result<keyspace::ScoreRange> parse_score_range(std::string_view min, std::string_view max) {
  const auto from = parse_score_bound(min);
  const auto to = parse_score_bound(max);
  if (!from || !to) return make_error(ErrorCode::kInvalidArgument, "min or max is not a float");
  return keyspace::ScoreRange{*from, *to};
}

Result<keyspace::LexRange> parse_lex_range(std::string_view min, std::string_view max) {
  const auto from = parse_lex_bound(min);
  const auto to = parse_lex_bound(max);
  if (!from || !to) return make_error(ErrorCode::kInvalidArgument, "min or max not valid string range item");
  return keyspace::LexRange{*from, *to};
}

}  // namespace stele::redis
