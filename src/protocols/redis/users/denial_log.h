#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "protocols/redis/users/rules.h"

namespace stele::redis {

// Who was refused what? ACL LOG: the last denials, the newest first; what happens again within a minute is
// counted. Any thread; locked, and only who is refused comes here.
class DenialLog {
 public:
  enum class Context : std::uint8_t { kTopLevel, kMulti, kLua };

  struct Entry {
    std::uint64_t count = 1;
    Denial denial = Denial::kNone;
    Context context = Context::kTopLevel;
    std::string object;  // the command, key, channel, or the word that asked for a log-in
    std::string user;
    TimePoint at{};
    std::string client;
  };

  void add(Entry entry);
  std::vector<Entry> newest(std::size_t count) const;
  void clear();
  void set_entries_max(std::size_t entries_max);
  std::size_t entries_max() const;

 private:
  void trim();

  mutable std::mutex mutex_;
  std::size_t entries_max_ = 128;
  std::deque<Entry> entries_;
};

}  // namespace stele::redis
