#include <fmt/format.h>

#include <array>
#include <cmath>

#include "engine/schema.h"
#include "protocols/qdrant/filter/filter.h"

namespace stele::qdrant {
namespace {

constexpr int kDepthMax = 32;
constexpr std::string_view kNoCondition = "data did not match any variant of untagged enum Condition";

Failure no_variant(std::string_view of) {
  return format_error(fmt::format("data did not match any variant of untagged enum {}", of));
}

Outcome<JsonPath> read_path(json::Value value) {
  if (value.is_string())
    if (auto path = JsonPath::parse(value.string())) return *std::move(path);
  return format_error(fmt::format("Invalid json path: {}", value.raw().substr(0, 200)));
}

std::optional<MatchScalar> read_scalar(json::Value value) {
  if (value.is_string()) return MatchScalar(std::string(value.string()));
  if (value.is_bool()) return MatchScalar(value.boolean());
  if (value.kind() == json::Kind::kInt64) return MatchScalar(*value.as_int64());
  return std::nullopt;
}

Outcome<std::vector<MatchScalar>> read_variants(json::Value value) {
  std::vector<MatchScalar> values;
  if (!value.is_array()) return no_variant("AnyVariants");
  for (const json::Value element : value.elements()) {
    auto scalar = read_scalar(element);
    if (!scalar || std::holds_alternative<bool>(*scalar)) return no_variant("AnyVariants");
    if (!values.empty() && values.front().index() != scalar->index()) return no_variant("AnyVariants");
    values.push_back(*std::move(scalar));
  }
  return values;
}

Outcome<Match> read_match(json::Value value) {
  Match match;
  if (const auto scalar = value.find("value")) {
    auto read = read_scalar(*scalar);
    if (!read) return no_variant("Match");
    match.values.push_back(*std::move(read));
    return match;
  }
  struct Words {
    std::string_view name;
    Match::Kind kind;
  };
  constexpr std::array kWords = {Words{"text", Match::Kind::kText}, Words{"text_any", Match::Kind::kTextAny},
                                 Words{"phrase", Match::Kind::kPhrase}};
  for (const Words& words : kWords) {
    const auto text = value.find(words.name);
    if (!text) continue;
    if (!text->is_string()) return no_variant("Match");
    match.kind = words.kind;
    match.text = std::string(text->string());
    return match;
  }
  if (value.find("prefix")) return not_supported("match prefix");
  const auto any = value.find("any");
  const auto except = value.find("except");
  if (!any && !except) return no_variant("Match");
  match.kind = any ? Match::Kind::kAny : Match::Kind::kExcept;
  STELE_TRY(match.values, read_variants(any ? *any : *except));
  return match;
}

Outcome<std::int64_t> read_date(json::Value value) {
  if (value.is_string() && value.string().size() >= 10)
    if (auto nanoseconds = engine::parse_iso_date(value.string())) return *nanoseconds;
  return no_variant("RangeInterface");
}

template <class T, class Read>
Outcome<> read_bounds(json::Value value, T& range, const Read& read) {
  for (const auto& [key, member] : value.members()) {
    auto* bound = key == "gt"    ? &range.gt
                  : key == "gte" ? &range.gte
                  : key == "lt"  ? &range.lt
                  : key == "lte" ? &range.lte
                                 : nullptr;
    if (bound == nullptr || member.is_null()) continue;
    STELE_TRY(*bound, read(member));
  }
  return {};
}

Outcome<> read_range(json::Value value, FieldCondition& condition) {
  if (!value.is_object()) return no_variant("RangeInterface");
  bool dates = false;
  for (const auto& [key, member] : value.members()) dates = dates || member.is_string();
  if (dates) return read_bounds(value, condition.dates.emplace(), read_date);
  return read_bounds(value, condition.range.emplace(), [](json::Value bound) -> Outcome<double> {
    if (!bound.is_number()) return no_variant("RangeInterface");
    return bound.number();
  });
}

Outcome<> read_counts(json::Value value, CountRange& range) {
  if (!value.is_object()) return format_error("invalid type: expected struct ValuesCount");
  return read_bounds(value, range, [](json::Value bound) -> Outcome<std::uint64_t> {
    auto count = bound.as_uint64();
    if (!count) return format_error("invalid type: expected usize");
    return *count;
  });
}

Outcome<GeoPoint> read_geo_point(const std::optional<json::Value>& value) {
  const auto lon = value ? value->find("lon") : std::nullopt;
  const auto lat = value ? value->find("lat") : std::nullopt;
  if (!lon || !lat || !lon->is_number() || !lat->is_number())
    return format_error("invalid value: a geo point has the numbers lon and lat");
  const GeoPoint point{lon->number(), lat->number()};
  if (std::fabs(point.lon) > 180 || std::fabs(point.lat) > 90)
    return format_error(
        fmt::format("Wrong input: Longitude must be in range [-180, 180], latitude in [-90, 90]: "
                    "{}, {}",
                    point.lon, point.lat));
  return point;
}

Outcome<std::vector<GeoPoint>> read_line(const std::optional<json::Value>& value) {
  std::vector<GeoPoint> line;
  const auto points = value ? value->find("points") : std::nullopt;
  if (!points || !points->is_array()) return format_error("missing field `points`");
  for (const json::Value point : points->elements()) {
    STELE_TRY(const GeoPoint read, read_geo_point(point));
    line.push_back(read);
  }
  const auto same = [](const GeoPoint& a, const GeoPoint& b) { return a.lon == b.lon && a.lat == b.lat; };
  if (line.size() < 4)
    return invalid_body("filter",
                        fmt::format("value invalid, the size must be at least 4, got {}", line.size()));
  if (!same(line.front(), line.back()))
    return invalid_body("filter",
                        "value invalid, the first and the last points should be same to form a closed line");
  return line;
}

Outcome<> read_geo_box(json::Value value, FieldCondition& condition) {
  GeoBox& box = condition.geo_box.emplace();
  STELE_TRY(box.top_left, read_geo_point(value.find("top_left")));
  STELE_TRY(box.bottom_right, read_geo_point(value.find("bottom_right")));
  return {};
}

Outcome<> read_geo_radius(json::Value value, FieldCondition& condition) {
  GeoRadius& circle = condition.geo_radius.emplace();
  STELE_TRY(circle.center, read_geo_point(value.find("center")));
  const auto radius = value.find("radius");
  if (!radius || !radius->is_number()) return format_error("missing field `radius`");
  circle.meters = radius->number();
  return {};
}

Outcome<> read_geo_polygon(json::Value value, FieldCondition& condition) {
  GeoPolygon& polygon = condition.geo_polygon.emplace();
  STELE_TRY(polygon.exterior, read_line(value.find("exterior")));
  const auto interiors = value.find("interiors");
  if (!interiors || interiors->is_null()) return {};
  if (!interiors->is_array()) return format_error("interiors: a list is expected");
  for (const json::Value interior : interiors->elements()) {
    STELE_TRY(auto line, read_line(interior));
    polygon.interiors.push_back(std::move(line));
  }
  return {};
}

Outcome<> read_match_part(json::Value value, FieldCondition& condition) {
  STELE_TRY(condition.match, read_match(value));
  return {};
}
Outcome<> read_count_part(json::Value value, FieldCondition& condition) {
  return read_counts(value, condition.values_count.emplace());
}
Outcome<> read_is_empty_part(json::Value value, FieldCondition& condition) {
  if (!value.is_bool()) return format_error(kNoCondition);
  condition.is_empty = value.boolean();
  return {};
}
Outcome<> read_is_null_part(json::Value value, FieldCondition& condition) {
  if (!value.is_bool()) return format_error(kNoCondition);
  condition.is_null = value.boolean();
  return {};
}

struct FieldPart {
  std::string_view name;
  Outcome<> (*read)(json::Value, FieldCondition&);
};
constexpr std::array kFieldParts = {
    FieldPart{"match", read_match_part},        FieldPart{"range", read_range},
    FieldPart{"values_count", read_count_part}, FieldPart{"geo_bounding_box", read_geo_box},
    FieldPart{"geo_radius", read_geo_radius},   FieldPart{"geo_polygon", read_geo_polygon},
    FieldPart{"is_empty", read_is_empty_part},  FieldPart{"is_null", read_is_null_part}};

Outcome<Condition> read_field(json::Value value) {
  FieldCondition condition;
  STELE_TRY(condition.key, read_path(*value.find("key")));
  bool any = false;
  for (const FieldPart& part : kFieldParts) {
    const auto given = value.find(part.name);
    if (!given || given->is_null()) continue;
    any = true;
    STELE_RETURN_IF_ERROR(part.read(*given, condition));
  }
  if (!any) return invalid_body("filter", "At least one field condition must be specified");
  return Condition(std::move(condition));
}

// {"is_empty": {"key": path}} and its like.
Outcome<JsonPath> read_key_of(json::Value value) {
  const auto key = value.find("key");
  if (!key) return format_error(kNoCondition);
  return read_path(*key);
}

Outcome<Condition> read_has_id(json::Value value) {
  HasIdCondition condition;
  if (!value.is_array()) return format_error(kNoCondition);
  for (const json::Value element : value.elements()) {
    STELE_TRY(PointId id, PointId::from_json(element));
    condition.ids.insert(std::move(id));
  }
  return Condition(std::move(condition));
}

Outcome<FilterPtr> read_filter(json::Value value, int depth);

Outcome<Condition> read_nested(json::Value value, int depth) {
  NestedCondition condition;
  const auto filter = value.find("filter");
  if (!filter) return format_error(kNoCondition);
  STELE_TRY(condition.key, read_key_of(value));
  STELE_TRY(condition.filter, read_filter(*filter, depth + 1));
  if (!condition.filter) condition.filter = std::make_shared<const Filter>();
  return Condition(std::move(condition));
}

Outcome<Condition> read_condition(json::Value value, int depth) {
  if (!value.is_object() || depth > kDepthMax) return format_error(kNoCondition);
  if (value.find("key")) return read_field(value);
  if (const auto empty = value.find("is_empty")) {
    STELE_TRY(JsonPath key, read_key_of(*empty));
    return Condition(IsEmptyCondition{std::move(key)});
  }
  if (const auto null = value.find("is_null")) {
    STELE_TRY(JsonPath key, read_key_of(*null));
    return Condition(IsNullCondition{std::move(key)});
  }
  if (const auto ids = value.find("has_id")) return read_has_id(*ids);
  if (const auto name = value.find("has_vector")) {
    if (!name->is_string()) return format_error(kNoCondition);
    return Condition(HasVectorCondition{std::string(name->string())});
  }
  if (const auto nested = value.find("nested")) return read_nested(*nested, depth);
  if (value.find("slice")) return not_supported("the condition [slice]");
  STELE_TRY(FilterPtr filter, read_filter(value, depth + 1));
  return Condition(std::move(filter));
}

// One condition, or a list of them.
Outcome<std::vector<Condition>> read_conditions(json::Value value, int depth) {
  std::vector<Condition> conditions;
  if (value.is_object()) {
    STELE_TRY(Condition one, read_condition(value, depth));
    conditions.push_back(std::move(one));
    return conditions;
  }
  if (!value.is_array()) return format_error(kNoCondition);
  for (const json::Value element : value.elements()) {
    STELE_TRY(Condition condition, read_condition(element, depth));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

Outcome<MinShould> read_min_should(json::Value value, int depth) {
  const auto conditions = value.find("conditions");
  const auto count = value.find("min_count");
  if (!conditions) return format_error("missing field `conditions`");
  if (!count) return format_error("missing field `min_count`");
  MinShould read;
  STELE_TRY(read.conditions, read_conditions(*conditions, depth));
  const auto number = count->as_uint64();
  if (!number) return format_error("invalid type: min_count, expected usize");
  read.min_count = *number;
  return read;
}

Outcome<FilterPtr> read_filter(json::Value value, int depth) {
  if (value.is_null()) return FilterPtr();
  if (!value.is_object() || depth > kDepthMax)
    return format_error(
        fmt::format("invalid type: {}, expected struct Filter", json::describe(value.kind())));
  auto filter = std::make_shared<Filter>();
  for (const auto& [key, member] : value.members()) {
    if (key != "must" && key != "should" && key != "must_not" && key != "min_should")
      return format_error(
          fmt::format("unknown field `{}`, expected one of `should`, `min_should`, `must`, `must_not`", key));
    if (member.is_null()) continue;
    if (key == "min_should") {
      STELE_TRY(filter->min_should, read_min_should(member, depth));
      continue;
    }
    STELE_TRY(auto conditions, read_conditions(member, depth));
    if (key == "must")
      filter->must = std::move(conditions);
    else if (key == "must_not")
      filter->must_not = std::move(conditions);
    else
      filter->should = std::move(conditions);
  }
  return FilterPtr(std::move(filter));
}

}  // namespace

Outcome<FilterPtr> parse_filter(json::Value value) {
  return read_filter(value, 0);
}

}  // namespace stele::qdrant
