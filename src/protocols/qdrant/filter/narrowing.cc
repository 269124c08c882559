// Which documents can a filter hold for at all, by the collection's fields? Fields are made of the payload by
// flattening and conversion (views/document_builder.h), so a field's condition must never leave out what the
// payload satisfies; where that is not certain, nothing is narrowed. Documents without any value in a field
// stay in, for a field may be newer than what is shown.

#include <cmath>
#include <limits>

#include "engine/doc_key.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/filter/payload_filter.h"

namespace stele::qdrant {
namespace {

using engine::FieldDefinition;
using engine::FieldType;
using engine::QueryPtr;

class Narrowing {
 public:
  explicit Narrowing(const Collection& collection)
      : collection_(collection), schema_(collection.entry->definition->schema) {}

  // Null: any document.
  QueryPtr filter(const Filter& filter, const std::string& above) const {
    engine::Bool all;
    for (const Condition& condition : filter.must)
      if (QueryPtr query = this->condition(condition, above)) all.filter.push_back(std::move(query));
    if (filter.should && !filter.should->empty())
      if (QueryPtr query = any_of(*filter.should, above)) all.filter.push_back(std::move(query));
    if (all.filter.empty()) return nullptr;
    if (all.filter.size() == 1) return all.filter[0];
    return engine::make_query(std::move(all));
  }

 private:
  QueryPtr any_of(const std::vector<Condition>& conditions, const std::string& above) const {
    engine::Bool any;
    for (const Condition& each : conditions) {
      QueryPtr query = condition(each, above);
      if (!query) return nullptr;
      any.should.push_back(std::move(query));
    }
    return engine::make_query(std::move(any));
  }

  QueryPtr condition(const Condition& condition, const std::string& above) const {
    if (const auto* field = std::get_if<FieldCondition>(&condition)) return this->field(*field, above);
    if (const auto* ids = std::get_if<HasIdCondition>(&condition)) return has_id(*ids);
    if (const auto* nested = std::get_if<NestedCondition>(&condition))
      return filter(*nested->filter, joined(above, nested->key.field()));
    if (const auto* inner = std::get_if<FilterPtr>(&condition))
      return *inner ? filter(**inner, above) : nullptr;
    return nullptr;
  }

  static std::string joined(const std::string& above, const std::string& path) {
    return above.empty() ? path : above + "." + path;
  }

  QueryPtr has_id(const HasIdCondition& condition) const {
    if (!collection_.is_own()) return nullptr;
    engine::Ids ids;
    for (const PointId& id : condition.ids) ids.keys.push_back(id.key());
    return engine::make_query(std::move(ids));
  }

  QueryPtr field(const FieldCondition& condition, const std::string& above) const {
    const bool only_match = condition.match && !condition.range && !condition.dates && !condition.geo_box &&
                            !condition.geo_radius && !condition.geo_polygon && !condition.values_count &&
                            !condition.is_empty && !condition.is_null;
    const bool only_range = condition.range && !condition.match && !condition.dates && !condition.geo_box &&
                            !condition.geo_radius && !condition.geo_polygon && !condition.values_count &&
                            !condition.is_empty && !condition.is_null;
    // A key with a dot in it is not told from a path here.
    for (const JsonPath::Step& step : condition.key.steps)
      if (const auto* key = std::get_if<std::string>(&step); key && key->find('.') != std::string::npos)
        return nullptr;
    const std::string path = joined(above, condition.key.field());
    if (only_match) return match(*condition.match, path);
    if (only_range) return range(*condition.range, path);
    return nullptr;
  }

  QueryPtr match(const Match& match, const std::string& path) const {
    if (match.kind != Match::Kind::kValue && match.kind != Match::Kind::kAny) return nullptr;
    engine::Terms terms;
    for (const MatchScalar& value : match.values) {
      const auto* found = field_for(value, path);
      if (found == nullptr || (!terms.field.empty() && terms.field != found->path)) return nullptr;
      terms.field = found->path;
      terms.values.push_back(std::visit([](const auto& scalar) { return engine::Value(scalar); }, value));
    }
    if (terms.values.empty()) return engine::make_query(engine::MatchNone{});
    const std::string field = terms.field;
    return or_without(field, engine::make_query(std::move(terms)));
  }

  static QueryPtr or_without(const std::string& field, QueryPtr query) {
    return engine::make_query(
        engine::Bool{.should = {std::move(query), engine::make_query(engine::IsEmpty{field})}});
  }

  const FieldDefinition* definition(std::string_view path) const {
    const auto id = schema_.find(path);
    return id && schema_.field(*id).indexed ? &schema_.field(*id) : nullptr;
  }

  // The field that holds every value equal to `value`.
  const FieldDefinition* field_for(const MatchScalar& value, const std::string& path) const {
    const FieldDefinition* field = definition(path);
    if (field == nullptr) return nullptr;
    if (std::holds_alternative<std::int64_t>(value)) return field->type == FieldType::kLong ? field : nullptr;
    if (std::holds_alternative<bool>(value)) return field->type == FieldType::kBoolean ? field : nullptr;
    if (field->type == FieldType::kText) {
      const FieldDefinition* words = definition(path + ".keyword");
      field = words != nullptr && words->values_of == path ? words : nullptr;
    }
    if (field == nullptr || field->type != FieldType::kKeyword || !field->normalizer.empty()) return nullptr;
    const std::size_t size = std::get<std::string>(value).size();
    return field->ignore_above == 0 || size <= field->ignore_above ? field : nullptr;
  }

  // A whole-number field has cut fractions off, a float has rounded: the bounds are moved outwards.
  QueryPtr range(const NumberRange& range, const std::string& path) const {
    const FieldDefinition* field = definition(path);
    if (field == nullptr) return nullptr;
    const bool whole = field->type == FieldType::kLong;
    if (!whole && field->type != FieldType::kFloat && field->type != FieldType::kDouble) return nullptr;
    const auto slack = [&](double bound) {
      return whole ? 1.0 : std::fabs(bound) * 4 * std::numeric_limits<float>::epsilon() + 1e-30;
    };
    engine::Range wider{.field = path};
    const auto low = range.gte ? range.gte : range.gt;
    const auto high = range.lte ? range.lte : range.lt;
    for (const auto& bound : {low, high})
      if (bound && !(std::fabs(*bound) < 1e15)) return nullptr;
    if (low) wider.gte = engine::Value(*low - slack(*low));
    if (high) wider.lte = engine::Value(*high + slack(*high));
    return or_without(path, engine::make_query(std::move(wider)));
  }

  const Collection& collection_;
  const engine::Schema& schema_;
};

}  // namespace

engine::QueryPtr as_query(const Collection& collection, const FilterPtr& filter_or_null) {
  if (!filter_or_null || filter_or_null->empty()) return nullptr;
  engine::Where where;
  where.test = std::make_shared<PayloadFilter>(collection, filter_or_null);
  where.within = Narrowing(collection).filter(*filter_or_null, "");
  return engine::make_query(std::move(where));
}

}  // namespace stele::qdrant
