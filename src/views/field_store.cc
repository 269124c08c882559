#include "views/field_store.h"

#include <utility>

#include "views/session.h"

namespace stele::views {
namespace {

void drop_known(const CollectionDefinition& stored, DefinitionChange& change) {
  std::erase_if(change.fields, [&](const engine::FieldDefinition& field) {
    return stored.schema.find(field.path).has_value();
  });
  std::erase_if(change.readings,
                [&](const auto& reading) { return stored.schema.find(reading.first).has_value(); });
}

DefinitionChange all_of(const CollectionDefinition& definition) {
  return {.fields = definition.schema.fields(), .readings = definition.readings};
}

net::Task<Result<void>> in_session(postgres::ConnectOptions options, std::int64_t id, DefinitionChange change,
                                   std::shared_ptr<const CollectionDefinition> first,
                                   OnOtherType on_other_type, TimePoint deadline) {
  auto connected = co_await connect_session(std::move(options), deadline);
  STELE_CO_TRY(const auto connection, std::move(connected));
  auto begun = co_await connection->query("BEGIN", deadline);
  STELE_CO_RETURN_IF_ERROR(begun);
  auto stored =
      co_await store_fields(connection.get(), id, std::move(change), *first, on_other_type, deadline);
  STELE_CO_RETURN_IF_ERROR(stored);
  auto committed = co_await connection->query("COMMIT", deadline);
  STELE_CO_RETURN_IF_ERROR(committed);
  co_await connection->close(deadline);
  co_return Result<void>();
}

}  // namespace

net::Task<Result<void>> store_fields(postgres::Connection* connection, std::int64_t id,
                                     DefinitionChange change, CollectionDefinition first,
                                     OnOtherType on_other_type, TimePoint deadline) {
  const std::string id_text = std::to_string(id);
  auto ran = co_await run(connection,
                          "SELECT definition::text FROM stele.collection WHERE id = $1::bigint FOR UPDATE",
                          {id_text}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  if (rows.empty()) co_return make_error(ErrorCode::kNotFound, "the collection is gone");
  const bool none = !rows[0][0].has_value();
  if (!none) {
    STELE_CO_TRY(first, CollectionDefinition::from_json(*rows[0][0]));
  }
  if (on_other_type == OnOtherType::kKeep) drop_known(first, change);
  std::erase_if(change.fields, [&](const engine::FieldDefinition& field) {
    const auto there = first.schema.find(field.path);
    return there && first.schema.field(*there) == field;
  });
  const bool of_heads = !change.elastic.empty() || !change.elastic_defaults.empty() || !change.qdrant.empty();
  if (change.fields.empty() && change.objects.empty() && !of_heads && !none) co_return Result<void>();
  auto merged = first.with(std::move(change));
  STELE_CO_RETURN_IF_ERROR(merged);
  const std::string text = merged->to_json();
  auto written =
      co_await run(connection, "UPDATE stele.collection SET definition = $2::jsonb WHERE id = $1::bigint",
                   {id_text, text}, deadline);
  STELE_CO_RETURN_IF_ERROR(written);
  co_return Result<void>();
}

net::Task<Result<void>> store_definition(postgres::ConnectOptions options,
                                         std::shared_ptr<Generation> generation, TimePoint deadline) {
  const auto definition = generation->definition();
  return in_session(std::move(options), generation->row().id, all_of(*definition), definition,
                    OnOtherType::kRefuse, deadline);
}

net::Task<Result<void>> store_wanted(postgres::ConnectOptions options, std::int64_t id,
                                     DefinitionChange change,
                                     std::shared_ptr<const CollectionDefinition> first, TimePoint deadline) {
  return in_session(std::move(options), id, std::move(change), std::move(first), OnOtherType::kKeep,
                    deadline);
}

}  // namespace stele::views
