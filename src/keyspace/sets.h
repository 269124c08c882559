#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keyspace/change.h"
#include "keyspace/key.h"
#include "keyspace/value.h"

namespace stele::keyspace {

enum class SetOperation : std::uint8_t { kIntersection, kUnion, kDifference };

struct MemberPage {
  std::uint64_t cursor = 0;  // where to go on; 0 = all seen
  std::vector<std::string_view> members;
};

// Redis' set commands on the keys of a group. A set without members does not exist. Views, errors and threads
// as for Strings. Members come in an order that stays while the set does not change: by value for a set of
// few integers, else in any.
class Sets {
 public:
  virtual ~Sets() = default;

  virtual Result<bool> contains(KeyRef key, std::string_view member) = 0;
  // One entry a member.
  virtual Result<std::vector<bool>> contains_each(KeyRef key, std::span<const std::string_view> members) = 0;
  virtual Result<std::vector<std::string_view>> members(KeyRef key) = 0;
  virtual Result<std::size_t> size(KeyRef key) = 0;

  // How many of the members are new.
  virtual Result<std::size_t> add(KeyRef key, std::span<const std::string_view> members) = 0;
  // How many there were.
  virtual Result<std::size_t> remove(KeyRef key, std::span<const std::string_view> members) = 0;
  // Whether it was in `from`; then it is in `to` now.
  virtual Result<bool> move(KeyRef from, KeyRef to, std::string_view member) = 0;
  // Takes that many members out, or all there are; any of them.
  virtual Result<std::vector<std::string>> pop(KeyRef key, std::size_t count) = 0;
  // count >= 0: that many different members at most; count < 0: exactly -count, with repetitions.
  virtual Result<std::vector<std::string_view>> random(KeyRef key, std::int64_t count) = 0;
  // As Keys::scan, over the members of one set.
  virtual Result<MemberPage> scan(KeyRef key, std::uint64_t cursor, std::size_t count) = 0;

  // Of at least one key; of a difference, the first without the others. A key that is not there is empty.
  // With a limit other than 0, any so many members of an intersection. Cost: of an intersection, the members
  // of the smallest times the keys; else, all members.
  virtual Result<std::vector<std::string>> combine(SetOperation operation, std::span<const KeyRef> keys,
                                                   std::size_t limit) = 0;
  // In the place of whatever is at `to`: these members, each named once; without members, nothing. How many.
  // The event tells of which command it is the result.
  virtual Result<std::size_t> replace(KeyRef to, std::span<const std::string> members, ChangeEvent event) = 0;
};

}  // namespace stele::keyspace
