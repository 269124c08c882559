#include "views/keys/cached_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "json/document.h"
#include "keyspace/numbers.h"
#include "net/reactor.h"
#include "postgres/replication/replication_connection.h"
#include "views/keys/key_reader.h"
#include "views/session.h"

namespace stele::views {
namespace {

using keyspace::Key;
using keyspace::Scope;
using keyspace::Value;
using keyspace::ValueType;
using keyspace::WallMs;
using postgres::ChangeKind;
using postgres::ColumnKind;

constexpr Logger kLog("keys");
constexpr Duration kLookAgain = std::chrono::milliseconds(1);
constexpr std::size_t kUnseenMax = 4096;
constexpr std::size_t kNamesMax = 10'000;  // of a transaction; beyond it is all of the prefix
constexpr std::size_t kRemovedAtOnce = 100;
constexpr std::size_t kEvictedAtOnce = 16;
constexpr keyspace::DatabaseNumber kCachedDb{0};
constexpr postgres::Oid kVarchar = 1043, kUuid = 2950;

WallMs wall_ms() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(system_clock().wall().time_since_epoch())
              .count()};
}

postgres::PoolOptions pool_options(const CachedKeys::Options& options, bool reads) {
  postgres::PoolOptions pool;
  pool.connect = options.postgres;
  postgres::fix_text_settings(pool.connect);
  const auto timeout_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.statement_timeout).count();
  pool.connect.settings.emplace_back("statement_timeout", std::to_string(timeout_ms));
  pool.connect.settings.emplace_back("synchronous_commit", "on");
  if (reads) pool.connect.settings.emplace_back("default_transaction_read_only", "on");
  pool.connections_max = options.connections_max;
  pool.waiters_max = options.waiters_max;
  return pool;
}

bool is_integer(postgres::Oid type) {
  return type == postgres::oid::kInt2 || type == postgres::oid::kInt4 || type == postgres::oid::kInt8;
}

// Whether the column's text in the stream is what a key that is read by it bears, byte by byte.
bool is_exact(postgres::Oid type) {
  return is_integer(type) || type == postgres::oid::kText || type == kVarchar || type == kUuid;
}

// Whether PostgreSQL would print the value so: 007 finds the row of 7, whose change would not name it.
bool is_printed_form(std::string_view text, postgres::Oid type) {
  if (is_integer(type)) return keyspace::parse_integer(text).has_value();
  if (type != kUuid) return true;
  constexpr std::size_t kUuidBytes = 36;
  if (text.size() != kUuidBytes) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    if (is_dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

std::int64_t number_of(const std::optional<json::Value>& value) {
  std::int64_t number = 0;
  if (!value) return number;
  const std::string_view digits = value->raw();
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::set<std::string> texts_of(const std::optional<json::Value>& array) {
  std::set<std::string> texts;
  if (!array || !array->is_array()) return texts;
  for (const json::Value each : array->elements())
    if (each.is_string()) texts.emplace(each.string());
  return texts;
}

Result<CacheMapping> make_mapping(std::string prefix, std::string query, std::string options) {
  CacheMapping mapping;
  mapping.prefix = std::move(prefix);
  mapping.query = std::move(query);
  STELE_TRY(const json::Document given, json::Document::parse(std::move(options)));
  const json::Value root = given.root();
  mapping.ttl = std::chrono::milliseconds(number_of(root.find("ttl_ms")));
  mapping.negative_ttl = std::chrono::milliseconds(number_of(root.find("negative_ttl_ms")));
  mapping.tags = texts_of(root.find("tags"));
  mapping.tag_columns = texts_of(root.find("tag_columns"));
  const auto on_set = root.find("on_set");
  if (on_set && on_set->is_string()) mapping.on_set = std::string(on_set->string());
  const auto tables = root.find("tables");
  if (!tables || !tables->is_array()) return mapping;
  for (const json::Value each : tables->elements()) {
    CacheMapping::Table table;
    table.oid = static_cast<std::uint32_t>(number_of(each.find("oid")));
    table.type = static_cast<postgres::Oid>(number_of(each.find("type")));
    const auto key = each.find("key");
    if (key && key->is_string()) table.key = std::string(key->string());
    mapping.tables.push_back(std::move(table));
  }
  return mapping;
}

// The row of an insert, update or delete of stele.key_cache.
Result<CacheMapping> mapping_row(const postgres::Change& change) {
  const bool gone = change.kind == ChangeKind::kDelete;
  std::vector<postgres::ColumnValue> row, former;
  (gone ? change.old_row : change.row).decode_into(row);
  change.old_row.decode_into(former);
  const auto text = [&](std::string_view name) {
    for (std::size_t i = 0; i < row.size() && i < change.relation->columns.size(); ++i) {
      if (change.relation->columns[i].name != name) continue;
      const bool unchanged = row[i].kind == ColumnKind::kUnchanged && i < former.size();
      return std::string(unchanged ? former[i].bytes : row[i].bytes);
    }
    return std::string();
  };
  return make_mapping(text("prefix"), text("query"), text("options"));
}

}  // namespace

CachedKeys::CachedKeys(Options options, keyspace::Keyspace& keyspace, Freshness& freshness, KeyMap& map)
    : options_(std::move(options)),
      keyspace_(keyspace),
      freshness_(freshness),
      map_(map),
      readers_(std::make_unique<postgres::Pool>(pool_options(options_, true))),
      writers_(std::make_unique<postgres::Pool>(pool_options(options_, false))) {
  prefixes_.store(std::make_shared<const std::vector<std::string>>());
}

bool CachedKeys::covers(std::string_view name) const {
  if (!is_any()) return false;
  const auto prefixes = prefixes_.load();
  return std::ranges::any_of(*prefixes, [&](const std::string& each) { return name.starts_with(each); });
}

CachedKeys::MappingPtr CachedKeys::of(std::string_view name) const {
  // No prefix begins with another one.
  for (const auto& [prefix, mapping] : mappings_)
    if (name.starts_with(prefix)) return mapping;
  return nullptr;
}

void CachedKeys::show() {
  of_table_.clear();
  std::vector<std::string> prefixes;
  for (const auto& [prefix, mapping] : mappings_) {
    prefixes.push_back(prefix);
    std::set<std::uint32_t> oids;
    for (const CacheMapping::Table& table : mapping->tables)
      if (oids.insert(table.oid).second) of_table_[table.oid].push_back(mapping);
  }
  map_.set_cached(prefixes);
  is_any_.store(!prefixes.empty());
  prefixes_.store(std::make_shared<const std::vector<std::string>>(std::move(prefixes)));
}

void CachedKeys::put(CacheMapping mapping) {
  const std::string prefix = mapping.prefix;
  auto& there = mappings_[prefix];
  if (there != nullptr) mapping.unseen = there->unseen;
  there = std::make_shared<CacheMapping>(std::move(mapping));
  show();
}

net::Task<Result<void>> CachedKeys::read_mappings(postgres::Connection* connection, TimePoint deadline) {
  auto ran =
      co_await run(connection, "SELECT prefix, query, options::text FROM stele.key_cache", {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  mappings_.clear();
  for (const postgres::ResultSet::Row row : rows) {
    auto made = make_mapping(std::string(row[0].value_or("")), std::string(row[1].value_or("")),
                             std::string(row[2].value_or("")));
    STELE_CO_TRY(CacheMapping mapping, std::move(made));
    const std::string prefix = mapping.prefix;
    mappings_[prefix] = std::make_shared<CacheMapping>(std::move(mapping));
  }
  show();
  co_return Result<void>();
}

void CachedKeys::reset() {
  for (const auto& [prefix, mapping] : mappings_) {
    for (const Key& key : book_.invalidate_prefix(prefix)) {
      const keyspace::GroupHandle group = keyspace_.begin(Scope::key(key));
      (void)group->keys().remove(key);
    }
  }
}

void CachedKeys::begin(std::uint32_t xid) {
  xid_ = xid;
  touched_.clear();
  removed_.clear();
}

void CachedKeys::take_mapping(const postgres::Change& change) {
  if (change.kind == ChangeKind::kTruncate) {
    for (const auto& [prefix, mapping] : mappings_) removed_.push_back(prefix);
    mappings_.clear();
    return show();
  }
  auto row = mapping_row(change);
  if (!row) return kLog.error("a row of stele.key_cache is not understood: {}", row.error().to_string());
  // What was there before is of another mapping, or of none.
  removed_.push_back(row->prefix);
  if (change.kind != ChangeKind::kDelete) return put(std::move(*row));
  mappings_.erase(row->prefix);
  show();
}

void CachedKeys::take(const postgres::Change& change) {
  if (change.kind == ChangeKind::kRelation) return;
  const postgres::Relation& relation = *change.relation;
  if (relation.name == "key_cache" && relation.schema == "stele") return take_mapping(change);
  const auto watching = of_table_.find(relation.id);
  if (watching == of_table_.end()) return;
  for (const MappingPtr& mapping : watching->second) {
    Touched& touched = touched_[mapping->prefix];
    for (const CacheMapping::Table& table : mapping->tables)
      if (table.oid == relation.id) take_row(change, *mapping, table, touched);
  }
}

void CachedKeys::take_row(const postgres::Change& change, const CacheMapping& mapping,
                          const CacheMapping::Table& table, Touched& touched) {
  if (touched.all) return;
  const auto& columns = change.relation->columns;
  const auto column = std::ranges::find(columns, table.key, &postgres::Relation::Column::name);
  touched.all = table.key.empty() || change.kind == ChangeKind::kTruncate || column == columns.end() ||
                column->type != table.type || !is_exact(column->type) || touched.names.size() > kNamesMax;
  if (touched.all) return;
  const auto place = static_cast<std::size_t>(column - columns.begin());
  std::vector<postgres::ColumnValue> row;
  const auto note = [&](const postgres::Tuple& tuple) {
    tuple.decode_into(row);
    // A NULL is no key's; a value that is not sent cannot be named.
    if (place >= row.size() || row[place].kind == ColumnKind::kUnchanged) return false;
    if (!row[place].is_null()) touched.names.insert(mapping.prefix + std::string(row[place].bytes));
    return true;
  };
  bool is_named = change.kind == ChangeKind::kDelete || note(change.row);
  // The former row tells the column where it belongs to the replica identity; without a former row it stayed.
  if (change.kind != ChangeKind::kInsert) {
    is_named = is_named && column->is_key;
    if (!change.old_row.empty()) is_named = is_named && note(change.old_row);
  }
  touched.all = !is_named;
}

net::Task<void> CachedKeys::finish() {
  std::vector<Key> keys;
  const auto gather = [&](std::vector<Key> more) { std::ranges::move(more, std::back_inserter(keys)); };
  for (const std::string& prefix : removed_) {
    (void)book_.invalidate_prefix(prefix);
    // Keys of the class cache that somebody had put there, too.
    std::uint64_t cursor = 0;
    do {
      const keyspace::GroupHandle group = keyspace_.begin(Scope::whole());
      const auto page = group->keys().scan(kCachedDb, cursor, {.count = 1000});
      cursor = page ? page->cursor : 0;
      for (const std::string& name : page ? page->names : std::vector<std::string>())
        if (name.starts_with(prefix)) keys.emplace_back(kCachedDb, name);
    } while (cursor != 0);
  }
  for (const auto& [prefix, touched] : touched_) {
    const auto mapping = mappings_.find(prefix);
    if (mapping == mappings_.end()) continue;
    auto& unseen = mapping->second->unseen;
    unseen.push_back(xid_);
    if (unseen.size() > kUnseenMax) unseen.pop_front();
    if (touched.all) {
      gather(book_.invalidate_prefix(prefix));
      continue;
    }
    for (const std::string& name : touched.names) gather(book_.invalidate(Key(kCachedDb, name)));
  }
  removed_.clear();
  touched_.clear();
  (void)co_await remove(std::move(keys));
}

net::Task<std::uint64_t> CachedKeys::remove(std::vector<Key> keys) {
  std::uint64_t removed = 0;
  for (std::size_t at = 0; at < keys.size(); at += kRemovedAtOnce) {
    if (at > 0) co_await net::Reactor::current()->yield();
    const auto from = keys.begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<Key> some(
        from, from + static_cast<std::ptrdiff_t>(std::min(kRemovedAtOnce, keys.size() - at)));
    const keyspace::GroupHandle group = keyspace_.begin(Scope::keys(some));
    for (const Key& key : some) {
      const auto done = group->keys().remove(key);
      if (done && *done) ++removed;
    }
  }
  co_return removed;
}

net::Task<Result<std::vector<LoadedKey>>> CachedKeys::load(std::vector<Key> keys) {
  std::vector<LoadedKey> loaded;
  std::vector<std::shared_ptr<Flight>> flights;
  for (Key& key : keys) {
    const MappingPtr mapping = of(key.name);
    if (mapping == nullptr || key.db != kCachedDb || book_.is_absent(key, wall_ms())) continue;
    std::shared_ptr<Flight> flight = book_.flight(key);
    if (flight == nullptr) {
      auto inside = gate_.hold();
      if (!inside) co_return make_error(ErrorCode::kCancelled, "the node stops");
      flight = book_.begin(std::move(key), {mapping->unseen.begin(), mapping->unseen.end()});
      net::spawn(fly(flight, mapping, std::move(inside)));
    }
    flights.push_back(std::move(flight));
  }
  for (const auto& flight : flights) {
    co_await flight->done.wait();
    STELE_CO_RETURN_IF_ERROR(flight->outcome);
    if (*flight->outcome) loaded.push_back({flight->key, **flight->outcome});
  }
  co_return loaded;
}

net::Task<void> CachedKeys::fly(std::shared_ptr<Flight> flight, MappingPtr mapping,
                                [[maybe_unused]] net::Gate::Holder inside) {
  auto row = co_await read(flight.get(), mapping.get());
  if (row) {
    flight->outcome = std::move(row->value);
    // From here to the end nothing is awaited: no change comes between.
    if (!flight->is_outdated) keep(*flight, *mapping, row->tags);
    // What was seen once is seen by every snapshot to come.
    const std::unordered_set<std::uint32_t> seen(flight->unseen.begin(), flight->unseen.end());
    std::erase_if(mapping->unseen, [&](std::uint32_t xid) { return seen.contains(xid); });
  } else {
    flight->outcome = row.error();
  }
  book_.end(*flight);
  flight->done.set();
}

net::Task<Result<CachedKeys::Row>> CachedKeys::read(const Flight* flight, const CacheMapping* mapping) {
  net::Reactor* const reactor = net::Reactor::current();
  const std::string_view rest = std::string_view(flight->key.name).substr(mapping->prefix.size());
  Row found;
  const bool is_named = std::ranges::all_of(mapping->tables, [&](const auto& table) {
    return table.key.empty() || is_printed_form(rest, table.type);
  });
  if (!is_named || rest.find('\0') != std::string_view::npos) co_return found;
  const TimePoint deadline = reactor->now() + options_.statement_timeout * 2;
  auto acquired = co_await readers_->acquire(deadline);
  STELE_CO_TRY(const postgres::Lease lease, std::move(acquired));
  while (true) {
    postgres::Statement statement;
    // One statement, so one snapshot.
    statement.sql = fmt::format(
        "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text, q.* FROM (SELECT) AS one LEFT JOIN "
        "LATERAL "
        "({}\n) AS q ON true LIMIT 1",
        mapping->query);
    statement.parameters.text(rest);
    auto ran = co_await lease->execute(std::move(statement), deadline);
    STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
    if (!snapshot_shows(rows.value().value_or(""), flight->unseen)) {
      if (reactor->now() >= deadline)
        co_return make_error(ErrorCode::kDeadlineExceeded,
                             "a commit of the stream is not seen by others yet");
      co_await reactor->sleep_for(kLookAgain);
      continue;
    }
    Value value;
    std::size_t columns = 0;
    for (std::size_t i = 1; i < rows.columns().size(); ++i) {
      const std::string& name = rows.columns()[i].name;
      const auto cell = rows[0][i];
      if (mapping->tag_columns.contains(name)) {
        if (cell) found.tags.emplace(*cell);
        continue;
      }
      ++columns;
      if (cell) value.fields.push_back({name, std::string(*cell)});
    }
    found.tags.insert(mapping->tags.begin(), mapping->tags.end());
    if (value.fields.empty()) co_return found;
    // One column is a string, several are a hash.
    value.type = columns == 1 ? ValueType::kString : ValueType::kHash;
    if (columns == 1) {
      value.string = std::move(value.fields.front().value);
      value.fields.clear();
    }
    found.value = std::move(value);
    co_return found;
  }
}

void CachedKeys::keep(const Flight& flight, const CacheMapping& mapping, const std::set<std::string>& tags) {
  const bool is_absent = !flight.outcome->has_value();
  std::int64_t ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(is_absent ? mapping.negative_ttl : mapping.ttl)
          .count();
  if (ms == 0) return;
  // A tenth less for some: what came together does not go together.
  ms -= std::uniform_int_distribution<std::int64_t>(0, ms / 10)(random_);
  const WallMs now = wall_ms();
  const WallMs until{now.value + std::max<std::int64_t>(ms, 1)};
  if (!book_.note(flight.key, is_absent, tags, until, now)) return;
  if (!is_absent && !store(flight.key, **flight.outcome, until)) (void)book_.invalidate(flight.key);
}

// As commands write, so that maxmemory holds.
bool CachedKeys::store(const Key& key, const Value& value, WallMs until) {
  (void)keyspace_.make_room(kEvictedAtOnce);
  const keyspace::GroupHandle group = keyspace_.begin(Scope::key(key));
  (void)group->keys().remove(key);
  if (value.type == ValueType::kString) {
    keyspace::SetOptions options;
    options.expiry = keyspace::ExpiryChange::until(until);
    return group->strings().set(key, value.string, options).has_value();
  }
  std::vector<keyspace::FieldRef> fields;
  for (const keyspace::Field& field : value.fields) fields.push_back({field.name, field.value});
  if (!group->hashes().set(key, fields)) return false;
  return group->keys().expire(key, until, keyspace::ExpireCondition::kAlways).has_value();
}

net::Task<Result<void>> CachedKeys::run_on_set(Key key, std::string value, MappingPtr mapping,
                                               TimePoint deadline) {
  auto acquired = co_await writers_->acquire(deadline);
  STELE_CO_TRY(const postgres::Lease lease, std::move(acquired));
  const WriteNumber number = freshness_.begin_write();
  std::vector<postgres::Statement> statements(2);
  statements[0].sql = "SELECT pg_catalog.pg_logical_emit_message(true, 'stele', $1::text)";
  statements[0].parameters.text(freshness_.message(number));
  statements[1].sql = mapping->on_set;
  statements[1].parameters.text(std::string_view(key.name).substr(mapping->prefix.size())).text(value);
  auto ran =
      co_await lease->pipeline(std::move(statements), postgres::PipelineMode::kOneTransaction, deadline);
  Result<void> done;
  if (!ran) {
    done = ran.error();
  } else {
    for (const auto& each : *ran)
      if (done && !each) done = each.error();
  }
  if (!done) {
    freshness_.forget_write(number);
    co_return done.error();
  }
  // Committed it is, also when the view is late.
  auto visible =
      co_await freshness_.wait_write(number, net::Reactor::current()->now() + std::chrono::seconds(1));
  (void)visible;
  (void)co_await remove(book_.invalidate(key));
  co_return Result<void>();
}

net::Task<Result<void>> CachedKeys::write_through(Key key, std::string value, TimePoint deadline) {
  const MappingPtr mapping = of(key.name);
  if (mapping == nullptr || key.db != kCachedDb || mapping->on_set.empty()) {
    co_return make_error(
        ErrorCode::kFailedPrecondition,
        fmt::format("the keys of '{}' are read from PostgreSQL: write there, or name \"on_set\" "
                    "in stele.cache_keys",
                    mapping ? mapping->prefix : key.name));
  }
  const auto inside = gate_.hold();
  if (!inside) co_return make_error(ErrorCode::kCancelled, "the node stops");
  auto done = co_await run_on_set(std::move(key), std::move(value), mapping, deadline);
  co_return done;
}

net::Task<Result<std::uint64_t>> CachedKeys::invalidate(Invalidation what, std::string name) {
  const auto inside = gate_.hold();
  if (!inside) co_return make_error(ErrorCode::kCancelled, "the node stops");
  std::vector<Key> keys;
  if (what == Invalidation::kTag) keys = book_.invalidate_tag(name);
  if (what == Invalidation::kPrefix) keys = book_.invalidate_prefix(name);
  if (what == Invalidation::kTable) {
    auto acquired = co_await readers_->acquire(net::Reactor::current()->now() + options_.statement_timeout);
    STELE_CO_TRY(const postgres::Lease lease, std::move(acquired));
    postgres::Statement statement;
    statement.sql = "SELECT pg_catalog.to_regclass($1)::pg_catalog.oid";
    statement.parameters.text(name);
    auto ran = co_await lease->execute(std::move(statement),
                                       net::Reactor::current()->now() + options_.statement_timeout);
    STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
    if (!rows.value()) co_return make_error(ErrorCode::kNotFound, fmt::format("there is no table {}", name));
    std::uint32_t oid = 0;
    std::from_chars(rows.value()->data(), rows.value()->data() + rows.value()->size(), oid);
    const auto watching = of_table_.find(oid);
    if (watching == of_table_.end())
      co_return make_error(ErrorCode::kNotFound, fmt::format("no cached keys are read from {}", name));
    for (const MappingPtr& mapping : watching->second)
      std::ranges::move(book_.invalidate_prefix(mapping->prefix), std::back_inserter(keys));
  }
  const std::uint64_t removed = co_await remove(std::move(keys));
  co_return removed;
}

Result<void> CachedKeys::tag(const Key& key, const std::vector<std::string>& tags) {
  if (!book_.tag(key, tags)) return make_error(ErrorCode::kResourceExhausted, "too many keys are tagged");
  return {};
}

net::Task<void> CachedKeys::stop() {
  co_await readers_->stop();
  co_await writers_->stop();
  co_await gate_.close();
}

}  // namespace stele::views
