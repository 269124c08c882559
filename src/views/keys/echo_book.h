#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "keyspace/write_behind.h"
#include "postgres/replication/write_mark.h"

namespace stele::views {

// What did our flushes carry that have not come back by the stream? By the number in their message. Confined
// to the views' thread. An entry of a flush that did not commit is taken out by whoever knows.
class EchoBook {
 public:
  using Written = std::vector<std::pair<keyspace::ObjectId, keyspace::ChangeSequence>>;

  void add(std::uint64_t number, Written written) { open_[number] = std::move(written); }
  void erase(std::uint64_t number) { open_.erase(number); }
  bool has(std::uint64_t number) const { return open_.contains(number); }
  // Empties it.
  std::map<std::uint64_t, Written> take_all() { return std::exchange(open_, {}); }
  Written take(std::uint64_t number) {
    auto node = open_.extract(number);
    return node ? std::move(node.mapped()) : Written();
  }

 private:
  std::map<std::uint64_t, Written> open_;
};

}  // namespace stele::views
