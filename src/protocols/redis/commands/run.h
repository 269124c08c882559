#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keyspace/keyspace.h"
#include "protocols/redis/client.h"
#include "protocols/redis/commands/call.h"
#include "views/keys/keys.h"

namespace stele::redis {

// Runs the handler and counts it; when it left a rest, what the whole takes is counted by end_of_rest().
void run(Call& call);
void end_of_rest(Call& call);

// Whether nothing that the transaction watches has changed. The group declares those keys.
bool watches_hold(keyspace::Group& group, const Transaction& transaction);

// The keys that a group for this command declares, with those that a transaction gathered.
keyspace::Scope scope_of(const Command& command, std::span<const std::string_view> arguments,
                         const Client& client);

// What a command on a mapped key asks of its row; nothing if it names no mapped key, or is none of HSET,
// HMSET, HDEL, DEL and UNLINK, which are the writes that a row can take.
std::vector<views::MappedWrite> mapped_writes(views::NodeKeys& keys, const Command& command,
                                              std::span<const std::string_view> arguments,
                                              keyspace::DatabaseNumber db);
// The reply to such a command, after its rows were written: `count` over all of them.
void answer_mapped(Call& call, std::uint64_t count);

// Whether it would write a key that is read through, which only removals may: then the error is answered.
bool refuses_write(Call& call);

}  // namespace stele::redis
