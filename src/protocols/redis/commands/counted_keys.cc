#include "protocols/redis/commands/counted_keys.h"

#include "keyspace/numbers.h"

namespace stele::redis {

namespace {

bool read_at_least(Call& call, std::size_t at, std::int64_t least, std::string_view text,
                   std::size_t& count) {
  const auto number = integer_argument(call[at]);
  if (!number || *number < least) {
    call.fail(text);
    return false;
  }
  count = static_cast<std::size_t>(*number);
  return true;
}

}  // namespace

bool read_count(Call& call, std::size_t at, std::string_view text, std::size_t& count) {
  return read_at_least(call, at, 0, text, count);
}

bool read_positive_count(Call& call, std::size_t at, std::string_view text, std::size_t& count) {
  return read_at_least(call, at, 1, text, count);
}

bool read_keys_or_arguments(Call& call, std::size_t at, std::vector<keyspace::KeyRef>& keys) {
  std::size_t count = 0;
  if (!read_positive_count(call, at, "numkeys should be greater than 0", count)) return false;
  if (count > call.size() - at - 1) {
    call.fail("Number of keys can't be greater than number of args");
    return false;
  }
  for (std::size_t i = at + 1; i <= at + count; ++i) keys.push_back(call.key(i));
  return true;
}

}  // namespace stele::redis
