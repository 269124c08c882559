#include "engine/query/minimum_should_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace stele::engine {
namespace {

constexpr int kLimit = 1'000'000;  // clauses and percents beyond it mean nothing

std::optional<int> parse_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value > kLimit || value < -kLimit)
    return std::nullopt;
  return value;
}

}  // namespace

Result<MinimumShouldMatch> MinimumShouldMatch::parse(std::string_view text) {
  MinimumShouldMatch parsed;
  std::string_view rest = text;
  while (true) {
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
    if (rest.empty()) break;
    std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    Rule rule;
    bool good = true;
    if (const std::size_t less = word.find('<'); less != std::string_view::npos) {
      const auto above = parse_integer(word.substr(0, less));
      good = above.has_value() && *above >= 0;
      rule.above = above.value_or(0);
      word.remove_prefix(less + 1);
    }
    rule.percent = word.ends_with('%');
    if (rule.percent) word.remove_suffix(1);
    const auto amount = parse_integer(word);
    rule.amount = amount.value_or(0);
    if (!good || !amount)
      return make_error(ErrorCode::kInvalidArgument, fmt::format("minimum_should_match: [{}] is none", text));
    parsed.rules_.push_back(rule);
  }
  if (parsed.rules_.empty())
    return make_error(ErrorCode::kInvalidArgument, fmt::format("minimum_should_match: [{}] is none", text));
  return parsed;
}

MinimumShouldMatch MinimumShouldMatch::count(int clauses) {
  MinimumShouldMatch given;
  given.rules_.push_back(Rule{-1, std::clamp(clauses, -kLimit, kLimit), false});
  return given;
}

std::size_t MinimumShouldMatch::resolve(std::size_t clauses, std::size_t otherwise) const {
  if (rules_.empty()) return otherwise;
  const auto total = static_cast<std::int64_t>(clauses);
  const Rule* applies = nullptr;
  for (const Rule& rule : rules_)
    if (total > rule.above) applies = &rule;
  if (applies == nullptr) return clauses;
  std::int64_t amount = applies->amount;
  // Percents are cut towards zero, as Elasticsearch does.
  if (applies->percent) amount = total * amount / 100;
  if (amount < 0) amount += total;
  return static_cast<std::size_t>(std::max<std::int64_t>(0, amount));
}

}  // namespace stele::engine
