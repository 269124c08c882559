#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keyspace/keyspace.h"
#include "net/gate.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/pool.h"
#include "postgres/replication/transaction.h"
#include "views/freshness.h"
#include "views/keys/cache_book.h"
#include "views/keys/key_map.h"
#include "views/keys/keys.h"

namespace stele::views {

// A row of stele.key_cache: the keys that begin with `prefix` are what `query` answers for their rest.
struct CacheMapping {
  struct Table {
    std::uint32_t oid = 0;
    std::string key;         // the column whose text the keys bear; empty: any change concerns all keys
    postgres::Oid type = 0;  // of that column
  };
  std::string prefix, query, on_set;
  Duration ttl{}, negative_ttl{};
  std::vector<Table> tables;
  std::set<std::string> tags, tag_columns;
  // Of the transactions that changed its tables those that a snapshot may not show yet.
  std::deque<std::uint32_t> unseen;
};

// How do keys get their values from PostgreSQL when somebody asks, and lose them when its tables change? A
// load is one statement, on one of a few connections and with a time limit; all who ask for a key meanwhile
// share it. A change of a table that comes by the stream outdates the loads under way and removes the keys,
// before it becomes visible; what is read must show every change that was applied when the load began.
//
// Threads: what is marked is any thread's; all else is confined to the views' thread.
class CachedKeys {
 public:
  struct Options {
    postgres::ConnectOptions postgres;
    std::size_t connections_max = 8;
    std::size_t waiters_max = 1024;  // loads that wait for a connection; beyond they are refused
    Duration statement_timeout = std::chrono::seconds(5);
  };

  CachedKeys(Options options, keyspace::Keyspace& keyspace, Freshness& freshness, KeyMap& map);

  // Any thread.
  bool is_any() const { return is_any_.load(std::memory_order_relaxed); }
  bool covers(std::string_view name) const;

  // The rows, in the transaction that the connection is in.
  net::Task<Result<void>> read_mappings(postgres::Connection* connection, TimePoint deadline);
  // The stream begins anew: nothing that was read before is known to be right.
  void reset();

  // The stream, transaction by transaction.
  void begin(std::uint32_t xid);
  void take(const postgres::Change& change);
  bool has_to_finish() const { return !touched_.empty() || !removed_.empty(); }
  net::Task<void> finish();

  net::Task<Result<std::vector<LoadedKey>>> load(std::vector<keyspace::Key> keys);
  net::Task<Result<void>> write_through(keyspace::Key key, std::string value, TimePoint deadline);
  net::Task<Result<std::uint64_t>> invalidate(Invalidation what, std::string name);
  Result<void> tag(const keyspace::Key& key, const std::vector<std::string>& tags);
  net::Task<void> stop();

 private:
  using MappingPtr = std::shared_ptr<CacheMapping>;
  // What a transaction did to the keys of a mapping.
  struct Touched {
    bool all = false;
    std::set<std::string> names;
  };
  struct Row {
    std::optional<keyspace::Value> value;
    std::set<std::string> tags;
  };

  MappingPtr of(std::string_view name) const;
  void take_mapping(const postgres::Change& change);
  void take_row(const postgres::Change& change, const CacheMapping& mapping, const CacheMapping::Table& table,
                Touched& touched);
  void put(CacheMapping mapping);
  void show();
  net::Task<void> fly(std::shared_ptr<Flight> flight, MappingPtr mapping, net::Gate::Holder inside);
  net::Task<Result<Row>> read(const Flight* flight, const CacheMapping* mapping);
  void keep(const Flight& flight, const CacheMapping& mapping, const std::set<std::string>& tags);
  bool store(const keyspace::Key& key, const keyspace::Value& value, keyspace::WallMs until);
  net::Task<Result<void>> run_on_set(keyspace::Key key, std::string value, MappingPtr mapping,
                                     TimePoint deadline);
  // How many of them were there.
  net::Task<std::uint64_t> remove(std::vector<keyspace::Key> keys);

  Options options_;
  keyspace::Keyspace& keyspace_;
  Freshness& freshness_;
  KeyMap& map_;
  std::unique_ptr<postgres::Pool> readers_, writers_;
  net::Gate gate_;
  std::minstd_rand random_{std::random_device{}()};

  std::map<std::string, MappingPtr, std::less<>> mappings_;
  std::unordered_map<std::uint32_t, std::vector<MappingPtr>> of_table_;
  CacheBook book_;
  // Of the transaction under way.
  std::uint32_t xid_ = 0;
  std::map<std::string, Touched> touched_;  // by prefix
  std::vector<std::string> removed_;        // mappings that are gone, or other ones

  std::atomic<bool> is_any_ = false;
  std::atomic<std::shared_ptr<const std::vector<std::string>>> prefixes_;
};

}  // namespace stele::views
