#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocols/elastic/call.h"
#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/families.h"

namespace stele::elastic {
namespace {

using engine::QueryPtr;

engine::Operator read_operator(BodyReader& body) {
  const std::string text = body.text("operator", "or");
  if (text == "and" || text == "AND") return engine::Operator::kAnd;
  if (text != "or" && text != "OR")
    body.fail(illegal_argument(fmt::format("operator needs to be either [OR] or [AND], but not [{}]", text)));
  return engine::Operator::kOr;
}

// How far a fuzzy term may expand; and parameters that change nothing here.
template <class Node>
void read_fuzzy_details(BodyReader& body, Node& node) {
  node.prefix_length =
      static_cast<std::uint32_t>(std::max<std::int64_t>(body.integer("prefix_length", 0), 0));
  node.expansions_max =
      static_cast<std::uint32_t>(std::max<std::int64_t>(body.integer("max_expansions", 50), 1));
  node.transpositions = body.boolean("fuzzy_transpositions", true);
  for (const std::string_view name :
       {"fuzzy_rewrite", "auto_generate_synonyms_phrase_query", "cutoff_frequency"})
    body.ignore(name);
}

struct TypeRow {
  std::string_view name;
  engine::MultiMatchType type;
};
constexpr std::array kMultiMatchTypes = {
    TypeRow{"best_fields", engine::MultiMatchType::kBestFields},
    TypeRow{"most_fields", engine::MultiMatchType::kMostFields},
    TypeRow{"cross_fields", engine::MultiMatchType::kCrossFields},
    TypeRow{"phrase", engine::MultiMatchType::kPhrase},
    TypeRow{"phrase_prefix", engine::MultiMatchType::kPhrasePrefix},
    TypeRow{"bool_prefix", engine::MultiMatchType::kBoolPrefix},
};

// "title^3", "name*": names with their boosts.
Outcome<std::vector<engine::FieldBoost>> read_fields(const QueryScope& scope, json::Value fields) {
  std::vector<engine::FieldBoost> result;
  const auto add = [&](std::string_view text) -> Outcome<> {
    float boost = 1;
    if (const std::size_t caret = text.rfind('^'); caret != std::string_view::npos) {
      const std::optional<double> number = parse_number(text.substr(caret + 1));
      if (!number) return illegal_argument(fmt::format("For input string: \"{}\"", text.substr(caret + 1)));
      boost = static_cast<float>(*number);
      text = text.substr(0, caret);
    }
    for (std::string& path : scope.expand(text)) result.push_back({std::move(path), boost});
    return {};
  };
  if (fields.is_string()) {
    STELE_RETURN_IF_ERROR(add(fields.string()));
  } else if (fields.is_array()) {
    for (const json::Value field : fields.elements()) {
      if (!field.is_string()) return parse_failure("[multi_match] [fields] must be a list of names");
      STELE_RETURN_IF_ERROR(add(field.string()));
    }
  } else {
    return parse_failure("[multi_match] [fields] must be a list of names");
  }
  return result;
}

bool is_text(const QueryScope& scope, const std::string& field) {
  const engine::FieldDefinition* definition = scope.field(field);
  return definition == nullptr || definition->type == engine::FieldType::kText;
}

Outcome<QueryPtr> value_match(QueryParser& parser, const std::string& field, json::Value value, bool lenient,
                              float boost, std::string name) {
  Outcome<QueryPtr> query = value_query(parser.scope(), field, value, false, boost, std::move(name));
  if (!query && lenient) return engine::make_query(engine::MatchNone{});
  return query;
}

}  // namespace

Outcome<QueryPtr> parse_match(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  if (!given.is_object) {
    if (given.value.is_null()) return illegal_argument("[match] requires query value");
    if (!is_text(parser.scope(), given.field))
      return value_match(parser, given.field, given.value, false, given.boost, given.name);
    return engine::make_query(engine::Match{given.field, to_engine_value(given.value)}, given.boost,
                              given.name);
  }
  BodyReader reader(given.value, parser.text(), kind);
  const std::optional<json::Value> query = reader.value("query");
  const float boost = static_cast<float>(reader.number("boost", given.boost));
  std::string name = reader.text("_name", given.name);
  engine::Match node;
  node.field = given.field;
  node.op = read_operator(reader);
  node.analyzer = reader.text("analyzer");
  node.fuzziness = reader.text("fuzziness");
  node.lenient = reader.boolean("lenient", false);
  node.all_if_no_terms = reader.text("zero_terms_query", "none") == "all";
  read_fuzzy_details(reader, node);
  if (const auto text = reader.maybe_text("minimum_should_match")) {
    STELE_TRY(node.minimum_should_match, engine::MinimumShouldMatch::parse(*text));
  }
  STELE_RETURN_IF_ERROR(reader.finish());
  if (!query || query->is_null()) return illegal_argument("[match] requires query value");
  if (query->is_array() || query->is_object())
    return parsing_failure(fmt::format("[match] unknown token [{}] after [query]", token_name(*query)),
                           place_of(*query, parser.text()));
  if (!is_text(parser.scope(), node.field) && node.fuzziness.empty())
    return value_match(parser, node.field, *query, node.lenient, boost, std::move(name));
  node.text = to_engine_value(*query);
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_match_phrase(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  engine::MatchPhrase node;
  node.field = given.field;
  node.prefix = kind == "match_phrase_prefix";
  float boost = given.boost;
  std::string name = given.name;
  std::optional<std::string> query = scalar_text(given.value);
  if (given.is_object) {
    BodyReader reader(given.value, parser.text(), kind);
    query = reader.maybe_text("query");
    boost = static_cast<float>(reader.number("boost", boost));
    name = reader.text("_name", name);
    node.analyzer = reader.text("analyzer");
    const std::int64_t slop = reader.integer("slop", 0);
    if (slop < 0) reader.fail(illegal_argument("No negative slop allowed."));
    node.slop = static_cast<std::uint32_t>(std::max<std::int64_t>(slop, 0));
    if (node.prefix)
      node.expansions_max =
          static_cast<std::uint32_t>(std::max<std::int64_t>(reader.integer("max_expansions", 50), 0));
    reader.ignore("zero_terms_query");
    STELE_RETURN_IF_ERROR(reader.finish());
  }
  if (!query) return illegal_argument(fmt::format("[{}] requires query value", kind));
  if (!is_text(parser.scope(), node.field) && !node.prefix) {
    const engine::FieldDefinition* field = parser.scope().field(node.field);
    if (field != nullptr && field->type == engine::FieldType::kKeyword)
      return engine::make_query(engine::Term{node.field, *query}, boost, std::move(name));
  }
  node.text = *std::move(query);
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_match_bool_prefix(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  engine::MultiMatch node;
  node.type = engine::MultiMatchType::kBoolPrefix;
  node.fields.push_back({given.field, 1});
  float boost = given.boost;
  std::string name = given.name;
  std::optional<std::string> query = scalar_text(given.value);
  if (given.is_object) {
    BodyReader reader(given.value, parser.text(), kind);
    query = reader.maybe_text("query");
    boost = static_cast<float>(reader.number("boost", boost));
    name = reader.text("_name", name);
    node.analyzer = reader.text("analyzer");
    node.op = read_operator(reader);
    node.fuzziness = reader.text("fuzziness");
    if (const auto text = reader.maybe_text("minimum_should_match")) {
      STELE_TRY(node.minimum_should_match, engine::MinimumShouldMatch::parse(*text));
    }
    read_fuzzy_details(reader, node);
    STELE_RETURN_IF_ERROR(reader.finish());
  }
  if (!query) return illegal_argument("[match_bool_prefix] requires query value");
  node.text = *std::move(query);
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_multi_match(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind);
  const std::optional<json::Value> query = reader.value("query");
  const std::optional<json::Value> fields = reader.value("fields");
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  engine::MultiMatch node;
  const std::string type = reader.text("type", "best_fields");
  const auto row = std::ranges::find(kMultiMatchTypes, type, &TypeRow::name);
  if (row == kMultiMatchTypes.end())
    return parse_failure(fmt::format("failed to parse [multi_match] query type [{}]. unknown type.", type));
  node.type = row->type;
  node.op = read_operator(reader);
  node.analyzer = reader.text("analyzer");
  node.fuzziness = reader.text("fuzziness");
  node.slop = static_cast<std::uint32_t>(std::max<std::int64_t>(reader.integer("slop", 0), 0));
  node.lenient = reader.boolean("lenient", !fields.has_value());
  if (reader.has("tie_breaker")) node.tie_breaker = static_cast<float>(reader.number("tie_breaker", 0));
  reader.ignore("zero_terms_query");
  read_fuzzy_details(reader, node);
  if (const auto text = reader.maybe_text("minimum_should_match")) {
    STELE_TRY(node.minimum_should_match, engine::MinimumShouldMatch::parse(*text));
  }
  STELE_RETURN_IF_ERROR(reader.finish());
  if (!query || query->is_null())
    return parsing_failure("No text specified for multi_match query", place_of(body, parser.text()));
  if (fields) {
    STELE_TRY(node.fields, read_fields(parser.scope(), *fields));
  } else {
    for (std::string& path : parser.scope().default_fields()) node.fields.push_back({std::move(path), 1});
  }
  if (node.fields.empty()) return engine::make_query(engine::MatchNone{}, 1, std::move(name));
  node.text = to_engine_value(*query);
  return engine::make_query(std::move(node), boost, std::move(name));
}

}  // namespace stele::elastic
