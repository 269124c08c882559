#include "protocols/qdrant/query/order_by.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/schema.h"
#include "protocols/qdrant/collection/payload_index.h"

namespace stele::qdrant {
namespace {

std::optional<OrderBy::Kind> kind_of(const Collection& collection, const JsonPath& key) {
  const std::string type = index_type(collection, key);
  if (type == "integer") return OrderBy::Kind::kInteger;
  if (type == "float") return OrderBy::Kind::kFloat;
  if (type == "datetime") return OrderBy::Kind::kDate;
  if (collection.is_own()) return std::nullopt;
  // A column or a mapped field is in order by itself.
  const auto id = collection.entry->definition->schema.find(key.field());
  if (!id) return std::nullopt;
  switch (collection.entry->definition->schema.field(*id).type) {
    case engine::FieldType::kLong:
      return OrderBy::Kind::kInteger;
    case engine::FieldType::kDouble:
    case engine::FieldType::kFloat:
      return OrderBy::Kind::kFloat;
    case engine::FieldType::kDate:
      return OrderBy::Kind::kDate;
    default:
      return std::nullopt;
  }
}

std::optional<double> number_of(OrderBy::Kind kind, json::Value value) {
  if (kind == OrderBy::Kind::kDate) {
    if (!value.is_string() || value.string().size() < 10) return std::nullopt;
    const auto nanoseconds = engine::parse_iso_date(value.string());
    if (!nanoseconds) return std::nullopt;
    // As Qdrant has them: microseconds, which a double holds exactly.
    const std::int64_t microseconds = *nanoseconds / 1000;
    return static_cast<double>(microseconds);
  }
  if (kind == OrderBy::Kind::kInteger && !value.is_integer()) return std::nullopt;
  return value.is_number() ? std::optional(value.number()) : std::nullopt;
}

}  // namespace

Outcome<OrderBy> OrderBy::read(const Collection& collection, json::Value value) {
  OrderBy by;
  const auto key = value.is_string() ? std::optional(value) : value.find("key");
  auto path = key && key->is_string() ? JsonPath::parse(key->string()) : std::nullopt;
  if (!path) return format_error("Expected a string, or an object with a key, direction and/or start_from");
  by.key = *std::move(path);
  const auto kind = kind_of(collection, by.key);
  if (!kind)
    return wrong_input(
        fmt::format("No range index for `order_by` key: `{}`. Please create one to use `order_by`. Check "
                    "https://qdrant.tech/documentation/concepts/indexing/#payload-index to see which payload "
                    "schemas support "
                    "Range conditions",
                    by.key.text()));
  by.kind = *kind;
  if (const auto direction = value.find("direction"); direction && !direction->is_null()) {
    if (!direction->is_string() || (direction->string() != "asc" && direction->string() != "desc"))
      return format_error("unknown variant, expected `asc` or `desc`");
    by.descending = direction->string() == "desc";
  }
  if (const auto start = value.find("start_from"); start && !start->is_null()) {
    by.start_from = start->is_number() ? std::optional(start->number()) : number_of(Kind::kDate, *start);
    if (!by.start_from) return format_error("data did not match any variant of untagged enum StartFrom");
  }
  return by;
}

std::vector<Ordered> order(const OrderBy& by, const std::vector<engine::DocumentPtr>& documents) {
  std::vector<Ordered> all;
  for (const engine::DocumentPtr& document : documents) {
    const auto payload = json::Document::parse_borrowed(document->source);
    if (!payload) continue;
    const auto add = [&](json::Value value) {
      const auto number = number_of(by.kind, value);
      if (!number || (by.start_from && (by.descending ? *number > *by.start_from : *number < *by.start_from)))
        return;
      all.push_back({document, *number,
                     by.kind == OrderBy::Kind::kDate ? std::to_string(static_cast<std::int64_t>(*number))
                                                     : std::string(value.raw())});
    };
    by.key.visit(payload->root(), [&](json::Value value) {
      if (!value.is_array()) add(value);
      if (value.is_array())
        for (const json::Value element : value.elements()) add(element);
      return false;
    });
  }
  std::ranges::sort(all, [&by](const Ordered& left, const Ordered& right) {
    if (left.number != right.number) return (left.number < right.number) != by.descending;
    return (left.document->key < right.document->key) != by.descending;
  });
  return all;
}

}  // namespace stele::qdrant
