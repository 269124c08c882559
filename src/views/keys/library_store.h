#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connect_options.h"

namespace stele::views {

// A library of Redis functions, as its row has it.
struct StoredLibrary {
  std::string name;
  std::string code;
};

// Which libraries of functions does PostgreSQL keep (redis.library)? A connection a call, for they are rare.
// On the current reactor; the errors are PostgreSQL's.
class LibraryStore {
 public:
  explicit LibraryStore(postgres::ConnectOptions options) : options_(std::move(options)) {}

  net::Task<Result<std::vector<StoredLibrary>>> read(TimePoint deadline);
  // One transaction.
  net::Task<Result<void>> write(std::vector<StoredLibrary> changed, std::vector<std::string> removed,
                                TimePoint deadline);

 private:
  postgres::ConnectOptions options_;
};

}  // namespace stele::views
