#include <fmt/format.h>

#include "protocols/elastic/call.h"
#include "protocols/elastic/query/date_math.h"
#include "protocols/elastic/query/families.h"

namespace stele::elastic {
namespace {

using engine::QueryPtr;

struct Bounds {
  std::optional<json::Value> gt, gte, lt, lte;
};

std::optional<json::Value> bound(BodyReader& reader, std::string_view key) {
  std::optional<json::Value> value = reader.value(key);
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_array() || value->is_object()) {
    reader.fail(illegal_argument(fmt::format("[range] [{}] must be a scalar", key)));
    return std::nullopt;
  }
  return value;
}

// from, to, include_lower and include_upper are the old names.
Bounds read_bounds(BodyReader& reader) {
  Bounds bounds{bound(reader, "gt"), bound(reader, "gte"), bound(reader, "lt"), bound(reader, "lte")};
  const std::optional<json::Value> from = bound(reader, "from");
  const std::optional<json::Value> to = bound(reader, "to");
  const bool include_lower = reader.boolean("include_lower", true);
  const bool include_upper = reader.boolean("include_upper", true);
  if (from) (include_lower ? bounds.gte : bounds.gt) = from;
  if (to) (include_upper ? bounds.lte : bounds.lt) = to;
  return bounds;
}

Outcome<> fill_dates(engine::Range& node, const Bounds& bounds, const DateReader& reader) {
  using Rounding = DateReader::Rounding;
  const auto fill = [&](const std::optional<json::Value>& given, std::optional<engine::Value>& into,
                        Rounding rounding) -> Outcome<> {
    if (!given) return {};
    STELE_TRY(const std::int64_t instant, reader.read(scalar_text(*given).value_or(""), rounding));
    into = engine::Value(instant);
    return {};
  };
  STELE_RETURN_IF_ERROR(fill(bounds.gt, node.gt, Rounding::kUp));
  STELE_RETURN_IF_ERROR(fill(bounds.gte, node.gte, Rounding::kDown));
  STELE_RETURN_IF_ERROR(fill(bounds.lt, node.lt, Rounding::kDown));
  STELE_RETURN_IF_ERROR(fill(bounds.lte, node.lte, Rounding::kUp));
  return {};
}

std::optional<engine::Value> plain(const std::optional<json::Value>& given) {
  return given ? std::optional<engine::Value>(to_engine_value(*given)) : std::nullopt;
}

// A number in a string is a number to a numeric field; anything else is the client's error.
Outcome<> check_numbers(const engine::FieldDefinition& field, engine::Range& node) {
  if (field.type != engine::FieldType::kLong && field.type != engine::FieldType::kDouble &&
      field.type != engine::FieldType::kFloat)
    return {};
  for (std::optional<engine::Value>* value : {&node.gt, &node.gte, &node.lt, &node.lte}) {
    if (!*value) continue;
    Result<engine::Value> number = engine::coerce(engine::FieldType::kDouble, **value);
    if (!number)
      return Failure{400, "number_format_exception",
                     fmt::format("For input string: {}", engine::to_string(**value))};
    // Integers stay exact.
    if ((*value)->integer() == nullptr) *value = *std::move(number);
  }
  return {};
}

}  // namespace

Outcome<QueryPtr> parse_range(QueryParser& parser, json::Value body, const std::string& kind) {
  STELE_TRY(const FieldBody given, field_body(parser, body, kind));
  if (!given.is_object)
    return parsing_failure(fmt::format("[range] query does not support [{}]", given.field),
                           place_of(given.value, parser.text()));
  BodyReader reader(given.value, parser.text(), kind);
  const Bounds bounds = read_bounds(reader);
  const std::string format = reader.text("format");
  const std::string time_zone = reader.text("time_zone");
  const float boost = static_cast<float>(reader.number("boost", given.boost));
  std::string name = reader.text("_name", given.name);
  reader.ignore("relation");
  STELE_RETURN_IF_ERROR(reader.finish());
  engine::Range node;
  node.field = given.field;
  const engine::FieldDefinition* field = parser.scope().field(given.field);
  if (field != nullptr && field->type == engine::FieldType::kDate) {
    STELE_TRY(const DateReader dates, DateReader::of_field(parser.scope(), given.field, format, time_zone));
    STELE_RETURN_IF_ERROR(fill_dates(node, bounds, dates));
  } else {
    node.gt = plain(bounds.gt);
    node.gte = plain(bounds.gte);
    node.lt = plain(bounds.lt);
    node.lte = plain(bounds.lte);
    if (field != nullptr) STELE_RETURN_IF_ERROR(check_numbers(*field, node));
  }
  return engine::make_query(std::move(node), boost, std::move(name));
}

}  // namespace stele::elastic
