#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keyspace/value.h"

namespace stele::keyspace::store {

// Until when are the fields of one hash there? Of those that have an expiry alone: a hash without one has no
// such object. Threads: the shard's. Cost: about 150 bytes a field beside its name, log n a change.
class FieldExpiries {
 public:
  std::optional<WallMs> of(std::string_view field) const {
    const auto at = by_name_.find(field);
    return at == by_name_.end() ? std::nullopt : std::optional(at->second);
  }
  void set(std::string_view field, std::optional<WallMs> expires_at);
  bool is_empty() const { return by_name_.empty(); }
  std::optional<WallMs> earliest() const {
    return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
  }
  // The first of those whose time is over, at most so many.
  std::vector<std::string> due(WallMs now, std::size_t limit) const;
  std::size_t memory_bytes() const { return bytes_; }
  // Of one that is given up: how many went.
  std::size_t free_some(std::size_t count);

 private:
  using ByName = std::map<std::string, WallMs, std::less<>>;
  void erase(ByName::iterator at);

  ByName by_name_;
  std::set<std::pair<WallMs, std::string_view>> by_time_;  // of the names there
  std::size_t bytes_ = 0;
};

}  // namespace stele::keyspace::store
