#include "protocols/redis/commands/scored_pops.h"

#include "protocols/redis/commands/counted_keys.h"

namespace stele::redis {

bool read_scored_pops(Call& call, std::size_t at, ScoredPops& asked) {
  const auto fail_syntax = [&] {
    call.fail_syntax();
    return false;
  };
  if (!read_positive_count(call, at, "numkeys should be greater than 0", asked.keys)) return false;
  const std::size_t where = asked.keys < call.size() ? at + 1 + asked.keys : call.size();
  if (where >= call.size() || (!call.is(where, "MIN") && !call.is(where, "MAX"))) return fail_syntax();
  asked.highest = call.is(where, "MAX");
  if (where + 1 == call.size()) return true;
  // Once, and nothing behind it.
  if (where + 3 != call.size() || !call.is(where + 1, "COUNT")) return fail_syntax();
  return read_positive_count(call, where + 2, "count should be greater than 0", asked.count);
}

void answer_popped(wire::ReplyWriter& reply, std::string_view key,
                   const std::vector<keyspace::Scored>& members) {
  reply.array(2);
  reply.bulk(key);
  reply.array(members.size());
  for (const keyspace::Scored& each : members) {
    reply.array(2);
    reply.bulk(each.member);
    reply.number(each.score);
  }
}

}  // namespace stele::redis
