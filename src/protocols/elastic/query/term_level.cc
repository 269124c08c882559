#include <fmt/format.h>

#include <algorithm>

#include "protocols/elastic/call.h"
#include "protocols/elastic/query/date_math.h"
#include "protocols/elastic/query/families.h"

namespace stele::elastic {
namespace {

using engine::QueryPtr;

Outcome<QueryPtr> date_query(const QueryScope& scope, const std::string& field, const std::string& text,
                             float boost, std::string name) {
  STELE_TRY(const DateReader reader, DateReader::of_field(scope, field, {}, {}));
  engine::Range node;
  node.field = field;
  STELE_TRY(const std::int64_t first, reader.read(text, DateReader::Rounding::kDown));
  STELE_TRY(const std::int64_t last, reader.read(text, DateReader::Rounding::kUp));
  node.gte = engine::Value(first);
  node.lte = engine::Value(last);
  return engine::make_query(std::move(node), boost, std::move(name));
}

Failure no_index_field(std::string_view kind) {
  return not_supported(fmt::format("[{}] query on [_index] is", kind));
}

}  // namespace

Outcome<QueryPtr> value_query(const QueryScope& scope, const std::string& field, json::Value value,
                              bool case_insensitive, float boost, std::string name) {
  const std::optional<std::string> text = scalar_text(value);
  if (!text) return illegal_argument(fmt::format("value of field [{}] must be a scalar", field));
  if (field == "_id") return ids_query(scope, {*text}, boost, std::move(name));
  if (field == "_index") return no_index_field("term");
  const engine::FieldDefinition* definition = scope.field(field);
  if (definition != nullptr && definition->type == engine::FieldType::kDate)
    return date_query(scope, field, *text, boost, std::move(name));
  if (definition != nullptr) {
    // What cannot be a value of the field is the client's error, here rather than in the engine.
    Result<engine::Value> coerced = engine::coerce(definition->type, to_engine_value(value));
    if (!coerced)
      return Failure{400, "query_shard_exception",
                     fmt::format("failed to create query: {}", coerced.error().message)};
  }
  return engine::make_query(engine::Term{field, to_engine_value(value), case_insensitive}, boost,
                            std::move(name));
}

Outcome<QueryPtr> parse_term(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  if (!given.is_object) {
    if (given.value.is_null()) return illegal_argument("value cannot be null");
    return value_query(parser.scope(), given.field, given.value, false, given.boost, given.name);
  }
  BodyReader reader(given.value, parser.text(), kind);
  std::optional<json::Value> value = reader.value("value");
  if (!value) value = reader.value("term");
  const bool case_insensitive = reader.boolean("case_insensitive", false);
  const float boost = static_cast<float>(reader.number("boost", given.boost));
  std::string name = reader.text("_name", given.name);
  STELE_RETURN_IF_ERROR(reader.finish());
  if (!value || value->is_null()) return illegal_argument("value cannot be null");
  return value_query(parser.scope(), given.field, *value, case_insensitive, boost, std::move(name));
}

Outcome<QueryPtr> parse_terms(QueryParser& parser, json::Value body, const std::string& kind) {
  std::optional<json::Member> field;
  float boost = 1;
  std::string name;
  for (const json::Member& member : body.members()) {
    if (member.key == "boost" && member.value.is_number()) {
      boost = static_cast<float>(member.value.number());
    } else if (member.key == "_name" && member.value.is_string()) {
      name = std::string(member.value.string());
    } else if (member.value.is_array() && !field) {
      field = member;
    } else if (member.value.is_array()) {
      return parsing_failure("[terms] query does not support multiple fields",
                             place_of(member.value, parser.text()));
    } else if (member.value.is_object()) {
      return not_supported("[terms] query with a lookup is").at(place_of(member.value, parser.text()));
    } else {
      return parsing_failure(fmt::format("[terms] query does not support [{}]", member.key),
                             place_of(member.value, parser.text()));
    }
  }
  if (!field)
    return parsing_failure(
        "[terms] query requires a field name, followed by array of terms or a document lookup specification",
        place_of(body, parser.text()));
  if (field->value.size() > parser.scope().terms_max)
    return illegal_argument(fmt::format(
        "The number of terms [{}] used in the Terms Query request has exceeded the allowed maximum of [{}]. "
        "This maximum can be set by changing the [index.max_terms_count] index level setting.",
        field->value.size(), parser.scope().terms_max));
  const std::string path(field->key);
  if (path == "_index") return no_index_field(kind);
  const engine::FieldDefinition* definition = parser.scope().field(path);
  const bool dates = definition != nullptr && definition->type == engine::FieldType::kDate;
  std::vector<std::string> ids;
  engine::Terms node{path, {}};
  engine::Bool any;
  for (const json::Value value : field->value.elements()) {
    const std::optional<std::string> text = scalar_text(value);
    if (!text) return illegal_argument("No value specified for terms query");
    STELE_TRY(QueryPtr one, value_query(parser.scope(), path, value, false, 1, {}));
    if (dates) any.should.push_back(std::move(one));
    if (path == "_id") ids.push_back(*text);
    node.values.push_back(to_engine_value(value));
  }
  if (path == "_id") return ids_query(parser.scope(), ids, boost, std::move(name));
  if (node.values.empty()) return engine::make_query(engine::MatchNone{}, boost, std::move(name));
  if (dates)
    return engine::make_query(engine::ConstantScore{engine::make_query(std::move(any))}, boost,
                              std::move(name));
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_pattern(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  std::optional<std::string> value = scalar_text(given.value);
  bool case_insensitive = false;
  float boost = given.boost;
  std::string name = given.name;
  if (given.is_object) {
    BodyReader reader(given.value, parser.text(), kind);
    value = reader.maybe_text("value");
    if (kind == "wildcard" && !value) value = reader.maybe_text("wildcard");
    case_insensitive = reader.boolean("case_insensitive", false);
    boost = static_cast<float>(reader.number("boost", boost));
    name = reader.text("_name", name);
    reader.ignore("rewrite");
    if (kind == "regexp")
      for (const std::string_view key : {"flags", "flags_value", "max_determinized_states"})
        reader.ignore(key);
    STELE_RETURN_IF_ERROR(reader.finish());
  }
  if (!value) return illegal_argument("value cannot be null");
  if (given.field == "_index") return no_index_field(kind);
  if (kind == "prefix")
    return engine::make_query(engine::Prefix{given.field, *std::move(value), case_insensitive}, boost,
                              std::move(name));
  if (kind == "wildcard")
    return engine::make_query(engine::Wildcard{given.field, *std::move(value), case_insensitive}, boost,
                              std::move(name));
  if (value->size() > parser.scope().regexp_bytes_max)
    return illegal_argument(fmt::format(
        "The length of regex [{}] used in the Regexp Query request has exceeded the allowed maximum of [{}]. "
        "This maximum can be set by changing the [index.max_regex_length] index level setting.",
        value->size(), parser.scope().regexp_bytes_max));
  return engine::make_query(engine::Regexp{given.field, *std::move(value), case_insensitive}, boost,
                            std::move(name));
}

Outcome<QueryPtr> parse_fuzzy(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  engine::Fuzzy node;
  node.field = given.field;
  std::optional<std::string> value = scalar_text(given.value);
  float boost = given.boost;
  std::string name = given.name;
  if (given.is_object) {
    BodyReader reader(given.value, parser.text(), kind);
    value = reader.maybe_text("value");
    node.fuzziness = reader.text("fuzziness", "AUTO");
    node.prefix_length =
        static_cast<std::uint32_t>(std::max<std::int64_t>(reader.integer("prefix_length", 0), 0));
    node.expansions_max =
        static_cast<std::uint32_t>(std::max<std::int64_t>(reader.integer("max_expansions", 50), 1));
    node.transpositions = reader.boolean("transpositions", true);
    boost = static_cast<float>(reader.number("boost", boost));
    name = reader.text("_name", name);
    reader.ignore("rewrite");
    STELE_RETURN_IF_ERROR(reader.finish());
  }
  if (!value) return illegal_argument("query value cannot be null");
  node.value = *std::move(value);
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_exists(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind);
  const std::optional<std::string> field = reader.maybe_text("field");
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (!field)
    return parsing_failure("[exists] must be provided with a [field]", place_of(body, parser.text()));
  if (field->empty()) return illegal_argument("field name is null or empty");
  if (*field == "_id" || *field == "_index" || *field == "_source")
    return engine::make_query(engine::ConstantScore{engine::make_query(engine::MatchAll{})}, boost,
                              std::move(name));
  if (field->find('*') != std::string::npos) {
    engine::Bool any;
    for (std::string& path : parser.scope().expand(*field))
      any.should.push_back(engine::make_query(engine::Exists{std::move(path)}));
    if (any.should.empty()) return engine::make_query(engine::MatchNone{}, boost, std::move(name));
    return engine::make_query(engine::ConstantScore{engine::make_query(std::move(any))}, boost,
                              std::move(name));
  }
  return engine::make_query(engine::Exists{*field}, boost, std::move(name));
}

Outcome<QueryPtr> parse_ids(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind, BodyReader::Style::kXContent);
  const std::optional<json::Value> values = reader.value("values");
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  reader.ignore("type");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (!values) return parsing_failure("[ids] requires providing [values]", place_of(body, parser.text()));
  std::vector<std::string> ids;
  if (const std::optional<std::string> one = scalar_text(*values)) {
    ids.push_back(*one);
  } else if (values->is_array()) {
    for (const json::Value value : values->elements()) {
      const std::optional<std::string> id = scalar_text(value);
      if (!id)
        return x_content_failure(
            fmt::format("[ids] values doesn't support values of type: {}", token_name(value)),
            place_of(value, parser.text()));
      ids.push_back(*id);
    }
  } else {
    return x_content_failure(
        fmt::format("[ids] values doesn't support values of type: {}", token_name(*values)),
        place_of(*values, parser.text()));
  }
  return ids_query(parser.scope(), ids, boost, std::move(name));
}

}  // namespace stele::elastic
