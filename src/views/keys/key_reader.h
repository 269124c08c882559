#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "views/keys/key_rows.h"

namespace stele::views {

using Xids = std::vector<std::uint32_t>;

// What does PostgreSQL hold now, as seen by nobody earlier than the stream? The log tells of a commit a
// moment before other sessions see it (with synchronous standbys, long before), so a snapshot is taken anew
// until it shows the given transactions. Confined to one reactor; one reading at a time.
class KeyReader {
 public:
  explicit KeyReader(postgres::ConnectOptions options) : options_(std::move(options)) {}

  // Begins a transaction whose snapshot shows `xids`. kDeadlineExceeded when they do not come to light.
  net::Task<Result<postgres::Connection*>> begin(Xids xids, TimePoint deadline);
  net::Task<void> end();

  // In a transaction of its own.
  net::Task<Result<void>> read(std::vector<keyspace::ObjectId> ids, Xids xids, StoredKeySink sink,
                               TimePoint deadline);
  net::Task<void> close();

 private:
  postgres::ConnectOptions options_;
  std::unique_ptr<postgres::Connection> connection_;
};

// Whether a snapshot as pg_current_snapshot() prints it ("10:20:10,14") shows them. Only ids of the last two
// thousand million transactions have a meaning.
bool snapshot_shows(std::string_view snapshot, const Xids& xids);

}  // namespace stele::views
