#include "views/keys/key_rows.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "net/reactor.h"
#include "views/writer/array_parameter.h"

namespace stele::views {
namespace {

// 1970 to 2000.
constexpr std::int64_t kEpochOffsetMs = 946'684'800'000;
// The end of 294276, PostgreSQL's last year, since 2000.
constexpr std::int64_t kTimestampMaxMs = 9'223'371'331'199'999;
constexpr Duration kPatience = std::chrono::minutes(5);

constexpr std::string_view kStrings =
    "SELECT k.id, k.db, k.name, k.expires_at, c.number, c.bytes FROM redis.key k LEFT JOIN "
    "redis.string_chunk c "
    "ON c.key_id = k.id WHERE k.type = 'string'";
constexpr std::string_view kHashes =
    "SELECT k.id, k.db, k.name, k.expires_at, f.field, f.value, f.expires_at FROM redis.key k JOIN "
    "redis.hash_field f ON f.key_id = k.id WHERE k.type = 'hash'";

constexpr std::string_view kLists =
    "SELECT k.id, k.db, k.name, k.expires_at, e.position, e.value FROM redis.key k JOIN redis.list_element e "
    "ON e.key_id = k.id WHERE k.type = 'list'";

constexpr std::string_view kSets =
    "SELECT k.id, k.db, k.name, k.expires_at, m.member, NULL::bytea FROM redis.key k JOIN redis.set_member m "
    "ON m.key_id = k.id WHERE k.type = 'set'";
// A score as the wire has it is the value of a field.
constexpr std::string_view kSortedSets =
    "SELECT k.id, k.db, k.name, k.expires_at, m.member, m.score FROM redis.key k JOIN redis.zset_member m ON "
    "m.key_id = k.id WHERE k.type = 'zset'";

// Named as stream_rows.h has it; the first is nothing's, so that a stream without rows is one too.
constexpr std::string_view kStreams =
    "SELECT k.id, k.db, k.name, k.expires_at, r.name, r.value FROM redis.key k CROSS JOIN LATERAL ("
    "SELECT ''::bytea AS name, ''::bytea AS value "
    "UNION ALL SELECT 's'::bytea, last_id || max_deleted_id || int8send(entries_added) FROM "
    "redis.stream_state WHERE key_id = k.id "
    "UNION ALL SELECT 'e'::bytea || id, fields FROM redis.stream_entry WHERE key_id = k.id "
    "UNION ALL SELECT 'g'::bytea || g.name, last_id || int8send(coalesce(entries_read, -1)) FROM "
    "redis.stream_group g WHERE key_id = k.id "
    "UNION ALL SELECT 'c'::bytea || int4send(octet_length(g.name)) || g.name || c.name, "
    "int8send((extract(epoch FROM c.seen_at) * 1000)::bigint) FROM redis.stream_consumer c JOIN "
    "redis.stream_group g ON g.key_id = c.key_id AND g.digest = c.group_digest WHERE c.key_id = k.id "
    "UNION ALL SELECT 'p'::bytea || int4send(octet_length(g.name)) || g.name || p.id, "
    "int8send((extract(epoch FROM p.delivered_at) * 1000)::bigint) || int8send(p.deliveries) || p.consumer "
    "FROM redis.stream_pending p JOIN redis.stream_group g ON g.key_id = p.key_id AND g.digest = "
    "p.group_digest WHERE p.key_id = k.id) r WHERE k.type = 'stream'";

// How the keys of a type are read: their elements come in order, so that a key is whole when the next one
// begins.
struct Reading {
  keyspace::ValueType type;
  std::string_view query;
  std::string_view order;
};
constexpr Reading kReadings[] = {
    {keyspace::ValueType::kString, kStrings, " ORDER BY k.id, c.number"},
    {keyspace::ValueType::kHash, kHashes, " ORDER BY k.id"},
    {keyspace::ValueType::kSet, kSets, " ORDER BY k.id"},
    {keyspace::ValueType::kSortedSet, kSortedSets, " ORDER BY k.id"},
    {keyspace::ValueType::kStream, kStreams, " ORDER BY k.id"},
    {keyspace::ValueType::kList, kLists, " ORDER BY k.id, e.position"},
};

template <class Integer>
Integer load(postgres::wire::Cell cell) {
  if (!cell || cell->size() != sizeof(Integer)) return 0;
  return load_big_endian<Integer>(cell->data());
}

// Puts rows together to keys.
class KeyAssembly {
 public:
  explicit KeyAssembly(keyspace::ValueType type) : type_(type) {}

  void take(const postgres::wire::CellList& cells) {
    Row row;
    std::size_t column = 0;
    for (const postgres::wire::Cell cell : cells)
      if (column < row.size()) row[column++] = cell;
    const keyspace::ObjectId id(load<std::uint64_t>(row[0]));
    if (slice_.empty() || slice_.back().id != id) begin(id, row);
    StoredKey& stored = slice_.back();
    if (type_ == keyspace::ValueType::kList) {
      stored.value.elements.push_back({load<std::int64_t>(row[4]), std::string(row[5].value_or(""))});
      bytes_ += sizeof(std::int64_t) + row[5].value_or("").size();
    } else if (type_ != keyspace::ValueType::kString) {
      stored.value.fields.push_back({std::string(row[4].value_or("")), std::string(row[5].value_or(""))});
      if (row[6]) stored.value.fields.back().expires_at = from_timestamptz(load<std::int64_t>(row[6]));
      bytes_ += row[4].value_or("").size() + row[5].value_or("").size();
    } else if (row[5]) {
      const std::size_t from = static_cast<std::size_t>(load<std::uint32_t>(row[4])) * kChunkBytes;
      // What SQL left out reads as zeros, as after SETRANGE.
      stored.value.string.resize(from);
      stored.value.string += *row[5];
      bytes_ += row[5]->size();
    }
  }
  // All but the last key are whole.
  bool is_full() const {
    return slice_.size() > kKeysPerSlice || (slice_.size() > 1 && bytes_ > kSliceBytes);
  }
  std::vector<StoredKey> take_whole() {
    StoredKey last = std::move(slice_.back());
    slice_.pop_back();
    bytes_ = last.byte_size();
    std::vector<StoredKey> whole = std::exchange(slice_, {});
    slice_.push_back(std::move(last));
    return whole;
  }
  std::vector<StoredKey> take_rest() { return std::exchange(slice_, {}); }

 private:
  using Row = std::array<postgres::wire::Cell, 7>;  // hashes alone have the last

  void begin(keyspace::ObjectId id, const Row& row) {
    StoredKey stored;
    stored.id = id;
    stored.key =
        keyspace::Key(keyspace::DatabaseNumber(static_cast<std::uint16_t>(load<std::uint32_t>(row[1]))),
                      std::string(row[2].value_or("")));
    stored.value.type = type_;
    if (row[3]) stored.value.expires_at = from_timestamptz(load<std::int64_t>(row[3]));
    bytes_ += stored.key.name.size();
    slice_.push_back(std::move(stored));
  }

  keyspace::ValueType type_;
  std::vector<StoredKey> slice_;
  std::size_t bytes_ = 0;
};

net::Task<Result<void>> read_type(postgres::Connection* connection, const Reading* reading,
                                  const std::vector<keyspace::ObjectId>* ids, const StoredKeySink* sink) {
  net::Reactor* const reactor = net::Reactor::current();
  postgres::Statement statement;
  statement.sql = reading->query;
  statement.result_format = postgres::wire::Format::kBinary;
  if (ids != nullptr) {
    statement.sql += " AND k.id = ANY ($1::bigint[])";
    ArrayParameter array(postgres::oid::kInt8);
    for (const keyspace::ObjectId id : *ids) array.add_int64(static_cast<std::int64_t>(id.value()));
    array.bind(statement.parameters, postgres::oid::kInt8Array);
  }
  statement.sql += reading->order;
  auto opened = co_await connection->stream_rows(std::move(statement), reactor->now() + kPatience);
  STELE_CO_TRY(auto stream, std::move(opened));
  KeyAssembly assembly(reading->type);
  while (true) {
    auto rows = co_await stream.next(reactor->now() + kPatience);
    STELE_CO_RETURN_IF_ERROR(rows);
    if (rows->empty()) break;
    for (const postgres::wire::CellList& cells : *rows) {
      assembly.take(cells);
      if (!assembly.is_full()) continue;
      auto taken = (*sink)(assembly.take_whole());
      if (taken) continue;
      auto cancelled = co_await stream.cancel();
      STELE_CO_RETURN_IF_ERROR(cancelled);
      co_return taken.error();
    }
    co_await reactor->yield();
  }
  std::vector<StoredKey> rest = assembly.take_rest();
  if (!rest.empty()) {
    STELE_CO_RETURN_IF_ERROR((*sink)(std::move(rest)));
  }
  co_return Result<void>();
}

}  // namespace

std::size_t StoredKey::byte_size() const {
  std::size_t bytes = key.name.size() + value.string.size();
  for (const keyspace::Field& field : value.fields) bytes += field.name.size() + field.value.size();
  for (const keyspace::ListElement& element : value.elements)
    bytes += sizeof(element.position) + element.bytes.size();
  return bytes;
}

std::int64_t to_timestamptz(keyspace::WallMs at) {
  // Whatever is before 1970 is over in the same way.
  const std::int64_t since_1970 = std::max<std::int64_t>(at.value, 0);
  return std::min(since_1970 - kEpochOffsetMs, kTimestampMaxMs) * 1000;
}

std::optional<keyspace::WallMs> from_timestamptz(std::int64_t microseconds) {
  if (microseconds == std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  if (microseconds == std::numeric_limits<std::int64_t>::min()) return keyspace::WallMs{0};
  return keyspace::WallMs{microseconds / 1000 + kEpochOffsetMs};
}

net::Task<Result<void>> read_keys(postgres::Connection* connection,
                                  std::optional<std::vector<keyspace::ObjectId>> ids, StoredKeySink sink) {
  const std::vector<keyspace::ObjectId>* const some = ids ? &*ids : nullptr;
  for (const Reading& reading : kReadings) {
    auto read = co_await read_type(connection, &reading, some, &sink);
    STELE_CO_RETURN_IF_ERROR(read);
  }
  co_return Result<void>();
}

}  // namespace stele::views
