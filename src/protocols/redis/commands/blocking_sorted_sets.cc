// The sorted-set commands that wait for a member.
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "protocols/redis/blocked.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/scored_pops.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::Group;
using keyspace::KeyRef;
using keyspace::Scored;

void answer_one(wire::ReplyWriter& reply, std::string_view key, const Scored& member) {
  reply.array(3);
  reply.bulk(key);
  reply.bulk(member.member);
  reply.number(member.score);
}

// BZPOPMIN and BZPOPMAX: one member; BZMPOP: some.
class BlockedScoredPop final : public BlockedClient {
 public:
  BlockedScoredPop(int protocol, const ScoredPops& asked, bool takes_many)
      : BlockedClient(protocol), asked_(asked), takes_many_(takes_many) {}

  Readiness readiness(Group& group, KeyRef key) override {
    const auto size = group.sorted_sets().size(key);
    return size.has_value() && *size > 0 ? Readiness::kYes : Readiness::kNo;
  }

 private:
  void take(Group& group, KeyRef key, wire::ReplyWriter& reply) override {
    const auto taken = group.sorted_sets().pop(key, asked_.highest, asked_.count);
    if (!taken) return reply.error(error_text(taken.error()));
    takes_many_ ? answer_popped(reply, key.name, *taken) : answer_one(reply, key.name, taken->front());
  }

  const ScoredPops asked_;
  const bool takes_many_;
};

// Takes from the first of the keys that has something, or waits before them.
void pop_or_wait(Call& call, std::size_t first_key, const ScoredPops& asked, bool takes_many,
                 std::optional<Duration> timeout) {
  for (std::size_t i = 0; i < asked.keys; ++i) {
    const KeyRef key = call.key(first_key + i);
    STELE_REDIS_TRY(const auto taken, call, call.group().sorted_sets().pop(key, asked.highest, asked.count));
    if (taken.empty()) continue;
    return takes_many ? answer_popped(call.reply(), key.name, taken)
                      : answer_one(call.reply(), key.name, taken.front());
  }
  if (!call.may_block()) return call.reply().null_array();
  Block block{
      std::make_shared<BlockedScoredPop>(call.client().protocol, asked, takes_many), {}, timeout, true};
  for (std::size_t i = 0; i < asked.keys; ++i) block.keys.emplace_back(call.key(first_key + i));
  call.block(std::move(block));
}

void blocking_pop(Call& call, bool highest) {
  STELE_REDIS_TRY(const auto timeout, call, timeout_argument(call[call.size() - 1]));
  pop_or_wait(call, 1, {.keys = call.size() - 2, .highest = highest}, false, timeout);
}

void bzpopmin(Call& call) {
  blocking_pop(call, false);
}

void bzpopmax(Call& call) {
  blocking_pop(call, true);
}

void bzmpop(Call& call) {
  ScoredPops asked;
  if (!read_scored_pops(call, 2, asked)) return;
  STELE_REDIS_TRY(const auto timeout, call, timeout_argument(call[1]));
  pop_or_wait(call, 3, asked, true, timeout);
}

constexpr std::uint32_t kPop = flag::kWrite | flag::kNoScript | flag::kBlocking | flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kSorted = "sorted_set";
constexpr std::string_view kLog = "O(log(N)) where N is the number of members";
constexpr KeyPositions kPopped = {1, -2, 1, "RW access delete"};

constexpr std::array kCommands = {
    Command{"bzpopmin", -3, kPop, kPopped, kKeys, bzpopmin, kSorted, "5.0.0", kLog,
            "Takes the member with the lowest score of the first sorted set that has any, or waits for it"},
    Command{"bzpopmax", -3, kPop, kPopped, kKeys, bzpopmax, kSorted, "5.0.0", kLog,
            "Takes the member with the highest score of the first sorted set that has any, or waits for it"},
    Command{"bzmpop",
            -5,
            flag::kWrite | flag::kBlocking,
            {0, 0, 0, "RW access delete", 2},
            kKeys,
            bzmpop,
            kSorted,
            "7.0.0",
            kLog,
            "Takes members of the first sorted set that has any, or waits for them"},
};

}  // namespace

std::span<const Command> blocking_sorted_set_commands() {
  return kCommands;
}

}  // namespace stele::redis
