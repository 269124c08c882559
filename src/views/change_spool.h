#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "postgres/replication/spool.h"
#include "postgres/replication/transaction.h"

namespace stele::views {

// Which changes of one table have come while it is being copied? First in, first out, in memory up to a limit
// and on disk above it; one side appends while the other takes. One thread. Errors: those of the spool.
class ChangeSpool {
 public:
  explicit ChangeSpool(postgres::SpoolFactory make_spool, std::size_t memory_bytes_max = 8U << 20)
      : make_spool_(std::move(make_spool)), memory_bytes_max_(memory_bytes_max) {}

  Result<void> append(Lsn commit, const postgres::Change& change);

  struct Record {
    Lsn commit;
    postgres::Change change;
  };
  // The oldest, which is then gone; nothing when there is none. Views hold until the next call of any method.
  Result<std::optional<Record>> take();

  std::uint64_t size() const { return appended_ - taken_; }
  bool empty() const { return size() == 0; }

 private:
  std::uint32_t relation_index(const postgres::Relation& relation);
  // The bytes of the oldest record.
  Result<std::string_view> front();
  Result<void> fill(std::size_t wanted);

  postgres::SpoolFactory make_spool_;
  std::size_t memory_bytes_max_;
  std::vector<std::shared_ptr<const postgres::Relation>> relations_;
  std::string memory_;  // the newest records
  std::size_t memory_at_ = 0;
  std::unique_ptr<postgres::Spool> spool_;  // older ones
  std::uint64_t spool_at_ = 0;
  std::string chunk_;  // read from the spool: the oldest ones
  std::size_t chunk_at_ = 0;
  std::uint64_t appended_ = 0, taken_ = 0;
};

}  // namespace stele::views
