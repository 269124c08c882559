#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "keyspace/streams.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

// Arguments of the stream commands and their replies; each reader answers the error itself and then returns
// false (or nothing).

// "ms-sequence", or "ms" with the sequence that is given for it.
std::optional<keyspace::StreamId> parse_stream_id(std::string_view text, std::uint64_t missing_sequence);
// The same as an argument; "-" and "+" are ids too where `has_ends`.
bool read_stream_id(Call& call, std::string_view text, bool has_ends, keyspace::StreamId& id);
// All of them.
bool read_stream_ids(Call& call, std::size_t first, std::vector<keyspace::StreamId>& ids);
// The ends of an interval: "(" in front leaves the id itself out.
bool read_first_id(Call& call, std::string_view text, keyspace::StreamId& id);
bool read_last_id(Call& call, std::string_view text, keyspace::StreamId& id);

// NOMKSTREAM, MAXLEN, MINID and LIMIT from the third argument on, and XADD's id behind them; `at` is then
// where what follows begins.
bool read_stream_trim(Call& call, bool is_add, keyspace::StreamAdd& asked, std::size_t& at);

void answer_stream_id(wire::ReplyWriter& reply, keyspace::StreamId id);
// An id and its fields.
void answer_entry(wire::ReplyWriter& reply, const keyspace::StreamEntries& entries,
                  const keyspace::StreamEntries::Entry& entry);
void answer_entries(wire::ReplyWriter& reply, const keyspace::StreamEntries& entries);

// "NOGROUP No such key '…' or consumer group '…'", with what follows it.
void fail_without_group(Call& call, std::string_view key, std::string_view group, std::string_view where);

}  // namespace stele::redis
