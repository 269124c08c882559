#include "views/keys/stream_batch.h"

#include <string>

#include "keyspace/stream_rows.h"
#include "views/keys/key_rows.h"

namespace stele::views {
namespace {

using keyspace::ObjectId;
using keyspace::StreamRow;
using postgres::oid::kBytea;
using postgres::oid::kInt8;

constexpr std::string_view kClear =
    "WITH a AS (DELETE FROM redis.stream_entry WHERE key_id = ANY ($1::bigint[])), "
    "b AS (DELETE FROM redis.stream_state WHERE key_id = ANY ($1::bigint[])), "
    "c AS (DELETE FROM redis.stream_consumer WHERE key_id = ANY ($1::bigint[])), "
    "d AS (DELETE FROM redis.stream_pending WHERE key_id = ANY ($1::bigint[])) "
    "DELETE FROM redis.stream_group WHERE key_id = ANY ($1::bigint[])";
constexpr std::string_view kTrim =
    "DELETE FROM redis.stream_entry e USING unnest($1::bigint[], $2::bytea[]) t (id, first) WHERE e.key_id = "
    "t.id AND e.id < t.first";
constexpr std::string_view kClearGroups =
    "WITH c AS (DELETE FROM redis.stream_consumer e USING unnest($1::bigint[], $2::bytea[]) t (id, name) "
    "WHERE e.key_id = t.id AND e.group_digest = sha256(t.name)) "
    "DELETE FROM redis.stream_pending e USING unnest($1::bigint[], $2::bytea[]) t (id, name) WHERE e.key_id "
    "= "
    "t.id AND e.group_digest = sha256(t.name)";
constexpr std::string_view kRemoveEntries =
    "DELETE FROM redis.stream_entry e USING unnest($1::bigint[], $2::bytea[]) t (key_id, id) WHERE e.key_id "
    "= "
    "t.key_id AND e.id = t.id";
constexpr std::string_view kRemoveGroups =
    "DELETE FROM redis.stream_group e USING unnest($1::bigint[], $2::bytea[]) t (id, name) WHERE e.key_id = "
    "t.id AND e.digest = sha256(t.name)";
constexpr std::string_view kRemoveConsumers =
    "DELETE FROM redis.stream_consumer e USING unnest($1::bigint[], $2::bytea[], $3::bytea[]) t (id, "
    "group_name, name) WHERE e.key_id = t.id AND e.group_digest = sha256(t.group_name) AND e.digest = "
    "sha256(t.name)";
constexpr std::string_view kRemovePending =
    "DELETE FROM redis.stream_pending e USING unnest($1::bigint[], $2::bytea[], $3::bytea[]) t (key_id, "
    "group_name, id) WHERE e.key_id = t.key_id AND e.group_digest = sha256(t.group_name) AND e.id = t.id";
constexpr std::string_view kStates =
    "INSERT INTO redis.stream_state (key_id, last_id, max_deleted_id, entries_added) SELECT * FROM "
    "unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[]) ON CONFLICT (key_id) DO UPDATE SET last_id "
    "= "
    "EXCLUDED.last_id, max_deleted_id = EXCLUDED.max_deleted_id, entries_added = EXCLUDED.entries_added";
constexpr std::string_view kEntries =
    "INSERT INTO redis.stream_entry (key_id, id, fields) SELECT * FROM unnest($1::bigint[], $2::bytea[], "
    "$3::bytea[]) ON CONFLICT (key_id, id) DO UPDATE SET fields = EXCLUDED.fields";
constexpr std::string_view kGroups =
    "INSERT INTO redis.stream_group (key_id, digest, name, last_id, entries_read) SELECT id, sha256(name), "
    "name, last_id, entries_read FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[]) t (id, "
    "name, "
    "last_id, entries_read) ON CONFLICT (key_id, digest) DO UPDATE SET last_id = EXCLUDED.last_id, "
    "entries_read = EXCLUDED.entries_read";
constexpr std::string_view kConsumers =
    "INSERT INTO redis.stream_consumer (key_id, group_digest, digest, name, seen_at) SELECT id, "
    "sha256(group_name), sha256(name), name, seen_at FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], "
    "$4::timestamptz[]) t (id, group_name, name, seen_at) ON CONFLICT (key_id, group_digest, digest) DO "
    "UPDATE "
    "SET seen_at = EXCLUDED.seen_at";
constexpr std::string_view kPending =
    "INSERT INTO redis.stream_pending (key_id, group_digest, id, consumer, delivered_at, deliveries) SELECT "
    "key_id, sha256(group_name), id, consumer, delivered_at, deliveries FROM unnest($1::bigint[], "
    "$2::bytea[], "
    "$3::bytea[], $4::bytea[], $5::timestamptz[], $6::bigint[]) t (key_id, group_name, id, consumer, "
    "delivered_at, deliveries) ON CONFLICT (key_id, group_digest, id) DO UPDATE SET consumer = "
    "EXCLUDED.consumer, delivered_at = EXCLUDED.delivered_at, deliveries = EXCLUDED.deliveries";

std::string bytes_of(keyspace::StreamId id) {
  std::string bytes;
  append_stream_id(bytes, id);
  return bytes;
}

void begin_row(FlushColumns& columns, ObjectId id) {
  columns.arrays[0].add_int64(static_cast<std::int64_t>(id.value()));
}

}  // namespace

StreamBatch::StreamBatch()
    : cleared_({kInt8}),
      trimmed_({kInt8, kBytea}),
      groups_cleared_({kInt8, kBytea}),
      entries_removed_({kInt8, kBytea}),
      groups_removed_({kInt8, kBytea}),
      consumers_removed_({kInt8, kBytea, kBytea}),
      pending_removed_({kInt8, kBytea, kBytea}),
      states_({kInt8, kBytea, kBytea, kInt8}),
      entries_({kInt8, kBytea, kBytea}),
      groups_({kInt8, kBytea, kBytea, kInt8}),
      consumers_({kInt8, kBytea, kBytea, kTimestamptzOid}),
      pending_({kInt8, kBytea, kBytea, kBytea, kTimestamptzOid, kInt8}) {}

void StreamBatch::clear(ObjectId id) {
  begin_row(cleared_, id);
}

void StreamBatch::put(ObjectId id, std::string_view name, std::string_view value) {
  const auto row = keyspace::read_stream_row(name);
  if (!row) return;
  switch (row->kind) {
    case StreamRow::kTrimmed: {
      // Beyond all ids, where none is left.
      const std::string all(keyspace::kStreamIdBytes + 1, '\xff');
      begin_row(trimmed_, id);
      return trimmed_.arrays[1].add(value.empty() ? std::string_view(all) : value);
    }
    case StreamRow::kGroupCleared:
      begin_row(groups_cleared_, id);
      return groups_cleared_.arrays[1].add(row->group);
    case StreamRow::kState: {
      const auto state = keyspace::read_stream_state(value);
      begin_row(states_, id);
      states_.arrays[1].add(bytes_of(state.last_id));
      states_.arrays[2].add(bytes_of(state.max_deleted_id));
      return states_.arrays[3].add_int64(static_cast<std::int64_t>(state.entries_added));
    }
    case StreamRow::kEntry:
      begin_row(entries_, id);
      entries_.arrays[1].add(bytes_of(row->id));
      return entries_.arrays[2].add(value);
    case StreamRow::kGroup: {
      const auto group = keyspace::read_stream_group(value);
      begin_row(groups_, id);
      groups_.arrays[1].add(row->group);
      groups_.arrays[2].add(bytes_of(group.last_id));
      return group.entries_read ? groups_.arrays[3].add_int64(static_cast<std::int64_t>(*group.entries_read))
                                : groups_.arrays[3].add_null();
    }
    case StreamRow::kConsumer:
      begin_row(consumers_, id);
      consumers_.arrays[1].add(row->group);
      consumers_.arrays[2].add(row->consumer);
      return consumers_.arrays[3].add_int64(to_timestamptz(keyspace::read_stream_seen(value)));
    case StreamRow::kPending: {
      const auto pending = keyspace::read_stream_pending(value);
      begin_row(pending_, id);
      pending_.arrays[1].add(row->group);
      pending_.arrays[2].add(bytes_of(row->id));
      pending_.arrays[3].add(pending.consumer);
      pending_.arrays[4].add_int64(to_timestamptz(pending.delivered_at));
      return pending_.arrays[5].add_int64(static_cast<std::int64_t>(pending.deliveries));
    }
  }
}

void StreamBatch::remove(ObjectId id, std::string_view name) {
  const auto row = keyspace::read_stream_row(name);
  if (!row) return;
  switch (row->kind) {
    case StreamRow::kEntry:
      begin_row(entries_removed_, id);
      return entries_removed_.arrays[1].add(bytes_of(row->id));
    case StreamRow::kGroup:
      begin_row(groups_removed_, id);
      return groups_removed_.arrays[1].add(row->group);
    case StreamRow::kConsumer:
      begin_row(consumers_removed_, id);
      consumers_removed_.arrays[1].add(row->group);
      return consumers_removed_.arrays[2].add(row->consumer);
    case StreamRow::kPending:
      begin_row(pending_removed_, id);
      pending_removed_.arrays[1].add(row->group);
      return pending_removed_.arrays[2].add(bytes_of(row->id));
    default:
      return;
  }
}

void StreamBatch::take(std::vector<postgres::Statement>& statements) {
  struct Step {
    FlushColumns& columns;
    std::string_view sql;
  };
  const Step steps[] = {{cleared_, kClear},
                        {trimmed_, kTrim},
                        {groups_cleared_, kClearGroups},
                        {entries_removed_, kRemoveEntries},
                        {groups_removed_, kRemoveGroups},
                        {consumers_removed_, kRemoveConsumers},
                        {pending_removed_, kRemovePending},
                        {states_, kStates},
                        {entries_, kEntries},
                        {groups_, kGroups},
                        {consumers_, kConsumers},
                        {pending_, kPending}};
  for (const Step& step : steps) {
    if (step.columns.rows() > 0) statements.push_back(step.columns.take(step.sql));
  }
}

}  // namespace stele::views
