// The set commands.
#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/counted_keys.h"
#include "protocols/redis/commands/scan_options.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;
using keyspace::KeyRef;
using keyspace::SetOperation;

template <class Members>
void answer_members(Call& call, const Members& members) {
  for (const auto& member : members) call.reply().bulk(member);
}

void sadd(Call& call) {
  STELE_REDIS_TRY(const std::size_t added, call, call.group().sets().add(call.key(1), call.arguments(2)));
  call.reply().integer(static_cast<std::int64_t>(added));
}

void srem(Call& call) {
  STELE_REDIS_TRY(const std::size_t removed, call,
                  call.group().sets().remove(call.key(1), call.arguments(2)));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

void sismember(Call& call) {
  STELE_REDIS_TRY(const bool is_there, call, call.group().sets().contains(call.key(1), call[2]));
  call.reply().integer(is_there ? 1 : 0);
}

void smismember(Call& call) {
  STELE_REDIS_TRY(const auto are_there, call,
                  call.group().sets().contains_each(call.key(1), call.arguments(2)));
  call.reply().array(are_there.size());
  for (const bool is_there : are_there) call.reply().integer(is_there ? 1 : 0);
}

void smembers(Call& call) {
  STELE_REDIS_TRY(const auto members, call, call.group().sets().members(call.key(1)));
  call.count_lookup(!members.empty());
  call.reply().set(members.size());
  answer_members(call, members);
}

void scard(Call& call) {
  STELE_REDIS_TRY(const std::size_t size, call, call.group().sets().size(call.key(1)));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void spop(Call& call) {
  if (call.size() > 3) return call.fail_syntax();
  std::size_t count = 1;
  if (call.size() == 3 && !read_count(call, 2, "value is out of range, must be positive", count)) return;
  STELE_REDIS_TRY(const auto taken, call, call.group().sets().pop(call.key(1), count));
  if (call.size() == 2) return taken.empty() ? call.reply().null() : call.reply().bulk(taken.front());
  call.reply().set(taken.size());
  answer_members(call, taken);
}

void srandmember(Call& call) {
  if (call.size() > 3) return call.fail_syntax();
  if (call.size() == 2) {
    STELE_REDIS_TRY(const auto one, call, call.group().sets().random(call.key(1), 1));
    return one.empty() ? call.reply().null() : call.reply().bulk(one.front());
  }
  STELE_REDIS_TRY(const std::int64_t count, call, integer_argument(call[2]));
  if (count == std::numeric_limits<std::int64_t>::min()) {
    return call.fail(
        "value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  }
  STELE_REDIS_TRY(const auto members, call, call.group().sets().random(call.key(1), count));
  call.reply().array(members.size());
  answer_members(call, members);
}

void smove(Call& call) {
  STELE_REDIS_TRY(const bool moved, call, call.group().sets().move(call.key(1), call.key(2), call[3]));
  call.reply().integer(moved ? 1 : 0);
}

std::vector<KeyRef> keys_from(Call& call, std::size_t first) {
  std::vector<KeyRef> keys;
  for (std::size_t i = first; i < call.size(); ++i) keys.push_back(call.key(i));
  return keys;
}

template <SetOperation operation>
void combine(Call& call) {
  STELE_REDIS_TRY(const auto members, call, call.group().sets().combine(operation, keys_from(call, 1), 0));
  call.reply().set(members.size());
  answer_members(call, members);
}

template <SetOperation operation, ChangeEvent event>
void combine_into(Call& call) {
  auto& sets = call.group().sets();
  STELE_REDIS_TRY(const auto members, call, sets.combine(operation, keys_from(call, 2), 0));
  STELE_REDIS_TRY(const std::size_t size, call, sets.replace(call.key(1), members, event));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void sintercard(Call& call) {
  std::vector<KeyRef> keys;
  if (!read_keys_or_arguments(call, 1, keys)) return;
  std::size_t limit = 0;
  for (std::size_t i = 2 + keys.size(); i < call.size(); i += 2) {
    if (!call.is(i, "LIMIT") || i + 1 == call.size()) return call.fail_syntax();
    if (!read_count(call, i + 1, "LIMIT can't be negative", limit)) return;
  }
  STELE_REDIS_TRY(const auto members, call,
                  call.group().sets().combine(SetOperation::kIntersection, keys, limit));
  call.reply().integer(static_cast<std::int64_t>(members.size()));
}

void sscan(Call& call) {
  ScanArguments asked;
  if (!read_scan_arguments(call, 2, false, asked)) return;
  STELE_REDIS_TRY(auto page, call, call.group().sets().scan(call.key(1), asked.cursor, asked.count));
  std::erase_if(page.members, [&](std::string_view member) { return !asked.fits(member); });
  call.reply().array(2);
  call.reply().bulk(std::to_string(page.cursor));
  call.reply().array(page.members.size());
  answer_members(call, page.members);
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr KeyPositions kReadKey = {1, 1, 1, "RO access"};
constexpr KeyPositions kReadKeys = {1, -1, 1, "RO access"};
constexpr KeyPositions kStore = {1, -1, 1, "RW access update"};
constexpr std::string_view kSet = "set";
constexpr std::string_view kOne = "O(1)";
constexpr std::string_view kByMembers = "O(N) where N is the number of members";
constexpr std::string_view kByAll = "O(N) where N is the number of members of all sets";
constexpr std::string_view kBySmallest =
    "O(N*M) where N is the number of members of the smallest set and M the number of sets";
constexpr auto kInter = SetOperation::kIntersection;
constexpr auto kUnion = SetOperation::kUnion;
constexpr auto kDiff = SetOperation::kDifference;

constexpr std::array kCommands = {
    Command{"sadd",
            -3,
            kGrow | kFast,
            {1, 1, 1, "RW insert"},
            kKeys,
            sadd,
            kSet,
            "1.0.0",
            kByMembers,
            "Adds members to a set"},
    Command{"srem",
            -3,
            kWrite | kFast,
            {1, 1, 1, "RW delete"},
            kKeys,
            srem,
            kSet,
            "1.0.0",
            kByMembers,
            "Removes members of a set"},
    Command{"sismember",
            3,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            sismember,
            kSet,
            "1.0.0",
            kOne,
            "Answers whether a set has a member"},
    Command{"smismember", -3, kRead | kFast, kReadKey, kKeys, smismember, kSet, "6.2.0", kByMembers,
            "Answers which of these members a set has"},
    Command{"smembers", 2, kRead, kReadKey, kKeys, smembers, kSet, "1.0.0", kByMembers,
            "Answers all members of a set"},
    Command{"scard",
            2,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            scard,
            kSet,
            "1.0.0",
            kOne,
            "Answers how many members a set has"},
    Command{"spop",
            -2,
            kWrite | kFast,
            {1, 1, 1, "RW access delete"},
            kKeys,
            spop,
            kSet,
            "1.0.0",
            kByMembers,
            "Takes random members out of a set"},
    Command{"srandmember", -2, kRead, kReadKey, kKeys, srandmember, kSet, "1.0.0", kByMembers,
            "Answers random members of a set"},
    Command{"smove",
            4,
            kWrite | kFast,
            {1, 2, 1, "RW access delete"},
            kKeys,
            smove,
            kSet,
            "1.0.0",
            kOne,
            "Moves a member from one set to another"},
    Command{"sinter", -2, kRead, kReadKeys, kKeys, combine<kInter>, kSet, "1.0.0", kBySmallest,
            "Answers the members that all sets have"},
    Command{"sintercard",
            -3,
            kRead,
            {0, 0, 0, "RO access", 1},
            kKeys,
            sintercard,
            kSet,
            "7.0.0",
            kBySmallest,
            "Answers how many members all sets have in common"},
    Command{"sinterstore", -3, kGrow, kStore, kKeys, combine_into<kInter, ChangeEvent::kSetIntersectionStore>,
            kSet, "1.0.0", kBySmallest, "Keeps the members that all sets have"},
    Command{"sunion", -2, kRead, kReadKeys, kKeys, combine<kUnion>, kSet, "1.0.0", kByAll,
            "Answers the members of all sets"},
    Command{"sunionstore", -3, kGrow, kStore, kKeys, combine_into<kUnion, ChangeEvent::kSetUnionStore>, kSet,
            "1.0.0", kByAll, "Keeps the members of all sets"},
    Command{"sdiff", -2, kRead, kReadKeys, kKeys, combine<kDiff>, kSet, "1.0.0", kByAll,
            "Answers the members of the first set that no other has"},
    Command{"sdiffstore", -3, kGrow, kStore, kKeys, combine_into<kDiff, ChangeEvent::kSetDifferenceStore>,
            kSet, "1.0.0", kByAll, "Keeps the members of the first set that no other has"},
    Command{"sscan", -3, kRead, kReadKey, kKeys, sscan, kSet, "2.8.0", kByMembers,
            "Goes through the members of a set page by page"},
};

}  // namespace

std::span<const Command> set_commands() {
  return kCommands;
}

}  // namespace stele::redis
