#include <fmt/format.h>

#include <algorithm>

#include "engine/document.h"
#include "protocols/elastic/document/operation.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/services.h"
#include "views/administration.h"
#include "views/document_builder.h"
#include "views/dynamic_mapping.h"

namespace stele::elastic {

// A builder with the definition it reads and what dynamic mapping may do to it.
struct Preparation::Builder {
  explicit Builder(std::shared_ptr<const views::CollectionDefinition> shared)
      : definition(std::move(shared)), builder(*definition) {
    const IndexMetadata metadata = IndexMetadata::parse(definition->elastic_json);
    const auto flag = [&](const char* name, bool otherwise) {
      const auto found = metadata.root.find(name);
      return found == metadata.root.end() ? otherwise : found->second == "true";
    };
    options.date_detection = flag("date_detection", true);
    options.numeric_detection = flag("numeric_detection", false);
    options.fields_max = static_cast<std::size_t>(
        std::max<std::int64_t>(metadata.number("index.mapping.total_fields.limit", 1000), 1));
  }
  std::shared_ptr<const views::CollectionDefinition> definition;
  views::DocumentBuilder builder;
  views::DynamicMappingOptions options;
};

namespace {

// Where the value of a dotted path stands, for messages.
Place place_of_path(json::Value document, std::string_view path, std::string_view text) {
  json::Value value = document;
  for (const std::string& piece : split(path, '.')) {
    while (value.is_array() && value.size() > 0) value = *value.elements().begin();
    const std::optional<json::Value> below = value.find(piece);
    if (!below) break;
    value = *below;
  }
  return place_of(value, text);
}

Failure parsing_failed(std::string_view what, Place place, Failure cause) {
  return Failure{400, "document_parsing_exception", fmt::format("[{}:{}] {}", place.line, place.column, what)}
      .because(std::move(cause));
}

Failure mapping_failure(const Error& error, json::Value document, std::string_view source) {
  const Place place = place_of_path(document, error.detail("field"), source);
  if (error.detail("type") == "strict_dynamic_mapping_exception")
    return {400, "strict_dynamic_mapping_exception",
            fmt::format("[{}:{}] {}", place.line, place.column, error.message)};
  return parsing_failed(fmt::format("failed to parse: {}", error.message), place,
                        illegal_argument(error.message));
}

Failure value_failure(const Error& error, json::Value document, std::string_view source,
                      std::string_view id) {
  const std::string_view field = error.detail("field");
  const std::string_view cause = error.detail("cause");
  return parsing_failed(
      fmt::format(
          "failed to parse field [{}] of type [{}] in document with id '{}'. Preview of field's value: '{}'",
          field, error.detail("type"), id, error.detail("value")),
      place_of_path(document, field, source),
      illegal_argument(cause.empty() ? error.message : std::string(cause)));
}

// A published table has the columns it has: a name that is none of them is refused, not lost.
Outcome<> check_columns(const views::CollectionEntry& index, json::Value document, std::string_view source) {
  const auto& columns = index.definition->columns;
  for (const json::Member& member : document.members()) {
    const auto column = std::ranges::find(columns, member.key, &views::ColumnMapping::column);
    if (column != columns.end()) continue;
    const Place place = place_of(member.value, source);
    return Failure{
        400, "strict_dynamic_mapping_exception",
        fmt::format("[{}:{}] mapping set to strict, dynamic introduction of [{}] within [_doc] is not "
                    "allowed: table {} has no such column",
                    place.line, place.column, member.key, index.table.quoted())};
  }
  return {};
}

}  // namespace

Preparation::Preparation(Call* call) : call_(call) {}
Preparation::~Preparation() = default;

net::Task<Outcome<Index>> Preparation::index(const Operation* operation) {
  const auto catalog = call_->catalog();
  STELE_CO_TRY(Index found, resolve_write_index(*catalog, operation->index));
  if (operation->require_alias && !is_alias(*catalog, operation->index)) {
    Failure failure = index_not_found(operation->index);
    failure.reason = fmt::format(
        "no such index [{0}] and [require_alias] request flag is [true] and [{0}] is not an alias",
        operation->index);
    co_return failure;
  }
  if (found) co_return found;
  STELE_CO_RETURN_IF_ERROR(check_index_name(operation->index));
  auto created = co_await call_->services->administration->create_collection(
      call_->principal, operation->index, views::CollectionKind::kElastic, {}, call_->deadline);
  if (created) co_return *created;
  // Somebody else was faster.
  if (created.error().code == ErrorCode::kAlreadyExists)
    if (Index other = call_->catalog()->find(operation->index)) co_return other;
  co_return created.error();
}

Outcome<> Preparation::build(const views::CollectionEntry& index, json::Value document,
                             std::string_view source, std::string_view id) {
  engine::Document built;
  views::LeftOut left_out;
  for (const std::unique_ptr<Builder>& builder : builders_) {
    if (builder->definition != index.definition) continue;
    Result<void> done = builder->builder.build(document, views::BuildMode::kStrict, built, left_out);
    if (!done) return value_failure(done.error(), document, source, id);
    return {};
  }
  return {};
}

net::Task<Outcome<Index>> Preparation::source(Index index, const std::string* source, std::string id) {
  Result<json::Document> parsed = json::Document::parse_borrowed(*source);
  if (!parsed) {
    const Error& error = parsed.error();
    const Place place{static_cast<std::size_t>(parse_integer(error.detail("line")).value_or(1)),
                      static_cast<std::size_t>(parse_integer(error.detail("column")).value_or(1))};
    co_return parsing_failed("failed to parse", place, x_content_failure(error.message, place));
  }
  const json::Value document = parsed->root();
  if (!document.is_object())
    co_return parsing_failed(
        "failed to parse", {1, 1},
        Failure{400, "not_x_content_exception",
                "Compressor detection can only be called on some xcontent bytes or compressed "
                "xcontent bytes"});
  if (index->kind == views::CollectionKind::kQdrant)
    co_return not_supported(
        fmt::format("writing to the Qdrant collection [{}] through Elasticsearch is", index->name));
  if (index->kind == views::CollectionKind::kPublished) {
    STELE_CO_RETURN_IF_ERROR(check_columns(*index, document, *source));
    co_return index;
  }
  // The operations before this one may have mapped its fields meanwhile.
  if (Index current = call_->catalog()->find(index->name); current && current->id == index->id)
    index = std::move(current);
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto known = std::ranges::find(builders_, index->definition,
                                         [](const std::unique_ptr<Builder>& b) { return b->definition; });
    Builder& builder = known != builders_.end()
                           ? **known
                           : *builders_.emplace_back(std::make_unique<Builder>(index->definition));
    Result<views::DefinitionChange> change =
        views::dynamic_mapping(*index->definition, document, builder.options);
    if (!change) co_return mapping_failure(change.error(), document, *source);
    if (change->empty()) {
      STELE_CO_RETURN_IF_ERROR(build(*index, document, *source, id));
      co_return index;
    }
    auto added = co_await call_->services->administration->add_fields(call_->principal, index->name,
                                                                      *std::move(change), call_->deadline);
    if (added) {
      index = *added;
    } else if (added.error().code == ErrorCode::kConflict) {
      // Another writer mapped the field otherwise a moment ago: look again.
      Index current = call_->catalog()->find(index->name);
      if (!current) co_return index_not_found(index->name);
      if (current->definition == index->definition) co_return illegal_argument(added.error().message);
      index = current;
    } else {
      co_return added.error();
    }
  }
  co_return Failure{503, "process_cluster_event_timeout_exception", "the mapping keeps changing"};
}

}  // namespace stele::elastic
