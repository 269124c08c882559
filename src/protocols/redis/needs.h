#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "keyspace/key.h"
#include "protocols/redis/client.h"
#include "protocols/redis/commands/command.h"
#include "views/keys/keys.h"

namespace stele::redis {

// What must hold before a command runs, and what must happen before it is answered, by the classes of its
// keys.
struct Needs {
  bool keys = false;                  // it looks at the keyspace
  bool is_loading = false;            // a key whose mapping is not loaded yet
  bool durable_write = false;         // it may change keys that are written behind
  std::vector<keyspace::Key> synced;  // those that must be committed before the reply
  bool all_synced = false;            // any key may be such a one: FLUSHALL
  std::vector<views::MappedWrite> mapped;
  std::vector<keyspace::Key> written;  // of MULTI, those written behind, while PostgreSQL refuses some keys
  std::vector<keyspace::Key> loads;    // to be there, or asked of PostgreSQL, before it begins
  bool sets_through = false;           // SET of a key that is read through
  bool is_script = false;     // or an EXEC with one; its commands ask for themselves whether they may write
  bool other_writes = false;  // besides the mapped ones, in the same command

  // Whether more than memory and its keys' groups has a part in it.
  bool is_special(const views::NodeKeys& node) const {
    return durable_write || is_loading || is_script || !mapped.empty() || !loads.empty() || sets_through ||
           (keys && node.loading());
  }
  bool waits_for_commit() const { return all_synced || !synced.empty(); }
};

Needs needs_of(views::NodeKeys& keys, const Command& command, std::span<const std::string_view> arguments,
               const Client& client);

}  // namespace stele::redis
