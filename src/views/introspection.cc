#include "views/introspection.h"

#include <charconv>
#include <chrono>
#include <utility>

#include "views/session.h"

namespace stele::views {
namespace {

// The fingerprint is all that the stream does not tell of: files (rewritten tables), names, columns, key,
// replica identity, row security, partitions and membership in the publication.
constexpr std::string_view kCollections = R"sql(
SELECT c.id, c.name, c.uuid, c.kind, c.options::text, c.definition::text, c.source_oid,
       (extract(epoch FROM c.created) * 1000000)::bigint, c.source_schema, c.source_name,
       k.oid IS NOT NULL, n.nspname, k.relname, coalesce(k.relkind = 'p', false),
       pg_catalog.md5(pg_catalog.concat_ws('|', k.relfilenode, n.nspname, k.relname, k.relkind, k.relrowsecurity,
         k.relreplident, k.relhassubclass, k.relpersistence, pg_catalog.to_jsonb(r)::text, i.indkey::text,
         (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod,
                                                            a.attgenerated), ';' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
           WHERE a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped),
         CASE WHEN k.relkind = 'p' THEN
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', p.oid, p.relfilenode), ';' ORDER BY p.oid)
              FROM pg_catalog.pg_partition_tree(k.oid) t JOIN pg_catalog.pg_class p ON p.oid = t.relid) END)),
       CASE WHEN k.oid IS NULL THEN 'its table was dropped'
            WHEN r.prrelid IS NULL THEN 'its table is no longer in the publication stele'
            WHEN k.relrowsecurity THEN 'its table has row security, which the logical stream ignores'
            WHEN i.indrelid IS NULL THEN 'its table has no primary key'
            WHEN k.relkind = 'r' AND k.relhassubclass THEN 'tables inherit from its table'
            WHEN k.relpersistence <> 'p' THEN 'its table is unlogged' END
  FROM stele.collection c
  LEFT JOIN pg_catalog.pg_class k ON k.oid = c.source_oid
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = k.oid AND i.indisprimary AND i.indimmediate
  LEFT JOIN (pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p
             ON p.oid = r.prpubid AND p.pubname = 'stele') ON r.prrelid = k.oid
 ORDER BY c.id)sql";

// Column lists and row filters came with version 15.
std::string columns_query(int server_version) {
  const bool has_lists = server_version >= 150000;
  constexpr std::string_view kOfPublication =
      " FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid AND "
      "p.pubname = 'stele' WHERE r.prrelid = a.attrelid)";
  std::string sql = R"sql(
SELECT a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod), a.atttypmod, a.attgenerated <> '',
       coalesce((SELECT k.place FROM pg_catalog.pg_index i,
                        unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY k(number, place)
                  WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.number = a.attnum
                    AND k.place <= i.indnkeyatts), 0), )sql";
  sql +=
      has_lists
          ? "coalesce((SELECT a.attnum <> ALL (r.prattrs::pg_catalog.int2[])" + std::string(kOfPublication) +
                ", false), (SELECT pg_catalog.pg_get_expr(r.prqual, r.prrelid)" + std::string(kOfPublication)
          : "false, NULL";
  return sql + R"sql(
  FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum)sql";
}

template <class Integer>
Integer to_integer(postgres::wire::Cell cell) {
  Integer value = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), value);
  return value;
}

std::string to_text(postgres::wire::Cell cell) {
  return cell ? std::string(*cell) : std::string();
}

Result<CollectionFacts> read_facts(const postgres::ResultSet::Row& row) {
  CollectionFacts facts;
  facts.row.id = to_integer<std::int64_t>(row[0]);
  facts.row.name = to_text(row[1]);
  facts.row.uuid = to_text(row[2]);
  STELE_TRY(facts.row.kind, parse_kind(to_text(row[3])));
  facts.row.options = to_text(row[4]);
  facts.row.definition = to_text(row[5]);
  facts.row.table_oid = to_integer<std::uint32_t>(row[6]);
  facts.row.created = WallTime(std::chrono::microseconds(to_integer<std::int64_t>(row[7])));
  facts.table_there = row[10] == "t";
  facts.row.table = facts.table_there ? TableName{to_text(row[11]), to_text(row[12])}
                                      : TableName{to_text(row[8]), to_text(row[9])};
  facts.partitioned = row[13] == "t";
  facts.fingerprint = to_text(row[14]);
  facts.refused = to_text(row[15]);
  return facts;
}

}  // namespace

Result<CollectionKind> parse_kind(std::string_view text) {
  for (const CollectionKind kind :
       {CollectionKind::kPublished, CollectionKind::kElastic, CollectionKind::kQdrant})
    if (to_string(kind) == text) return kind;
  return make_error(ErrorCode::kUnsupported, "unknown kind of collection: " + std::string(text));
}

net::Task<Result<std::vector<CollectionFacts>>> read_collections(postgres::Connection* connection,
                                                                 TimePoint deadline) {
  auto ran = co_await run(connection, std::string(kCollections), {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  std::vector<CollectionFacts> collections;
  for (const postgres::ResultSet::Row row : rows) {
    STELE_CO_TRY(auto facts, read_facts(row));
    collections.push_back(std::move(facts));
  }
  co_return collections;
}

net::Task<Result<std::vector<CatalogObject>>> read_objects(postgres::Connection* connection,
                                                           TimePoint deadline) {
  auto ran = co_await run(connection, "SELECT kind, name, definition::text FROM stele.object", {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  std::vector<CatalogObject> objects;
  for (const postgres::ResultSet::Row row : rows)
    objects.push_back({to_text(row[0]), to_text(row[1]), to_text(row[2])});
  co_return objects;
}

net::Task<Result<std::shared_ptr<const postgres::TypeCatalog>>> read_types(postgres::Connection* connection,
                                                                           TimePoint deadline) {
  auto ran = co_await run(connection, std::string(postgres::TypeCatalog::query()), {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  std::vector<postgres::TypeCatalog::Row> types;
  types.reserve(rows.size());
  for (const postgres::ResultSet::Row row : rows)
    types.push_back({.oid = to_integer<std::uint32_t>(row[0]),
                     .schema = to_text(row[1]),
                     .name = to_text(row[2]),
                     .type = row[3] && !row[3]->empty() ? row[3]->front() : 'b',
                     .array_element = to_integer<std::uint32_t>(row[4]),
                     .domain_base = to_integer<std::uint32_t>(row[5]),
                     .delimiter = row[6] && !row[6]->empty() ? row[6]->front() : ','});
  co_return std::make_shared<const postgres::TypeCatalog>(types);
}

net::Task<Result<TableShape>> read_shape(postgres::Connection* connection, CollectionFacts facts,
                                         TimePoint deadline) {
  if (!facts.table_there) co_return make_error(ErrorCode::kNotFound, facts.refused);
  postgres::Parameters oid;
  oid.text(std::to_string(facts.row.table_oid));
  auto ran = co_await run(connection, columns_query(connection->server_version()), std::move(oid), deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  TableShape shape{.oid = facts.row.table_oid,
                   .name = facts.row.table,
                   .partitioned = facts.partitioned,
                   .fingerprint = facts.fingerprint,
                   .refused = facts.refused};
  for (const postgres::ResultSet::Row row : rows) {
    shape.columns.push_back({.name = to_text(row[0]),
                             .type_oid = to_integer<std::uint32_t>(row[1]),
                             .type = to_text(row[2]),
                             .type_modifier = to_integer<std::int32_t>(row[3]),
                             .generated = row[4] == "t",
                             .unlisted = row[6] == "t",
                             .key = to_integer<std::int32_t>(row[5]) - 1});
    shape.row_filter = to_text(row[7]);
    const TableColumn& column = shape.columns.back();
    if (column.key >= 0 && column.unlisted)
      co_return make_error(
          ErrorCode::kFailedPrecondition,
          "the publication's column list leaves out " + column.name + ", which is part of the primary key");
  }
  co_return shape;
}

}  // namespace stele::views
