#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keyspace/keyspace.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/replication/transaction.h"
#include "views/catalog.h"

namespace stele::views {

// The table behind a prefix, as it was when it was last looked at.
struct MappedTable {
  TableName name;
  std::vector<std::string> columns;  // without generated ones
  std::vector<postgres::Oid> types;
  std::string key_column;
};

// A row of stele.key_map: the keys that begin with `prefix` are the rows of a table.
struct KeyMapping {
  std::string prefix;
  std::uint32_t table_oid = 0;
  std::string options;
  std::string key_column;  // whose text the keys bear; empty: the primary key's
  bool may_insert = false;
  bool may_delete = false;

  // Where its rows stand here.
  bool ready = false;
  std::string reason = "its rows are being read";
  bool copy_wanted = true;
  bool copying = false;
  TimePoint copy_after{};
  std::shared_ptr<const MappedTable> table;   // null: to be looked up
  std::shared_ptr<const MappedTable> copied;  // as the rows here were read
  std::unordered_set<std::string> touched;    // keys that the stream brought while rows are being read

  // Whether its rows in the stream are like those that were read.
  bool is_shape_of(const postgres::Relation& relation) const;
  bool is_same(const KeyMapping& other) const {
    return prefix == other.prefix && table_oid == other.table_oid && options == other.options;
  }
};

// Which prefixes are mapped to which tables, and so of which class is a name? Changed by the views' thread
// alone; what every thread may ask is marked.
class KeyMap {
 public:
  KeyMap(keyspace::Keyspace& keyspace, keyspace::KeyClass otherwise,
         std::vector<keyspace::KeyClasses::Rule> rules);

  // Whether it is another one than before: then its rows are to be read.
  bool put(KeyMapping mapping);
  // Its keys stay until somebody removes them; their names keep their class until forget().
  std::shared_ptr<KeyMapping> erase(std::string_view prefix);
  void forget() { show(); }
  // Prefixes whose keys are read through: of the class cache.
  void set_cached(std::vector<std::string> prefixes) {
    cached_ = std::move(prefixes);
    show();
  }

  std::shared_ptr<KeyMapping> of_key(std::string_view name) const;
  std::vector<std::shared_ptr<KeyMapping>> of_table(std::uint32_t oid) const;
  const std::map<std::string, std::shared_ptr<KeyMapping>, std::less<>>& all() const { return mappings_; }
  // After a change of what one says of itself.
  void show();

  // Any thread.
  keyspace::KeyClass class_of(std::string_view name) const { return shown_.load()->classes.of(name); }
  bool loading(std::string_view name) const;
  struct Status {
    std::string prefix, table, reason;
    bool ready = false;
  };
  std::vector<Status> status() const { return shown_.load()->status; }

 private:
  struct Shown {
    keyspace::KeyClasses classes;
    std::vector<std::string> unready;
    std::vector<Status> status;
  };

  keyspace::Keyspace& keyspace_;
  keyspace::KeyClass otherwise_;
  std::vector<keyspace::KeyClasses::Rule> rules_;
  std::map<std::string, std::shared_ptr<KeyMapping>, std::less<>> mappings_;
  std::vector<std::string> cached_;
  std::vector<std::string> mapped_prefixes_;  // of the keyspace's classes
  std::atomic<std::shared_ptr<const Shown>> shown_;
};

// The row of an insert, update or delete of stele.key_map.
Result<KeyMapping> key_mapping_row(const postgres::Change& change);
// All of them, in the transaction that the connection is in.
net::Task<Result<std::vector<KeyMapping>>> read_key_mappings(postgres::Connection* connection,
                                                             TimePoint deadline);
// `key_column` as KeyMapping has it. kNotFound when the table is gone, kFailedPrecondition when its key is
// not one column any more.
net::Task<Result<MappedTable>> read_mapped_table(postgres::Connection* connection, std::uint32_t oid,
                                                 std::string key_column, TimePoint deadline);

}  // namespace stele::views
