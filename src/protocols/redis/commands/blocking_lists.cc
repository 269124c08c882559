// The list commands that wait for an element.
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/redis/blocked.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/list_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::Group;
using keyspace::KeyRef;
using keyspace::ListEnd;

bool has_elements(Group& group, KeyRef key) {
  const auto size = group.lists().size(key);
  return size.has_value() && *size > 0;
}

// BLPOP and BRPOP: one element and where it was.
class BlockedPop final : public BlockedClient {
 public:
  BlockedPop(int protocol, ListEnd end) : BlockedClient(protocol), end_(end) {}

  Readiness readiness(Group& group, KeyRef key) override {
    return has_elements(group, key) ? Readiness::kYes : Readiness::kNo;
  }

 private:
  void take(Group& group, KeyRef key, wire::ReplyWriter& reply) override {
    const auto value = group.lists().pop(key, end_);
    reply.array(2);
    reply.bulk(key.name);
    reply.bulk(value ? value->value_or("") : "");
  }

  const ListEnd end_;
};

// BLMPOP.
class BlockedPops final : public BlockedClient {
 public:
  BlockedPops(int protocol, const ManyPops& asked)
      : BlockedClient(protocol), end_(asked.end), count_(asked.count) {}

  Readiness readiness(Group& group, KeyRef key) override {
    return has_elements(group, key) ? Readiness::kYes : Readiness::kNo;
  }

 private:
  void take(Group& group, KeyRef key, wire::ReplyWriter& reply) override {
    const auto values = group.lists().pop_many(key, end_, count_);
    if (!values || !*values) return reply.null_array();
    answer_popped(reply, key.name, **values);
  }

  const ListEnd end_;
  const std::size_t count_;
};

// BLMOVE and BRPOPLPUSH.
class BlockedMove final : public BlockedClient {
 public:
  BlockedMove(int protocol, KeyRef target, ListEnd from, ListEnd to)
      : BlockedClient(protocol), target_(target), from_(from), to_(to) {}

  Readiness readiness(Group& group, KeyRef key) override {
    if (!has_elements(group, key)) return Readiness::kNo;
    return group.extend(target_) ? Readiness::kYes : Readiness::kBusy;
  }

 private:
  // A target of another type is this client's error, not the pusher's.
  void take(Group& group, KeyRef key, wire::ReplyWriter& reply) override {
    const auto value = group.lists().move(key, from_, target_, to_);
    if (!value) return reply.error(error_text(value.error()));
    *value ? reply.bulk(**value) : reply.null();
  }

  const keyspace::Key target_;
  const ListEnd from_;
  const ListEnd to_;
};

// Waits before the keys from one argument on, unless that is not allowed here.
void wait(Call& call, std::shared_ptr<BlockedClient> client, std::size_t first_key, std::size_t keys,
          std::optional<Duration> timeout, bool answers_null_array) {
  if (!call.may_block()) return answers_null_array ? call.reply().null_array() : call.reply().null();
  Block block{std::move(client), {}, timeout, answers_null_array};
  for (std::size_t i = 0; i < keys; ++i) block.keys.emplace_back(call.key(first_key + i));
  call.block(std::move(block));
}

void blocking_pop(Call& call, ListEnd end) {
  STELE_REDIS_TRY(const auto timeout, call, timeout_argument(call[call.size() - 1]));
  const std::size_t keys = call.size() - 2;
  for (std::size_t i = 0; i < keys; ++i) {
    STELE_REDIS_TRY(const auto value, call, call.group().lists().pop(call.key(1 + i), end));
    if (!value) continue;
    call.reply().array(2);
    call.reply().bulk(call[1 + i]);
    return call.reply().bulk(*value);
  }
  wait(call, std::make_shared<BlockedPop>(call.client().protocol, end), 1, keys, timeout, true);
}

void blpop(Call& call) {
  blocking_pop(call, ListEnd::kLeft);
}

void brpop(Call& call) {
  blocking_pop(call, ListEnd::kRight);
}

void blmpop(Call& call) {
  STELE_REDIS_TRY(const auto timeout, call, timeout_argument(call[1]));
  ManyPops asked;
  if (!read_many_pops(call, 2, asked)) return;
  for (std::size_t i = 0; i < asked.keys; ++i) {
    const KeyRef key = call.key(3 + i);
    STELE_REDIS_TRY(const auto values, call, call.group().lists().pop_many(key, asked.end, asked.count));
    if (values) return answer_popped(call.reply(), key.name, *values);
  }
  wait(call, std::make_shared<BlockedPops>(call.client().protocol, asked), 3, asked.keys, timeout, true);
}

void blocking_move(Call& call, ListEnd from, ListEnd to, std::string_view timeout_text) {
  STELE_REDIS_TRY(const auto timeout, call, timeout_argument(timeout_text));
  STELE_REDIS_TRY(const auto value, call, call.group().lists().move(call.key(1), from, call.key(2), to));
  if (value) return call.reply().bulk(*value);
  wait(call, std::make_shared<BlockedMove>(call.client().protocol, call.key(2), from, to), 1, 1, timeout,
       false);
}

void blmove(Call& call) {
  const auto from = list_end(call[3]);
  const auto to = list_end(call[4]);
  if (!from || !to) return call.fail_syntax();
  blocking_move(call, *from, *to, call[5]);
}

void brpoplpush(Call& call) {
  blocking_move(call, ListEnd::kRight, ListEnd::kLeft, call[3]);
}

constexpr std::uint32_t kPop = flag::kWrite | flag::kNoScript | flag::kBlocking;
constexpr std::uint32_t kMove = kPop | flag::kDenyOom;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kGroup = "list";
constexpr std::string_view kByKeys = "O(N) where N is the number of keys";
constexpr KeyPositions kPopped = {1, -2, 1, "RW access delete"};
constexpr KeyPositions kMoved = {1, 2, 1, "RW access delete insert"};

constexpr std::array kCommands = {
    Command{"blpop", -3, kPop, kPopped, kKeys, blpop, kGroup, "2.0.0", kByKeys,
            "Takes the leftmost element of the first list that has one, or waits for it"},
    Command{"brpop", -3, kPop, kPopped, kKeys, brpop, kGroup, "2.0.0", kByKeys,
            "Takes the rightmost element of the first list that has one, or waits for it"},
    Command{"blmpop",
            -5,
            flag::kWrite | flag::kBlocking,
            {0, 0, 0, "RW access delete", 2},
            kKeys,
            blmpop,
            kGroup,
            "7.0.0",
            kByKeys,
            "Takes elements from the first list that has some, or waits for them"},
    Command{"blmove", 6, kMove, kMoved, kKeys, blmove, kGroup, "6.2.0", "O(1)",
            "Moves an element from one list to another, or waits for it"},
    Command{"brpoplpush", 4, kMove, kMoved, kKeys, brpoplpush, kGroup, "2.2.0", "O(1)",
            "Moves the last element of a list to the left end of another, or waits for it"},
};

}  // namespace

std::span<const Command> blocking_list_commands() {
  return kCommands;
}

}  // namespace stele::redis
