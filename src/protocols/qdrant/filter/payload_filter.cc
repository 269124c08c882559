#include "protocols/qdrant/filter/payload_filter.h"

#include <algorithm>
#include <cmath>

#include "engine/document.h"
#include "engine/schema.h"
#include "protocols/qdrant/filter/geo.h"
#include "protocols/qdrant/point/selectors.h"

namespace stele::qdrant {
namespace {

template <class T, class Range>
bool is_in(const T& value, const Range& range) {
  return (!range.gt || value > *range.gt) && (!range.gte || value >= *range.gte) &&
         (!range.lt || value < *range.lt) && (!range.lte || value <= *range.lte);
}

std::uint64_t count_of(json::Value value) {
  if (value.is_null()) return 0;
  return value.is_array() ? value.size() : 1;
}

bool is_empty(json::Value value) {
  return value.is_null() || (value.is_array() && value.size() == 0);
}

// Qdrant's stored numbers equal an integer only if they are one.
bool equals(json::Value stored, const MatchScalar& wanted) {
  if (const auto* text = std::get_if<std::string>(&wanted))
    return stored.is_string() && stored.string() == *text;
  if (const auto* truth = std::get_if<bool>(&wanted)) return stored.is_bool() && stored.boolean() == *truth;
  return stored.kind() == json::Kind::kInt64 && *stored.as_int64() == std::get<std::int64_t>(wanted);
}

bool check_match(const Match& match, const TextIndex* index, json::Value stored) {
  const auto any = [&] {
    return std::ranges::any_of(match.values, [&](const MatchScalar& value) { return equals(stored, value); });
  };
  switch (match.kind) {
    case Match::Kind::kValue:
    case Match::Kind::kAny:
      return any();
    case Match::Kind::kExcept:
      return !stored.is_null() && !any();
    case Match::Kind::kText:
      if (!stored.is_string()) return false;
      return index ? has_all_tokens(*index, stored.string(), match.text)
                   : stored.string().find(match.text) != std::string_view::npos;
    case Match::Kind::kTextAny:
      if (!stored.is_string()) return false;
      return index ? has_any_token(*index, stored.string(), match.text)
                   : contains_any_word(stored.string(), match.text);
    case Match::Kind::kPhrase:
      if (!stored.is_string()) return false;
      return index ? has_phrase(*index, stored.string(), match.text)
                   : stored.string().find(match.text) != std::string_view::npos;
  }
  return false;
}

std::optional<GeoPoint> geo_point(json::Value stored) {
  const auto lon = stored.find("lon");
  const auto lat = stored.find("lat");
  if (!lon || !lat || !lon->is_number() || !lat->is_number()) return std::nullopt;
  return GeoPoint{lon->number(), lat->number()};
}

bool check_geo(const FieldCondition& condition, json::Value stored) {
  if (!condition.geo_box && !condition.geo_radius && !condition.geo_polygon) return false;
  const auto point = geo_point(stored);
  return point && ((condition.geo_box && is_within(*point, *condition.geo_box)) ||
                   (condition.geo_radius && is_within(*point, *condition.geo_radius)) ||
                   (condition.geo_polygon && is_within(*point, *condition.geo_polygon)));
}

bool check_dates(const DateRange& range, json::Value stored) {
  if (!stored.is_string() || stored.string().size() < 10) return false;
  const auto nanoseconds = engine::parse_iso_date(stored.string());
  return nanoseconds && is_in(*nanoseconds, range);
}

}  // namespace

// What is asked about: a document, whose payload is parsed when the first condition needs it, or a payload
// alone.
struct PayloadFilter::Subject {
  const engine::Document* document = nullptr;
  mutable std::optional<json::Document> parsed = {};
  mutable json::Value object = {};

  json::Value payload() const {
    if (document == nullptr || parsed) return object;
    auto made = json::Document::parse_borrowed(document->source);
    if (!made) made = json::Document::parse("{}");
    parsed = std::move(*made);
    object = parsed->root();
    return object;
  }
};

PayloadFilter::PayloadFilter(const Collection& collection, FilterPtr filter) : filter_(std::move(filter)) {
  for (const auto& [name, schema] : collection.entry->definition->qdrant) {
    if (!name.starts_with(kIndexPrefix)) continue;
    const auto parsed = json::Document::parse_borrowed(schema);
    if (!parsed) continue;
    if (auto index = TextIndex::from_json(parsed->root()))
      text_indexes_.emplace(name.substr(kIndexPrefix.size()), *index);
  }
  for (const VectorParams& vector : collection.vectors) vectors_.emplace(vector.name, vector);
}

bool PayloadFilter::matches(const engine::Document& document) const {
  return check(*filter_, Subject{&document});
}

bool PayloadFilter::matches_payload(json::Value payload) const {
  Subject subject;
  subject.object = payload;
  return check(*filter_, subject);
}

bool PayloadFilter::check(const Filter& filter, const Subject& subject) const {
  const auto holds = [&](const Condition& condition) { return check(condition, subject); };
  if (!std::ranges::all_of(filter.must, holds) || std::ranges::any_of(filter.must_not, holds)) return false;
  if (filter.should && !filter.should->empty() && !std::ranges::any_of(*filter.should, holds)) return false;
  if (!filter.min_should) return true;
  std::size_t count = 0;
  for (const Condition& condition : filter.min_should->conditions) {
    if (count >= filter.min_should->min_count) break;
    if (holds(condition)) ++count;
  }
  return count >= filter.min_should->min_count;
}

bool PayloadFilter::check(const Condition& condition, const Subject& subject) const {
  if (const auto* field = std::get_if<FieldCondition>(&condition)) return check_field(*field, subject);
  if (const auto* empty = std::get_if<IsEmptyCondition>(&condition))
    return !empty->key.visit(subject.payload(), [](json::Value value) { return !is_empty(value); });
  if (const auto* null = std::get_if<IsNullCondition>(&condition))
    return null->key.visit(subject.payload(), [](json::Value value) { return value.is_null(); });
  if (const auto* ids = std::get_if<HasIdCondition>(&condition))
    return subject.document != nullptr && ids->ids.contains(PointId::of(subject.document->key));
  if (const auto* vector = std::get_if<HasVectorCondition>(&condition)) {
    const auto params = vectors_.find(vector->name);
    return subject.document != nullptr && params != vectors_.end() &&
           has_vector(*subject.document, params->second);
  }
  if (const auto* nested = std::get_if<NestedCondition>(&condition))
    return nested->key.with_array().visit(subject.payload(), [&](json::Value value) {
      if (!value.is_object()) return false;
      Subject inner;
      inner.object = value;
      return check(*nested->filter, inner);
    });
  const auto& filter = std::get<FilterPtr>(condition);
  return !filter || check(*filter, subject);
}

bool PayloadFilter::check_field(const FieldCondition& condition, const Subject& subject) const {
  const TextIndex* index = nullptr;
  if (condition.match && condition.match->kind >= Match::Kind::kText && !text_indexes_.empty())
    if (const auto found = text_indexes_.find(condition.key.text()); found != text_indexes_.end())
      index = &found->second;
  bool any = false;
  const bool holds = condition.key.visit(subject.payload(), [&](json::Value value) {
    any = true;
    return check_value(condition, index, value);
  });
  if (any) return holds;
  // No value at all.
  if (condition.is_empty) return *condition.is_empty;
  if (condition.is_null) return !*condition.is_null;
  return false;
}

bool PayloadFilter::check_value(const FieldCondition& condition, const TextIndex* index,
                                json::Value value) const {
  if (condition.values_count) return is_in(count_of(value), *condition.values_count);
  if (condition.is_empty) return is_empty(value) == *condition.is_empty;
  if (condition.is_null) return value.is_null() == *condition.is_null;
  if (!value.is_array()) return check_scalar(condition, index, value);
  for (const json::Value element : value.elements())
    if (check_scalar(condition, index, element)) return true;
  return false;
}

bool PayloadFilter::check_scalar(const FieldCondition& condition, const TextIndex* index,
                                 json::Value value) const {
  return (condition.match && check_match(*condition.match, index, value)) ||
         (condition.range && value.is_number() && is_in(value.number(), *condition.range)) ||
         (condition.dates && check_dates(*condition.dates, value)) || check_geo(condition, value);
}

}  // namespace stele::qdrant
