#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "json/document.h"
#include "protocols/qdrant/failure.h"
#include "protocols/qdrant/payload/json_path.h"
#include "protocols/qdrant/point/point_id.h"

namespace stele::qdrant {

// Which points? A filter as Qdrant's clients write it, taken apart. Plain data, immutable once parsed.
// Source: Qdrant's lib/segment/src/types.rs.
struct Filter;
using FilterPtr = std::shared_ptr<const Filter>;

using MatchScalar = std::variant<std::string, std::int64_t, bool>;

struct Match {
  enum class Kind : std::uint8_t { kValue, kAny, kExcept, kText, kTextAny, kPhrase };
  Kind kind = Kind::kValue;
  std::vector<MatchScalar> values;  // one for kValue; all strings or all integers for kAny and kExcept
  std::string text;                 // of the last three
};

// Both bounds of a kind: numbers, or nanoseconds since 1970 for dates.
struct NumberRange {
  std::optional<double> gt, gte, lt, lte;
};
struct DateRange {
  std::optional<std::int64_t> gt, gte, lt, lte;
};
struct CountRange {
  std::optional<std::uint64_t> gt, gte, lt, lte;
};

// Degrees; see geo.h.
struct GeoPoint {
  double lon = 0;
  double lat = 0;
};
struct GeoBox {
  GeoPoint top_left, bottom_right;
};
struct GeoRadius {
  GeoPoint center;
  double meters = 0;
};
struct GeoPolygon {
  std::vector<GeoPoint> exterior;
  std::vector<std::vector<GeoPoint>> interiors;
};

// Any of the conditions given holds.
struct FieldCondition {
  JsonPath key;
  std::optional<Match> match = {};
  std::optional<NumberRange> range = {};
  std::optional<DateRange> dates = {};
  std::optional<CountRange> values_count = {};
  std::optional<GeoBox> geo_box = {};
  std::optional<GeoRadius> geo_radius = {};
  std::optional<GeoPolygon> geo_polygon = {};
  std::optional<bool> is_empty = {};
  std::optional<bool> is_null = {};
};
struct IsEmptyCondition {
  JsonPath key;
};
struct IsNullCondition {
  JsonPath key;
};
struct HasIdCondition {
  std::unordered_set<PointId> ids;
};
struct HasVectorCondition {
  std::string name;
};
struct NestedCondition {
  JsonPath key;
  FilterPtr filter;
};

using Condition = std::variant<FieldCondition, IsEmptyCondition, IsNullCondition, HasIdCondition,
                               HasVectorCondition, NestedCondition, FilterPtr>;

struct MinShould {
  std::vector<Condition> conditions;
  std::size_t min_count = 0;
};

struct Filter {
  std::vector<Condition> must;
  std::optional<std::vector<Condition>> should;  // none of none: everything
  std::vector<Condition> must_not;
  std::optional<MinShould> min_should;

  bool empty() const { return must.empty() && !should && must_not.empty() && !min_should; }
};

// 400 in serde's words; 422 for a field condition without a condition. Null is no filter.
Outcome<FilterPtr> parse_filter(json::Value value);

}  // namespace stele::qdrant
