#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "net/gate.h"
#include "net/task.h"
#include "postgres/pool.h"
#include "views/freshness.h"
#include "views/keys/key_map.h"
#include "views/keys/keys.h"

namespace stele::views {

// How do HSET, HDEL and DEL on a mapped key become SQL on its row? One transaction a call, begun by our
// message and answered once that is visible here. Field names are columns: PostgreSQL knows which there are.
// A caller that waits for a lock holds one of a few connections, until lock_timeout, and nothing else.
// Confined to the views' thread.
class MappedWriter {
 public:
  struct Options {
    postgres::ConnectOptions postgres;
    std::size_t connections_max = 16;
    Duration lock_timeout = std::chrono::seconds(2);
    Duration applied_timeout = std::chrono::seconds(1);
  };

  MappedWriter(Options options, Freshness& freshness, KeyMap& map);

  net::Task<Result<std::vector<std::uint64_t>>> write(std::vector<MappedWrite> writes, TimePoint deadline);
  net::Task<void> stop();

 private:
  using Counts = std::vector<std::uint64_t>;

  // A mapping and its table, as both are while a write runs.
  struct Target {
    std::shared_ptr<const KeyMapping> mapping;
    std::shared_ptr<const MappedTable> table;
    std::string key;  // the text of the row's key
  };
  friend struct MappedSql;

  net::Task<Result<Target>> find(postgres::Connection* connection, keyspace::Key key, TimePoint deadline);
  net::Task<Result<Counts>> write_once(const std::vector<MappedWrite>* writes, TimePoint deadline);
  net::Task<Result<std::uint64_t>> apply(postgres::Connection* connection, const MappedWrite* write,
                                         TimePoint deadline);
  net::Task<Result<std::uint64_t>> insert(postgres::Connection* connection, const MappedWrite* write,
                                          Target target, TimePoint deadline);
  net::Task<Result<Counts>> commit(postgres::Lease lease, WriteNumber number, std::string xid, Counts counts,
                                   TimePoint deadline);
  void forget_tables(const std::vector<MappedWrite>& writes);

  Options options_;
  Freshness& freshness_;
  KeyMap& map_;
  std::unique_ptr<postgres::Pool> pool_;
};

}  // namespace stele::views
