#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/value.h"

namespace stele::keyspace {

enum class ListEnd : std::uint8_t { kLeft, kRight };

// Redis' list commands on the keys of a group. A list without elements does not exist. Indices count from 0,
// negative ones from the right end, -1 the last. Views, errors and threads as for Strings.
// Cost: push, pop and move do not depend on the list's length; a look-up by index, insert and remove walk
// over its chunks.
class Lists {
 public:
  virtual ~Lists() = default;

  // One after the other at that end. The new length.
  virtual Result<std::size_t> push(KeyRef key, ListEnd end, std::span<const std::string_view> values) = 0;
  // The same; 0 and nothing done without a list.
  virtual Result<std::size_t> push_if_present(KeyRef key, ListEnd end,
                                              std::span<const std::string_view> values) = 0;
  virtual Result<std::optional<std::string_view>> pop(KeyRef key, ListEnd end) = 0;
  // At most so many, in the order in which they go; nothing without a list.
  virtual Result<std::optional<std::vector<std::string_view>>> pop_many(KeyRef key, ListEnd end,
                                                                        std::size_t count) = 0;
  // From one list to another, or within one; nothing without a first one.
  virtual Result<std::optional<std::string_view>> move(KeyRef from, ListEnd from_end, KeyRef to,
                                                       ListEnd to_end) = 0;

  virtual Result<std::size_t> size(KeyRef key) = 0;
  virtual Result<std::optional<std::string_view>> at(KeyRef key, std::int64_t index) = 0;
  // From the first to the last index, as far as there are elements.
  virtual Result<std::vector<std::string_view>> range(KeyRef key, std::int64_t first, std::int64_t last) = 0;

  // no_such_key, index_out_of_range.
  virtual Result<void> set(KeyRef key, std::int64_t index, std::string_view value) = 0;
  // Beside the first element that equals `pivot`. The new length; -1 without such an element, 0 without a
  // list.
  virtual Result<std::int64_t> insert(KeyRef key, bool before, std::string_view pivot,
                                      std::string_view value) = 0;
  // Those that equal `value`: the first `count`, or with count < 0 the last -count, or with 0 all. How many.
  virtual Result<std::size_t> remove(KeyRef key, std::int64_t count, std::string_view value) = 0;
  // Only what range() gives stays.
  virtual Result<void> trim(KeyRef key, std::int64_t first, std::int64_t last) = 0;

  struct Search {
    std::string_view value;
    std::int64_t rank = 1;        // the first match is 1; from the right end -1; not 0
    std::size_t count = 1;        // of matches; 0 = all
    std::size_t compare_max = 0;  // look at no more elements; 0 = at all
  };
  // Indices from the left end, in the order in which they were found.
  virtual Result<std::vector<std::size_t>> positions(KeyRef key, const Search& search) = 0;
};

}  // namespace stele::keyspace
