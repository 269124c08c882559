#include "protocols/elastic/query/query_text.h"

#include <fmt/format.h>

#include <string_view>
#include <variant>

#include "engine/schema.h"

namespace stele::elastic {
namespace {

std::string list(const std::vector<engine::QueryPtr>& queries) {
  std::string text;
  for (const engine::QueryPtr& query : queries) text += (text.empty() ? "" : " ") + query_text(*query);
  return text;
}

std::string bound(std::string_view sign, const std::optional<engine::Value>& value) {
  if (!value) return {};
  // No number that tests use is as great as an instant of this century.
  if (value->integer() != nullptr && *value->integer() > 1'000'000'000'000'000)
    return fmt::format(" {}{}", sign, engine::format_iso_date(*value->integer()));
  return fmt::format(" {}{}", sign, engine::to_string(*value));
}

constexpr std::string_view kMultiMatch[] = {"best_fields", "most_fields",   "cross_fields",
                                            "phrase",      "phrase_prefix", "bool_prefix"};

struct Printer {
  std::string operator()(const engine::MatchAll&) const { return "all"; }
  std::string operator()(const engine::MatchNone&) const { return "none"; }
  std::string operator()(const engine::Match& node) const {
    return fmt::format("match({} {} {}{}{})", node.field, engine::to_string(node.text),
                       node.op == engine::Operator::kAnd ? "and" : "or",
                       node.minimum_should_match.is_given() ? " min" : "",
                       node.fuzziness.empty() ? "" : " ~" + node.fuzziness);
  }
  std::string operator()(const engine::MatchPhrase& node) const {
    if (node.prefix)
      return fmt::format("phrase_prefix({} \"{}\" ~{} {})", node.field, node.text, node.slop,
                         node.expansions_max);
    return fmt::format("phrase({} \"{}\" ~{})", node.field, node.text, node.slop);
  }
  std::string operator()(const engine::MultiMatch& node) const {
    std::string text = fmt::format("multi_match({} {}", kMultiMatch[static_cast<std::size_t>(node.type)],
                                   engine::to_string(node.text));
    for (const engine::FieldBoost& field : node.fields)
      text += fmt::format(" {}^{}", field.field, field.boost);
    return text + (node.op == engine::Operator::kAnd ? " and)" : ")");
  }
  std::string operator()(const engine::Term& node) const {
    return fmt::format("term({} {}{})", node.field, engine::to_string(node.value),
                       node.case_insensitive ? " ignoring_case" : "");
  }
  std::string operator()(const engine::Terms& node) const {
    std::string text = "terms(" + node.field;
    for (const engine::Value& value : node.values) text += " " + engine::to_string(value);
    return text + ")";
  }
  std::string operator()(const engine::Range& node) const {
    return "range(" + node.field + bound(">", node.gt) + bound(">=", node.gte) + bound("<", node.lt) +
           bound("<=", node.lte) + ")";
  }
  std::string operator()(const engine::Exists& node) const { return "exists(" + node.field + ")"; }
  std::string operator()(const engine::Ids& node) const {
    std::string text;
    for (const engine::DocKey& key : node.keys) text += (text.empty() ? "" : " ") + key.to_string();
    return "ids(" + text + ")";
  }
  std::string operator()(const engine::Prefix& node) const {
    return pattern("prefix", node.field, node.value, node);
  }
  std::string operator()(const engine::Wildcard& node) const {
    return pattern("wildcard", node.field, node.pattern, node);
  }
  std::string operator()(const engine::Regexp& node) const {
    return pattern("regexp", node.field, node.pattern, node);
  }
  std::string operator()(const engine::Bool& node) const {
    std::string text;
    const auto part = [&](std::string_view name, const std::vector<engine::QueryPtr>& queries) {
      if (!queries.empty()) text += fmt::format("{}{}[{}]", text.empty() ? "" : " ", name, list(queries));
    };
    part("must", node.must);
    part("filter", node.filter);
    part("should", node.should);
    part("must_not", node.must_not);
    return "bool(" + text + (node.minimum_should_match.is_given() ? " min)" : ")");
  }
  std::string operator()(const engine::ConstantScore& node) const {
    return "constant(" + query_text(*node.filter) + ")";
  }
  std::string operator()(const engine::DisMax& node) const {
    return fmt::format("dis_max({} {})", list(node.queries), node.tie_breaker);
  }
  std::string operator()(const engine::Boosting& node) const {
    return fmt::format("boosting({} {} {})", query_text(*node.positive), query_text(*node.negative),
                       node.negative_boost);
  }
  std::string operator()(const engine::Nested& node) const {
    return fmt::format("nested({} {})", node.path, query_text(*node.query));
  }
  std::string operator()(const engine::KnnClause& node) const {
    return fmt::format("knn({} {} {} {}{})", node.field, node.vector.size(), node.k, node.ef,
                       node.filter ? " " + query_text(*node.filter) : "");
  }
  // Nodes that this head does not build.
  template <class Other>
  std::string operator()(const Other&) const {
    return "?";
  }

 private:
  template <class Node>
  static std::string pattern(std::string_view name, std::string_view field, std::string_view text,
                             const Node& node) {
    return fmt::format("{}({} \"{}\"{})", name, field, text, node.case_insensitive ? " ignoring_case" : "");
  }
};

}  // namespace

std::string query_text(const engine::Query& query) {
  std::string text = std::visit(Printer{}, query.node);
  if (query.boost != 1) text += fmt::format("^{}", query.boost);
  if (!query.name.empty()) text += "#" + query.name;
  return text;
}

}  // namespace stele::elastic
