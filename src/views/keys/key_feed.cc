#include "views/keys/key_feed.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"

namespace stele::views {
namespace {

using keyspace::ObjectId;
using keyspace::Scope;
using postgres::Change;
using postgres::ChangeKind;
using postgres::ColumnKind;

constexpr Logger kLog("keys");
constexpr std::size_t kRecentMax = 1024;
constexpr std::size_t kRowsPerSlice = KeyFeed::kAtomicKeys;
// How long a transaction waits to be read; then the keys are read later, and the stream goes on.
constexpr Duration kReadPatience = std::chrono::seconds(2);
constexpr keyspace::DatabaseNumber kMappedDb{0};

std::optional<std::int64_t> to_id(postgres::ColumnValue column) {
  std::int64_t id = 0;
  const auto [end, error] =
      std::from_chars(column.bytes.data(), column.bytes.data() + column.bytes.size(), id);
  if (error != std::errc() || column.bytes.empty()) return std::nullopt;
  return id;
}

}  // namespace

void KeyFeed::begin(const postgres::Transaction::Head& head) {
  own_.reset();
  for (const postgres::WriteMark& mark : head.marks)
    if (mark.node == node_ && echoes_.has(mark.write)) own_ = echoes_.take(mark.write);
  cached_.begin(head.xid);
  xid_ = head.xid;
  recent_.push_back(head.xid);
  if (recent_.size() > kRecentMax) recent_.pop_front();
  last_relation_ = 0;  // mappings may have changed
  foreign_.clear();
  rows_.clear();
  removed_prefixes_.clear();
}

KeyFeed::Role KeyFeed::role_of(const postgres::Relation& relation) {
  if (relation.id == last_relation_) return last_role_;
  const auto known = roles_.find(relation.id);
  Role role = Role::kNone;
  if (known != roles_.end()) {
    role = known->second;
  } else {
    if (relation.schema == "redis") role = relation.name == "key" ? Role::kKey : Role::kElement;
    if (relation.schema == "stele" && relation.name == "key_map") role = Role::kMapping;
    roles_[relation.id] = role;
  }
  if (role == Role::kNone && !map_.of_table(relation.id).empty()) role = Role::kMapped;
  last_relation_ = relation.id;
  last_role_ = role;
  return role;
}

void KeyFeed::take(const Change& change) {
  if (change.kind == ChangeKind::kRelation) {
    roles_.erase(change.relation->id);
    last_relation_ = 0;
    for (const auto& mapping : map_.of_table(change.relation->id)) {
      if (mapping->is_shape_of(*change.relation)) continue;
      kLog.info("the mapped table was altered prefix={}", mapping->prefix);
      mapping->copy_wanted = true;
      mapping->table.reset();
      callbacks_.work();
    }
    return;
  }
  cached_.take(change);
  switch (role_of(*change.relation)) {
    case Role::kNone:
      return;
    case Role::kKey:
    case Role::kElement:
      if (own_) return;
      if (change.kind == ChangeKind::kTruncate) return callbacks_.reload();
      take_id(change.row);
      return take_id(change.old_row);
    case Role::kMapping:
      return take_mapping(change);
    case Role::kMapped:
      return take_row(change);
  }
}

void KeyFeed::take_id(const postgres::Tuple& tuple) {
  if (tuple.empty()) return;
  // It is the first column of all of them.
  if (const auto id = to_id(*tuple.begin())) foreign_.insert(ObjectId(static_cast<std::uint64_t>(*id)));
}

void KeyFeed::take_mapping(const Change& change) {
  last_relation_ = 0;
  if (change.kind == ChangeKind::kTruncate) {
    for (const auto& [prefix, mapping] : map_.all()) removed_prefixes_.push_back(prefix);
    return;
  }
  auto row = key_mapping_row(change);
  if (!row) return kLog.error("a row of stele.key_map is not understood: {}", row.error().to_string());
  if (change.kind == ChangeKind::kDelete) {
    removed_prefixes_.push_back(row->prefix);
    return;
  }
  std::erase(removed_prefixes_, row->prefix);
  if (map_.put(std::move(*row))) callbacks_.work();
}

void KeyFeed::take_row(const Change& change) {
  for (const auto& mapping : map_.of_table(change.relation->id)) take_row(change, *mapping);
  if (rows_.size() >= kRowsPerSlice) apply_rows();
}

void KeyFeed::take_row(const Change& change, KeyMapping& mapping) {
  RowChange row;
  row.prefix = mapping.prefix;
  if (change.kind == ChangeKind::kTruncate) return rows_.push_back(std::move(row));
  const auto& relation = *change.relation;
  const auto keys = std::ranges::count_if(relation.columns, &postgres::Relation::Column::is_key);
  const auto is_key = [&](const postgres::Relation::Column& column) {
    if (keys == 1) return column.is_key;
    return mapping.table && column.name == mapping.table->key_column;
  };
  const auto key_column = std::ranges::find_if(relation.columns, is_key);
  if (key_column == relation.columns.end()) {
    mapping.copy_wanted = true;
    return callbacks_.work();
  }
  const auto key_place = static_cast<std::size_t>(key_column - relation.columns.begin());
  const auto name_of = [&](const std::vector<postgres::ColumnValue>& columns) {
    return key_place < columns.size() ? mapping.prefix + std::string(columns[key_place].bytes)
                                      : std::string();
  };
  change.row.decode_into(columns_);
  change.old_row.decode_into(old_columns_);
  row.former = old_columns_.empty() ? std::string() : name_of(old_columns_);
  row.removed = change.kind == ChangeKind::kDelete;
  row.name = row.removed ? row.former : name_of(columns_);
  if (mapping.copying) {
    mapping.touched.insert(row.name);
    if (!row.former.empty()) mapping.touched.insert(row.former);
  }
  for (std::size_t i = 0; !row.removed && i < columns_.size() && i < relation.columns.size(); ++i) {
    const std::string& name = relation.columns[i].name;
    if (columns_[i].kind == ColumnKind::kUnchanged)
      row.unchanged.push_back(name);
    else if (!columns_[i].is_null())
      row.fields.push_back({name, std::string(columns_[i].bytes)});
  }
  rows_.push_back(std::move(row));
}

void KeyFeed::apply_row(keyspace::Group& group, RowChange& change) {
  const keyspace::KeyRef key{kMappedDb, change.name};
  const keyspace::KeyRef former{kMappedDb, change.former.empty() ? change.name : change.former};
  if (change.removed) {
    (void)group.applied().remove(key);
    return;
  }
  if (!change.unchanged.empty()) {
    const std::vector<std::string_view> names(change.unchanged.begin(), change.unchanged.end());
    const auto values = group.hashes().get_many(former, names);
    for (std::size_t i = 0; values && i < names.size(); ++i)
      if ((*values)[i]) change.fields.push_back({change.unchanged[i], std::string(*(*values)[i])});
  }
  if (former != key) (void)group.applied().remove(former);
  keyspace::Value value;
  value.type = keyspace::ValueType::kHash;
  value.fields = std::move(change.fields);
  const auto done = group.applied().put(key, std::move(value), std::nullopt);
  if (!done) kLog.error("a row is not applied: {}", done.error().to_string());
}

void KeyFeed::apply_rows() {
  if (rows_.empty()) return;
  std::vector<std::string> cleared;
  {
    const keyspace::GroupHandle group = keyspace_.begin(Scope::whole());
    for (RowChange& change : rows_) {
      if (!change.name.empty()) {
        apply_row(*group, change);
        continue;
      }
      // TRUNCATE.
      std::uint64_t cursor = 0;
      do {
        const auto page = group->keys().scan(kMappedDb, cursor, {.count = 1000});
        cursor = page ? page->cursor : 0;
        for (const std::string& name : page ? page->names : std::vector<std::string>())
          if (name.starts_with(change.prefix))
            (void)group->applied().remove(keyspace::KeyRef{kMappedDb, name});
      } while (cursor != 0);
    }
  }
  rows_.clear();
}

void KeyFeed::apply_echoes(const EchoBook::Written& written) {
  std::span<const std::pair<ObjectId, keyspace::ChangeSequence>> rest(written);
  while (!rest.empty()) {
    const auto slice = rest.subspan(0, std::min(rest.size(), kAtomicKeys));
    rest = rest.subspan(slice.size());
    const keyspace::GroupHandle group = keyspace_.begin(Scope::none());
    for (const auto& [id, generation] : slice) {
      if (gathering_) gathered_.insert(id);
      if (group->applied().echo(id, generation) == keyspace::EchoOutcome::kApply) foreign_.insert(id);
    }
  }
}

net::Task<void> KeyFeed::finish() {
  if (cached_.has_to_finish()) co_await cached_.finish();
  if (own_) apply_echoes(*own_);
  apply_rows();
  if (!removed_prefixes_.empty()) co_await settle_mappings();
  if (foreign_.empty()) co_return;
  if (gathering_) gathered_.insert(foreign_.begin(), foreign_.end());
  if (!deferring_) co_await read_foreign();
}

net::Task<void> KeyFeed::settle_mappings() {
  const std::vector<std::string> prefixes = std::exchange(removed_prefixes_, {});
  for (const std::string& prefix : prefixes) {
    if (map_.erase(prefix) == nullptr) continue;
    co_await remove_keys(prefix, nullptr);
    map_.forget();
  }
  last_relation_ = 0;
}

net::Task<void> KeyFeed::read_foreign() {
  const TimePoint deadline = net::Reactor::current()->now() + kReadPatience;
  std::vector<ObjectId> ids(foreign_.begin(), foreign_.end());
  std::ranges::sort(ids);
  for (std::size_t at = 0; at < ids.size(); at += kAtomicKeys) {
    const auto from = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<ObjectId> asked(
        from, from + static_cast<std::ptrdiff_t>(std::min(kAtomicKeys, ids.size() - at)));
    std::vector<StoredKey> found;
    const StoredKeySink sink = [&found](std::vector<StoredKey> slice) {
      std::ranges::move(slice, std::back_inserter(found));
      return Result<void>();
    };
    auto read = co_await reader_.read(asked, {xid_}, sink, deadline);
    if (read) {
      apply(std::move(found), asked);
      continue;
    }
    kLog.warn("foreign changes of {} keys are read later: {}", ids.size() - at, read.error().message);
    unread_.insert(from, ids.end());
    callbacks_.work();
    co_return;
  }
}

void KeyFeed::gather(bool on) {
  gathering_ = on;
  gathered_.clear();
}

std::vector<ObjectId> KeyFeed::take_gathered() {
  const auto taken = std::exchange(gathered_, {});
  return {taken.begin(), taken.end()};
}

std::vector<ObjectId> KeyFeed::take_unread() {
  const auto taken = std::exchange(unread_, {});
  return {taken.begin(), taken.end()};
}

void KeyFeed::apply(std::vector<StoredKey> found, const std::vector<ObjectId>& asked) {
  std::unordered_set<ObjectId> there;
  for (const StoredKey& stored : found) there.insert(stored.id);
  const keyspace::GroupHandle group = keyspace_.begin(Scope::whole());
  for (const ObjectId id : asked)
    if (!there.contains(id)) (void)group->applied().remove(id);
  for (StoredKey& stored : found) {
    const auto done = group->applied().put(stored.key, std::move(stored.value), stored.id);
    if (!done) kLog.error("a key is not applied: {}", done.error().to_string());
  }
}

void KeyFeed::put_read(KeyMapping& mapping, std::string name, std::vector<keyspace::Field> fields) {
  if (mapping.touched.contains(name)) return;
  const keyspace::KeyRef key{kMappedDb, name};
  keyspace::Value value;
  value.type = keyspace::ValueType::kHash;
  value.fields = std::move(fields);
  const keyspace::GroupHandle group = keyspace_.begin(Scope::key(key));
  const auto done = group->applied().put(key, std::move(value), std::nullopt);
  if (!done) kLog.error("a row is not applied: {}", done.error().to_string());
}

net::Task<void> KeyFeed::remove_keys(std::string prefix, std::function<bool(const std::string& name)> keep) {
  std::uint64_t cursor = 0;
  do {
    {
      const keyspace::GroupHandle group = keyspace_.begin(Scope::whole());
      const auto page = group->keys().scan(kMappedDb, cursor, {.count = kAtomicKeys});
      if (!page) co_return;
      cursor = page->cursor;
      for (const std::string& name : page->names) {
        if (!name.starts_with(prefix) || (keep && keep(name))) continue;
        (void)group->applied().remove(keyspace::KeyRef{kMappedDb, name});
      }
    }
    co_await net::Reactor::current()->yield();
  } while (cursor != 0);
}

}  // namespace stele::views
