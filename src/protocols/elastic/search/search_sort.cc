#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocols/elastic/call.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/query/date_math.h"
#include "protocols/elastic/search/search_request.h"

namespace stele::elastic {
namespace {

using engine::Direction;
using engine::SortKey;
using engine::SortMode;

constexpr std::array<std::pair<std::string_view, SortMode>, 5> kModes = {{
    {"min", SortMode::kMin},
    {"max", SortMode::kMax},
    {"sum", SortMode::kSum},
    {"avg", SortMode::kAverage},
    {"median", SortMode::kMedian},
}};

Outcome<Direction> direction_of(std::string_view order) {
  if (order == "asc" || order == "ASC") return Direction::kAscending;
  if (order == "desc" || order == "DESC") return Direction::kDescending;
  return illegal_argument(fmt::format("Unknown SortOrder [{}]", order));
}

Outcome<> resolve(const QueryScope& scope, SortKey& key, bool unmapped_type) {
  if (key.field == "_score") {
    key.kind = SortKey::Kind::kScore;
  } else if (key.field == "_doc" || key.field == "_shard_doc") {
    key.kind = SortKey::Kind::kDoc;
  } else if (key.field == "_id") {
    key.kind = SortKey::Kind::kKey;
  } else {
    const engine::FieldDefinition* field = scope.field(key.field);
    key.unmapped_ok = unmapped_type;
    if (field == nullptr && !unmapped_type)
      return Failure{400, "query_shard_exception",
                     fmt::format("No mapping found for [{}] in order to sort on", key.field)};
    if (field != nullptr && field->type == engine::FieldType::kText)
      return illegal_argument(fmt::format(
          "Fielddata is disabled on [{0}]. Text fields are not optimised for operations that require "
          "per-document field data like aggregations and sorting, so these operations are disabled by "
          "default. Please use a keyword field instead. Alternatively, set fielddata=true on [{0}] in "
          "order to load field data by uninverting the inverted index. Note that this can use "
          "significant memory.",
          key.field));
    if (field != nullptr && !field->doc_values)
      return illegal_argument(
          fmt::format("Can't load fielddata on [{}] because fielddata is unsupported on fields "
                      "of type [{}]. Use doc values instead.",
                      key.field, engine::to_string(field->type)));
  }
  return {};
}

Outcome<> read_missing(const QueryScope& scope, json::Value missing, SortKey& key) {
  const std::string text = scalar_text(missing).value_or("_last");
  if (text == "_last") {
    key.missing = SortKey::Missing::kLast;
  } else if (text == "_first") {
    key.missing = SortKey::Missing::kFirst;
  } else {
    key.missing = SortKey::Missing::kValue;
    key.missing_value = to_engine_value(missing);
    const engine::FieldDefinition* field = scope.field(key.field);
    if (field != nullptr) {
      STELE_TRY(key.missing_value, engine::coerce(field->type, key.missing_value));
    }
  }
  return {};
}

Outcome<> add_object(const QueryScope& scope, const std::string& name, json::Value body,
                     std::string_view text, SortRequest& request) {
  if (name == "_geo_distance" || name == "_script")
    return not_supported(fmt::format("sort by [{}] is", name)).at(place_of(body, text));
  SortKey key;
  key.field = name;
  if (name == "_score") key.direction = Direction::kDescending;
  BodyReader reader(body, text, "field_sort", BodyReader::Style::kXContent);
  const std::string order = reader.text("order");
  const std::string mode = reader.text("mode");
  const std::optional<json::Value> missing = reader.value("missing");
  const std::string format = reader.text("format");
  bool unmapped = reader.has("unmapped_type");
  reader.ignore("unmapped_type");
  unmapped |= reader.boolean("ignore_unmapped", false);
  reader.ignore("numeric_type");
  if (reader.has("nested")) reader.fail(not_supported("[nested] sort is"));
  reader.ignore("nested");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (!order.empty()) {
    STELE_TRY(key.direction, direction_of(order));
  }
  if (!mode.empty()) {
    const auto row = std::ranges::find(kModes, mode, &std::pair<std::string_view, SortMode>::first);
    if (row == kModes.end()) return illegal_argument(fmt::format("Unknown SortMode [{}]", mode));
    key.mode = row->second;
  }
  if (missing) STELE_RETURN_IF_ERROR(read_missing(scope, *missing, key));
  STELE_RETURN_IF_ERROR(resolve(scope, key, unmapped));
  request.keys.push_back(std::move(key));
  request.formats.push_back(format);
  return {};
}

Outcome<> add_name(const QueryScope& scope, std::string_view name, std::string_view order,
                   SortRequest& request) {
  SortKey key;
  key.field = std::string(name);
  if (name == "_score") key.direction = Direction::kDescending;
  if (!order.empty()) {
    STELE_TRY(key.direction, direction_of(order));
  }
  STELE_RETURN_IF_ERROR(resolve(scope, key, false));
  request.keys.push_back(std::move(key));
  request.formats.emplace_back();
  return {};
}

Outcome<> add(const QueryScope& scope, json::Value entry, std::string_view text, SortRequest& request) {
  if (entry.is_string()) return add_name(scope, entry.string(), "", request);
  if (!entry.is_object())
    return illegal_argument(fmt::format(
        "malformed sort format, within the sort array, an object, or an actual string are allowed"));
  for (const json::Member& member : entry.members()) {
    if (member.value.is_object()) {
      STELE_RETURN_IF_ERROR(add_object(scope, std::string(member.key), member.value, text, request));
    } else {
      STELE_RETURN_IF_ERROR(add_name(scope, member.key, scalar_text(member.value).value_or("asc"), request));
    }
  }
  return {};
}

SortRequest finished(SortRequest request) {
  request.by_score =
      std::ranges::any_of(request.keys, [](const SortKey& key) { return key.kind == SortKey::Kind::kScore; });
  // By score alone, descending, is what happens without a sort.
  if (request.keys.size() == 1 && request.by_score && request.keys[0].direction == Direction::kDescending) {
    request.keys.clear();
    request.formats.clear();
  }
  return request;
}

}  // namespace

Outcome<SortRequest> parse_sort(const QueryScope& scope, json::Value sort, std::string_view text) {
  SortRequest request;
  if (sort.is_array()) {
    for (const json::Value entry : sort.elements()) STELE_RETURN_IF_ERROR(add(scope, entry, text, request));
  } else {
    STELE_RETURN_IF_ERROR(add(scope, sort, text, request));
  }
  return finished(std::move(request));
}

Outcome<SortRequest> parse_sort_parameter(const QueryScope& scope, const std::vector<std::string>& sort) {
  SortRequest request;
  for (const std::string& entry : sort) {
    const std::size_t colon = entry.rfind(':');
    const std::string_view name = std::string_view(entry).substr(0, colon);
    const std::string_view order =
        colon == std::string::npos ? std::string_view() : std::string_view(entry).substr(colon + 1);
    STELE_RETURN_IF_ERROR(add_name(scope, name, order, request));
  }
  return finished(std::move(request));
}

Outcome<std::vector<engine::Value>> parse_search_after(const QueryScope& scope, const SortRequest& sort,
                                                       json::Value values) {
  std::vector<SortKey> keys = sort.keys;
  if (keys.empty() && sort.by_score) keys.push_back({.kind = SortKey::Kind::kScore});
  if (keys.empty()) return illegal_argument("Sort must contain at least one field.");
  if (!values.is_array()) return parse_failure("[search_after] must be an array");
  if (values.size() != keys.size())
    return illegal_argument(
        fmt::format("search_after has {} value(s) but sort has {}.", values.size(), keys.size()));
  std::vector<engine::Value> after;
  std::size_t i = 0;
  for (const json::Value value : values.elements()) {
    const SortKey& key = keys[i];
    const engine::FieldDefinition* field =
        key.kind == SortKey::Kind::kField ? scope.field(key.field) : nullptr;
    if (value.is_null() || field == nullptr) {
      after.push_back(to_engine_value(value));
    } else if (field->type == engine::FieldType::kDate) {
      const std::string format = i < sort.formats.size() ? sort.formats[i] : std::string();
      const std::string given = scalar_text(value).value_or("");
      const views::FieldReading* reading = scope.reading(key.field);
      if (value.is_integer() && format.empty() && reading != nullptr && reading->type == "date_nanos") {
        after.push_back(to_engine_value(value));
        ++i;
        continue;
      }
      // Milliseconds, as sort values are told, unless they were told in a format.
      STELE_TRY(const DateReader reader,
                DateReader::of_field(scope, key.field,
                                     value.is_number() && format.empty() ? "epoch_millis" : format, ""));
      STELE_TRY(const std::int64_t instant, reader.read(given, DateReader::Rounding::kDown));
      after.push_back(engine::Value(instant));
    } else {
      Result<engine::Value> coerced = engine::coerce(field->type, to_engine_value(value));
      if (!coerced)
        return illegal_argument(fmt::format("Failed to parse search_after value for field [{}].", key.field));
      after.push_back(*std::move(coerced));
    }
    ++i;
  }
  return after;
}

}  // namespace stele::elastic
