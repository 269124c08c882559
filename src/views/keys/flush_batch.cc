#include "views/keys/flush_batch.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "views/keys/key_rows.h"

namespace stele::views {
namespace {

using keyspace::DirtyObject;
using keyspace::ValueType;
using postgres::oid::kBytea;
using postgres::oid::kFloat8;
using postgres::oid::kInt4;
using postgres::oid::kInt8;
using postgres::oid::kText;

constexpr std::string_view kRemove = "DELETE FROM redis.key WHERE id = ANY ($1::bigint[])";
constexpr std::string_view kInsert =
    "INSERT INTO redis.key (id, db, name, type, expires_at, rev) SELECT * FROM unnest($1::bigint[], "
    "$2::integer[], "
    "$3::bytea[], $4::text[], $5::timestamptz[], $6::bigint[]) ON CONFLICT (id) DO UPDATE SET db = "
    "EXCLUDED.db, "
    "name = EXCLUDED.name, type = EXCLUDED.type, expires_at = EXCLUDED.expires_at, rev = EXCLUDED.rev";
constexpr std::string_view kUpdate =
    "UPDATE redis.key k SET db = t.db, name = t.name, type = t.type, expires_at = t.expires_at, rev = t.rev "
    "FROM "
    "unnest($1::bigint[], $2::integer[], $3::bytea[], $4::text[], $5::timestamptz[], $6::bigint[]) t (id, "
    "db, "
    "name, type, expires_at, rev) WHERE k.id = t.id RETURNING k.id";
constexpr std::string_view kClearHashes = "DELETE FROM redis.hash_field WHERE key_id = ANY ($1::bigint[])";
constexpr std::string_view kClearLists = "DELETE FROM redis.list_element WHERE key_id = ANY ($1::bigint[])";
// What is appended to a chunk that begins before it.
constexpr std::string_view kHeads =
    "UPDATE redis.string_chunk c SET bytes = substring(c.bytes FROM 1 FOR t.keep) || t.bytes FROM "
    "unnest($1::bigint[], $2::integer[], $3::integer[], $4::bytea[]) t (id, number, keep, bytes) WHERE "
    "c.key_id = "
    "t.id AND c.number = t.number";
constexpr std::string_view kChunks =
    "INSERT INTO redis.string_chunk (key_id, number, bytes) SELECT * FROM unnest($1::bigint[], "
    "$2::integer[], "
    "$3::bytea[]) ON CONFLICT (key_id, number) DO UPDATE SET bytes = EXCLUDED.bytes";
// A shorter string has fewer of them.
constexpr std::string_view kTails =
    "DELETE FROM redis.string_chunk c USING unnest($1::bigint[], $2::integer[]) t (id, count) WHERE c.key_id "
    "= t.id "
    "AND c.number >= t.count";
constexpr std::string_view kFields =
    "INSERT INTO redis.hash_field (key_id, digest, field, value, expires_at) SELECT id, sha256(field), "
    "field, "
    "value, expires_at FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::timestamptz[]) t (id, field, "
    "value, expires_at) ON CONFLICT (key_id, digest) DO UPDATE SET value = EXCLUDED.value, expires_at = "
    "EXCLUDED.expires_at";
constexpr std::string_view kRemovedFields =
    "DELETE FROM redis.hash_field f USING unnest($1::bigint[], $2::bytea[]) t (id, field) WHERE f.key_id = "
    "t.id AND "
    "f.digest = sha256(t.field)";
constexpr std::string_view kClearSets = "DELETE FROM redis.set_member WHERE key_id = ANY ($1::bigint[])";
constexpr std::string_view kMembers =
    "INSERT INTO redis.set_member (key_id, digest, member) SELECT id, sha256(member), member FROM "
    "unnest($1::bigint[], $2::bytea[]) t (id, member) ON CONFLICT (key_id, digest) DO NOTHING";
constexpr std::string_view kRemovedMembers =
    "DELETE FROM redis.set_member m USING unnest($1::bigint[], $2::bytea[]) t (id, member) WHERE m.key_id = "
    "t.id AND m.digest = sha256(t.member)";
constexpr std::string_view kClearSortedSets =
    "DELETE FROM redis.zset_member WHERE key_id = ANY ($1::bigint[])";
constexpr std::string_view kScored =
    "INSERT INTO redis.zset_member (key_id, digest, member, score) SELECT id, sha256(member), member, score "
    "FROM unnest($1::bigint[], $2::bytea[], $3::float8[]) t (id, member, score) ON CONFLICT (key_id, digest) "
    "DO UPDATE SET score = EXCLUDED.score";
constexpr std::string_view kRemovedScored =
    "DELETE FROM redis.zset_member m USING unnest($1::bigint[], $2::bytea[]) t (id, member) WHERE m.key_id = "
    "t.id AND m.digest = sha256(t.member)";

constexpr std::string_view kElements =
    "INSERT INTO redis.list_element (key_id, position, value) SELECT * FROM unnest($1::bigint[], "
    "$2::bigint[], $3::bytea[]) ON CONFLICT (key_id, position) DO UPDATE SET value = EXCLUDED.value";
constexpr std::string_view kRemovedPositions =
    "DELETE FROM redis.list_element e USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) t (id, first, "
    "beyond) WHERE e.key_id = t.id AND e.position >= t.first AND e.position < t.beyond";

void add_int32(ArrayParameter& array, std::size_t value) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::int32_t>(value));
  array.add(bytes);
}

void add_moment(ArrayParameter& array, std::optional<keyspace::WallMs> at) {
  at ? array.add_int64(to_timestamptz(*at)) : array.add_null();
}

void add_id(ArrayParameter& array, const DirtyObject& object) {
  array.add_int64(static_cast<std::int64_t>(object.id.value()));
}

}  // namespace

FlushBatch::FlushBatch()
    : removed_({kInt8}),
      inserted_({kInt8, kInt4, kBytea, kText, kTimestamptzOid, kInt8}),
      updated_({kInt8, kInt4, kBytea, kText, kTimestamptzOid, kInt8}),
      heads_({kInt8, kInt4, kInt4, kBytea}),
      chunks_({kInt8, kInt4, kBytea}),
      tails_({kInt8, kInt4}),
      cleared_lists_({kInt8}),
      list_elements_({kInt8, kInt8, kBytea}),
      removed_positions_({kInt8, kInt8, kInt8}) {
  const Columns one({kInt8});
  const Columns two({kInt8, kBytea});
  elements_.push_back({ValueType::kHash, kClearHashes, kRemovedFields, kFields, one, two,
                       Columns({kInt8, kBytea, kBytea, kTimestamptzOid})});
  elements_.push_back({ValueType::kSet, kClearSets, kRemovedMembers, kMembers, one, two, two});
  elements_.push_back({ValueType::kSortedSet, kClearSortedSets, kRemovedScored, kScored, one, two,
                       Columns({kInt8, kBytea, kFloat8})});
}

FlushBatch::Elements* FlushBatch::elements_of(ValueType type) {
  const auto at = std::ranges::find(elements_, type, &Elements::type);
  return at == elements_.end() ? nullptr : &*at;
}

void FlushBatch::add_key(Columns& columns, const DirtyObject& object) {
  add_id(columns.arrays[0], object);
  add_int32(columns.arrays[1], object.key.db.value());
  columns.arrays[2].add(object.key.name);
  columns.arrays[3].add(keyspace::to_string(object.type));
  add_moment(columns.arrays[4], object.expires_at);
  columns.arrays[5].add_int64(static_cast<std::int64_t>(object.generation.value()));
}

void FlushBatch::add(const DirtyObject& object) {
  bytes_ += 64 + object.key.name.size();
  if (object.removed) return add_id(removed_.arrays[0], object);
  add_key(object.whole ? inserted_ : updated_, object);
  // A string's chunks are replaced one by one.
  if (!object.whole) return;
  if (Elements* const elements = elements_of(object.type)) add_id(elements->cleared.arrays[0], object);
  if (object.type == ValueType::kStream) streams_.clear(object.id);
  if (object.type == ValueType::kList) add_id(cleared_lists_.arrays[0], object);
}

std::size_t FlushBatch::add_chunk(const DirtyObject& object, std::size_t done) {
  const std::size_t from = object.string_from + done;
  const std::size_t keep = from % kChunkBytes;
  const std::string_view bytes = std::string_view(object.string).substr(done, kChunkBytes - keep);
  bytes_ += 32 + bytes.size();
  Columns& columns = keep > 0 ? heads_ : chunks_;
  add_id(columns.arrays[0], object);
  add_int32(columns.arrays[1], from / kChunkBytes);
  if (keep > 0) add_int32(columns.arrays[2], keep);
  columns.arrays.back().add(bytes);
  return done + bytes.size();
}

void FlushBatch::end_string(const DirtyObject& object) {
  const std::size_t length = object.string_from + object.string.size();
  add_id(tails_.arrays[0], object);
  add_int32(tails_.arrays[1], (length + kChunkBytes - 1) / kChunkBytes);
}

void FlushBatch::add_field(const DirtyObject& object, const keyspace::Field& field) {
  bytes_ += 32 + field.name.size() + field.value.size();
  if (object.type == ValueType::kStream) return streams_.put(object.id, field.name, field.value);
  Columns& columns = elements_of(object.type)->written;
  add_id(columns.arrays[0], object);
  columns.arrays[1].add(field.name);
  // A score's bytes are a float8's.
  if (columns.arrays.size() > 2) columns.arrays[2].add(field.value);
  if (columns.arrays.size() > 3) add_moment(columns.arrays[3], field.expires_at);
}

void FlushBatch::add_removed_field(const DirtyObject& object, std::string_view field) {
  bytes_ += 32 + field.size();
  if (object.type == ValueType::kStream) return streams_.remove(object.id, field);
  Columns& columns = elements_of(object.type)->removed;
  add_id(columns.arrays[0], object);
  columns.arrays[1].add(field);
}

void FlushBatch::add_element(const DirtyObject& object, const keyspace::ListElement& element) {
  bytes_ += 32 + element.bytes.size();
  add_id(list_elements_.arrays[0], object);
  list_elements_.arrays[1].add_int64(element.position);
  list_elements_.arrays[2].add(element.bytes);
}

void FlushBatch::add_removed_positions(const DirtyObject& object,
                                       std::pair<std::int64_t, std::int64_t> positions) {
  bytes_ += 32;
  add_id(removed_positions_.arrays[0], object);
  removed_positions_.arrays[1].add_int64(positions.first);
  removed_positions_.arrays[2].add_int64(positions.second);
}

std::vector<postgres::Statement> FlushBatch::statements() {
  struct Step {
    Columns& columns;
    std::string_view sql;
  };
  std::vector<postgres::Statement> taken;
  rows_expected_ = updated_.rows();
  std::vector<Step> steps = {{removed_, kRemove},
                             {inserted_, kInsert},
                             {updated_, kUpdate},
                             {heads_, kHeads},
                             {chunks_, kChunks},
                             {tails_, kTails},
                             {cleared_lists_, kClearLists},
                             {removed_positions_, kRemovedPositions},
                             {list_elements_, kElements}};
  for (Elements& each : elements_) {
    steps.push_back({each.cleared, each.clear});
    steps.push_back({each.removed, each.remove});
    steps.push_back({each.written, each.put});
  }
  for (const Step& step : steps) {
    if (step.columns.rows() == 0) continue;
    if (&step.columns == &updated_) updating_statement_ = taken.size();
    taken.push_back(step.columns.take(step.sql));
  }
  streams_.take(taken);
  bytes_ = 0;
  return taken;
}

}  // namespace stele::views
