#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "postgres/replication/relation.h"
#include "postgres/replication/spool.h"

namespace stele::postgres {

// The changes of one transaction while it grows: pgoutput's own bytes behind a small header, in blocks of
// memory, of which the oldest moves to a spool on demand: a log that outgrows its memory holds nobody up for
// longer than a block takes. Holds the versions of the relations that its records refer to. One thread. Cost
// of append: a copy of the bytes.
class ChangeLog {
 public:
  static constexpr std::size_t kBlockBytes = 256U << 10;  // a larger record has a block of its own

  // What precedes each record's bytes.
  struct RecordHeader {
    std::uint32_t size = 0;      // of the bytes that follow
    std::uint32_t relation = 0;  // index among the log's relations
    Xid subxid = 0;              // 0 outside streamed transactions
  };
  struct Record {
    Xid subxid = 0;
    const Relation* relation = nullptr;
    std::string_view message;  // without xid, as outside a stream
  };

  // Appends one message about `relation`, given in two parts.
  void append(const RelationPointer& relation, Xid subxid, char type, std::string_view rest);
  // What `subxid` did will not be read.
  void drop(Xid subxid) { dropped_.insert(subxid); }

  // Moves the oldest block to the end of the spool, which is made at the first time. Its size.
  Result<std::size_t> spill(const SpoolFactory& make_spool);

  std::size_t memory_bytes() const { return memory_bytes_; }
  std::uint64_t byte_count() const { return memory_bytes_ + (spool_ ? spool_->size() : 0); }
  std::uint64_t record_count() const { return record_count_; }
  bool is_spooled() const { return spool_ != nullptr; }

  // Goes once through the log, from its first record. The log must not move or grow meanwhile.
  class Reader {
   public:
    // Reads up to about `bytes_max` bytes' worth of records that were not dropped into `out`, replacing what
    // was there; always at least one unless at the end. Views hold until the next call.
    Result<void> next(const ChangeLog& log, std::size_t records_max, std::size_t bytes_max,
                      std::vector<Record>& out);

   private:
    Result<void> fill(const ChangeLog& log, std::size_t bytes_max);
    Result<bool> take_records(const ChangeLog& log, std::string_view from, std::size_t& at,
                              std::size_t records_max, std::size_t bytes_max, std::vector<Record>& out) const;

    std::uint64_t spool_offset_ = 0;  // of the byte after chunk_
    std::string chunk_;               // from the spool
    std::size_t chunk_at_ = 0;
    std::size_t block_ = 0;  // of those in memory
    std::size_t block_at_ = 0;
  };

 private:
  std::uint32_t index_of(const RelationPointer& relation);

  std::deque<std::string> blocks_;  // records whole
  std::size_t memory_bytes_ = 0;
  std::unique_ptr<Spool> spool_;
  std::uint64_t record_count_ = 0;
  std::vector<RelationPointer> relations_;
  std::uint32_t last_index_ = 0;
  std::unordered_set<Xid> dropped_;
};

}  // namespace stele::postgres
