#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "views/keys/keys.h"
#include "views/test_views.h"

namespace stele::views {

using keyspace::Field;
using keyspace::FieldRef;
using keyspace::KeyClass;
using keyspace::Scope;

constexpr keyspace::DatabaseNumber kDb{0};

// What a Redis head would do on the keys of a node, as calls that block. Keys are durable, but for those that
// begin with "c:" (cache) and "s:" (durable, sync).
class RedisClient {
 public:
  explicit RedisClient(NodeKeys& keys) : keys_(&keys) {}

  static keyspace::Key key(std::string_view name, std::uint16_t db = 0) {
    return {keyspace::DatabaseNumber(db), std::string(name)};
  }
  keyspace::GroupHandle whole() { return keys_->keyspace().begin(Scope::whole()); }

  void set(std::string_view name, std::string_view value, std::uint16_t db = 0) {
    const auto done = whole()->strings().set(key(name, db), value, {});
    ASSERT_TRUE(done) << done.error().to_string();
  }
  void append(std::string_view name, std::string_view tail) {
    ASSERT_TRUE(whole()->strings().append(key(name), tail));
  }
  std::string get(std::string_view name) {
    const auto group = whole();
    const auto value = group->strings().get(key(name));
    return value ? std::string(value->value_or("(nil)")) : value.error().message;
  }
  void hset(std::string_view name, std::vector<FieldRef> fields) {
    ASSERT_TRUE(whole()->hashes().set(key(name), fields));
  }
  void hdel(std::string_view name, std::vector<std::string_view> fields) {
    ASSERT_TRUE(whole()->hashes().remove(key(name), fields));
  }
  std::map<std::string, std::string> hgetall(std::string_view name) {
    const auto group = whole();
    std::map<std::string, std::string> fields;
    const auto all = group->hashes().get_all(key(name));
    if (all)
      for (const FieldRef& field : *all) fields.emplace(field.name, field.value);
    return fields;
  }
  void push(std::string_view name, std::vector<std::string_view> values,
            keyspace::ListEnd end = keyspace::ListEnd::kRight) {
    ASSERT_TRUE(whole()->lists().push(key(name), end, values));
  }
  std::string pop(std::string_view name, keyspace::ListEnd end) {
    const auto group = whole();
    return std::string((*group->lists().pop(key(name), end)).value_or("(nil)"));
  }
  // Its elements with spaces between them.
  std::string list(std::string_view name) {
    const auto group = whole();
    std::string text;
    for (const std::string_view value : *group->lists().range(key(name), 0, -1))
      text += (text.empty() ? "" : " ") + std::string(value);
    return text;
  }
  void sadd(std::string_view name, std::vector<std::string_view> members) {
    ASSERT_TRUE(whole()->sets().add(key(name), members));
  }
  void srem(std::string_view name, std::vector<std::string_view> members) {
    ASSERT_TRUE(whole()->sets().remove(key(name), members));
  }
  void zadd(std::string_view name, std::vector<keyspace::ScoredRef> members) {
    ASSERT_TRUE(whole()->sorted_sets().add(key(name), members, {}));
  }
  void zrem(std::string_view name, std::vector<std::string_view> members) {
    ASSERT_TRUE(whole()->sorted_sets().remove(key(name), members));
  }
  void xadd(std::string_view name, keyspace::StreamId id, std::vector<FieldRef> fields,
            keyspace::StreamTrim trim = {}) {
    ASSERT_TRUE(whole()->streams().add(key(name), {.id = id, .trim = trim}, fields));
  }
  // Entries, groups and what is pending, as text.
  static std::string stream(keyspace::Group& group, keyspace::KeyRef ref) {
    auto& streams = group.streams();
    const auto info = *streams.info(ref);
    std::string text = to_string(info->last_id) + " of " + std::to_string(info->entries_added) + ":";
    const auto entries = *streams.range(ref, {});
    for (const auto& entry : entries.entries) {
      text += " " + to_string(entry.id);
      for (const FieldRef& field : entries.fields_of(entry))
        text += "," + std::string(field.name) + "=" + std::string(field.value);
    }
    for (const auto& each : *streams.groups(ref)) {
      text += " | " + each.name + " at " + to_string(each.last_id);
      text += each.entries_read ? " read " + std::to_string(*each.entries_read) : "";
      for (const auto& consumer : *streams.consumers(ref, each.name))
        text += " " + consumer.name + "@" + std::to_string(consumer.seen_at.value);
      for (const auto& pending : *streams.pending(ref, each.name, {}))
        text += " " + to_string(pending.id) + ":" + pending.consumer + "x" +
                std::to_string(pending.deliveries) + "@" + std::to_string(pending.delivered_at.value);
    }
    return text;
  }
  bool del(std::string_view name) { return *whole()->keys().remove(key(name)); }
  void rename(std::string_view from, std::string_view to) {
    ASSERT_TRUE(whole()->keys().rename(key(from), key(to)));
  }
  void expire_in(std::string_view name, std::int64_t ms) {
    const auto group = whole();
    ASSERT_TRUE(
        group->keys().expire(key(name), {group->now().value + ms}, keyspace::ExpireCondition::kAlways));
  }

  // All keys of the durable classes, with their values as text.
  std::map<std::string, std::string> dump() {
    std::map<std::string, std::string> all;
    const auto group = whole();
    for (std::uint16_t db = 0; db < 3; ++db) {
      const keyspace::DatabaseNumber number(db);
      const auto page = group->keys().scan(number, 0, {.count = 10'000'000});
      for (const std::string& name : page->names) {
        const keyspace::KeyRef ref{number, name};
        if (!keyspace::is_written_behind(group->class_of(ref))) continue;
        std::string text;
        const auto type = *group->keys().type(ref);
        if (type == keyspace::ValueType::kString) {
          text = "s:" + std::string(**group->strings().get(ref));
        } else if (*group->keys().type(ref) == keyspace::ValueType::kList) {
          for (const std::string_view each : *group->lists().range(ref, 0, -1))
            text += std::string(each) + ",";
        } else if (type == keyspace::ValueType::kSet) {
          auto members = *group->sets().members(ref);
          std::ranges::sort(members);
          for (const std::string_view member : members) text += std::string(member) + ";";
        } else if (type == keyspace::ValueType::kSortedSet) {
          for (const auto& each : *group->sorted_sets().range(ref, keyspace::RankRange{}, {}))
            text += std::string(each.member) + "=" + std::to_string(each.score) + ";";
        } else if (type == keyspace::ValueType::kStream) {
          text = stream(*group, ref);
        } else {
          std::map<std::string, std::string> fields;
          for (const FieldRef& field : *group->hashes().get_all(ref)) fields.emplace(field.name, field.value);
          for (const auto& [field, value] : fields) text += field + "=" + value + ";";
        }
        if (const auto at = group->keys().expiry(ref)->at) text += " until " + std::to_string(at->value);
        all.emplace(std::to_string(db) + "/" + name, std::move(text));
      }
    }
    return all;
  }

 private:
  NodeKeys* keys_;
};

class KeysTest : public ViewsTest {
 protected:
  void SetUp() override {
    ViewsTest::SetUp();
    options_ = options();
    options_.keys.rules = {{"c:", KeyClass::kCache}, {"s:", KeyClass::kDurableSync}};
    options_.keys.flusher.interval = std::chrono::milliseconds(30);
    options_.keys.owner_silence = std::chrono::milliseconds(500);
  }
  void start_keys() {
    auto started = Views::start(options_, metrics_);
    ASSERT_TRUE(started) << started.error().to_string();
    views_ = std::move(*started);
    ASSERT_TRUE(loaded());
  }
  bool loaded() {
    return eventually([&] { return !keys().loading() && keys().owner(); });
  }
  // A clean stop and a start.
  void restart() {
    views_.reset();
    start_keys();
  }
  NodeKeys& keys() { return views_->keys(); }
  RedisClient redis() { return RedisClient(keys()); }

  // Everything is committed, its echo is back, and what that led to is applied.
  bool settled() {
    const bool flushed = eventually([&] {
      const auto stats = keys().keyspace().stats();
      return stats.dirty_objects == 0 && keys().status().flushed >= stats.last_change;
    });
    if (flushed) caught_up();
    return flushed;
  }
  bool becomes(std::string_view name, const std::string& value) {
    return eventually([&] { return redis().get(name) == value; });
  }
  std::string text(std::string_view name) {
    return sql()("SELECT coalesce((SELECT value FROM redis.string WHERE db = 0 AND key = " +
                 postgres::quote_literal(name) + "), '(nil)')");
  }

  Result<std::vector<std::uint64_t>> write_mapped(std::vector<MappedWrite> writes) {
    Result<std::vector<std::uint64_t>> result;
    sql().run(mapped_task(&keys(), std::move(writes), &result));
    return result;
  }
  static MappedWrite hset(std::string_view name, std::vector<Field> fields) {
    return {MappedWrite::Kind::kSetFields, RedisClient::key(name), std::move(fields)};
  }
  static MappedWrite hdel(std::string_view name, std::vector<Field> fields) {
    return {MappedWrite::Kind::kRemoveFields, RedisClient::key(name), std::move(fields)};
  }
  static MappedWrite del(std::string_view name) {
    return {MappedWrite::Kind::kRemove, RedisClient::key(name), {}};
  }
  // The count, or the error's text.
  std::string mapped(MappedWrite write) {
    const auto done = write_mapped({std::move(write)});
    return done ? std::to_string(done->front()) : done.error().message;
  }
  Result<void> durable(std::string_view name, Duration limit = kTestLimit) {
    Result<void> result;
    const auto last = keys().keyspace().stats().last_change;
    sql().run(durable_task(&keys(), last, std::string(name), limit, &result));
    return result;
  }

  ViewsOptions options_;

 private:
  static net::Task<void> mapped_task(NodeKeys* keys, std::vector<MappedWrite> writes,
                                     Result<std::vector<std::uint64_t>>* result) {
    *result = co_await keys->write_mapped(std::move(writes), system_clock().now() + kTestLimit);
  }
  static net::Task<void> durable_task(NodeKeys* keys, keyspace::ChangeSequence last, std::string name,
                                      Duration limit, Result<void>* result) {
    *result = co_await keys->wait_durable(last, {RedisClient::key(name)}, system_clock().now() + limit);
  }
};

}  // namespace stele::views
