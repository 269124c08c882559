// The hash commands.
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/scan_options.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::FieldRef;

std::vector<FieldRef> read_fields(Call& call) {
  std::vector<FieldRef> fields;
  for (std::size_t i = 2; i + 1 < call.size(); i += 2) fields.push_back({call[i], call[i + 1]});
  return fields;
}

void answer_value(Call& call, std::optional<std::string_view> value) {
  value ? call.reply().bulk(*value) : call.reply().null();
}

void hset(Call& call) {
  if (call.size() % 2 != 0) return call.fail_arity();
  STELE_REDIS_TRY(const std::size_t added, call, call.group().hashes().set(call.key(1), read_fields(call)));
  call.reply().integer(static_cast<std::int64_t>(added));
}

void hmset(Call& call) {
  if (call.size() % 2 != 0) return call.fail_arity();
  const auto done = call.group().hashes().set(call.key(1), read_fields(call));
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

void hsetnx(Call& call) {
  STELE_REDIS_TRY(const bool written, call,
                  call.group().hashes().set_if_absent(call.key(1), call[2], call[3]));
  call.reply().integer(written ? 1 : 0);
}

void hget(Call& call) {
  STELE_REDIS_TRY(const auto value, call, call.group().hashes().get(call.key(1), call[2]));
  call.count_lookup(value.has_value());
  answer_value(call, value);
}

void hmget(Call& call) {
  STELE_REDIS_TRY(const auto values, call, call.group().hashes().get_many(call.key(1), call.arguments(2)));
  call.reply().array(values.size());
  for (const auto& value : values) answer_value(call, value);
}

void hgetall(Call& call) {
  STELE_REDIS_TRY(const auto fields, call, call.group().hashes().get_all(call.key(1)));
  call.count_lookup(!fields.empty());
  call.reply().map(fields.size());
  for (const FieldRef& field : fields) {
    call.reply().bulk(field.name);
    call.reply().bulk(field.value);
  }
}

void answer_halves(Call& call, std::string_view FieldRef::* half) {
  STELE_REDIS_TRY(const auto fields, call, call.group().hashes().get_all(call.key(1)));
  call.count_lookup(!fields.empty());
  call.reply().array(fields.size());
  for (const FieldRef& field : fields) call.reply().bulk(field.*half);
}

void hkeys(Call& call) {
  answer_halves(call, &FieldRef::name);
}

void hvals(Call& call) {
  answer_halves(call, &FieldRef::value);
}

void hdel(Call& call) {
  STELE_REDIS_TRY(const std::size_t removed, call,
                  call.group().hashes().remove(call.key(1), call.arguments(2)));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

void hlen(Call& call) {
  STELE_REDIS_TRY(const std::size_t fields, call, call.group().hashes().size(call.key(1)));
  call.reply().integer(static_cast<std::int64_t>(fields));
}

void hexists(Call& call) {
  STELE_REDIS_TRY(const auto value, call, call.group().hashes().get(call.key(1), call[2]));
  call.reply().integer(value ? 1 : 0);
}

void hstrlen(Call& call) {
  STELE_REDIS_TRY(const std::size_t bytes, call, call.group().hashes().value_length(call.key(1), call[2]));
  call.reply().integer(static_cast<std::int64_t>(bytes));
}

void hincrby(Call& call) {
  STELE_REDIS_TRY(const std::int64_t by, call, integer_argument(call[3]));
  STELE_REDIS_TRY(const std::int64_t sum, call, call.group().hashes().increment_by(call.key(1), call[2], by));
  call.reply().integer(sum);
}

void hincrbyfloat(Call& call) {
  STELE_REDIS_TRY(const long double by, call, float_argument(call[3]));
  if (std::isinf(by)) return call.fail("value is NaN or Infinity");
  STELE_REDIS_TRY(const std::string_view sum, call,
                  call.group().hashes().increment_by_float(call.key(1), call[2], by));
  call.reply().bulk(sum);
}

void answer_random(Call& call, std::span<const FieldRef> fields, bool with_values) {
  const bool in_pairs = with_values && call.reply().protocol() >= 3;
  call.reply().array(with_values && !in_pairs ? fields.size() * 2 : fields.size());
  for (const FieldRef& field : fields) {
    if (in_pairs) call.reply().array(2);
    call.reply().bulk(field.name);
    if (with_values) call.reply().bulk(field.value);
  }
}

void hrandfield(Call& call) {
  if (call.size() == 2) {
    STELE_REDIS_TRY(const auto one, call, call.group().hashes().random(call.key(1), 1));
    return one.empty() ? call.reply().null() : call.reply().bulk(one.front().name);
  }
  STELE_REDIS_TRY(const std::int64_t count, call, integer_argument(call[2]));
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (count < -kMost) {
    return call.fail(
        "value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  }
  const bool with_values = call.size() > 3;
  if (call.size() > 4 || (with_values && !call.is(3, "WITHVALUES"))) return call.fail_syntax();
  if (with_values && (count < -kMost / 2 || count > kMost / 2)) return call.fail("value is out of range");
  STELE_REDIS_TRY(const auto fields, call, call.group().hashes().random(call.key(1), count));
  answer_random(call, fields, with_values);
}

void hscan(Call& call) {
  ScanArguments asked;
  if (!read_scan_arguments(call, 2, false, asked)) return;
  STELE_REDIS_TRY(const auto page, call, call.group().hashes().scan(call.key(1), asked.cursor, asked.count));
  std::vector<FieldRef> fitting;
  for (const FieldRef& field : page.fields) {
    if (asked.fits(field.name)) fitting.push_back(field);
  }
  call.reply().array(2);
  call.reply().bulk(std::to_string(page.cursor));
  call.reply().array(fitting.size() * 2);
  for (const FieldRef& field : fitting) {
    call.reply().bulk(field.name);
    call.reply().bulk(field.value);
  }
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kByFields = "O(N) where N is the number of fields";

constexpr std::array kCommands = {
    Command{"hset",
            -4,
            kGrow | kFast,
            {1, 1, 1, "RW update"},
            kKeys,
            hset,
            "hash",
            "2.0.0",
            kByFields,
            "Sets fields of a hash"},
    Command{"hsetnx",
            4,
            kGrow | kFast,
            {1, 1, 1, "RW insert"},
            kKeys,
            hsetnx,
            "hash",
            "2.0.0",
            "O(1)",
            "Sets a field of a hash if it is not there"},
    Command{"hmset",
            -4,
            kGrow | kFast,
            {1, 1, 1, "RW update"},
            kKeys,
            hmset,
            "hash",
            "2.0.0",
            kByFields,
            "Sets fields of a hash"},
    Command{"hget",
            3,
            kRead | kFast,
            {1, 1, 1, "RO access"},
            kKeys,
            hget,
            "hash",
            "2.0.0",
            "O(1)",
            "Answers a field of a hash"},
    Command{"hmget",
            -3,
            kRead | kFast,
            {1, 1, 1, "RO access"},
            kKeys,
            hmget,
            "hash",
            "2.0.0",
            kByFields,
            "Answers several fields of a hash"},
    Command{"hgetall",
            2,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            hgetall,
            "hash",
            "2.0.0",
            kByFields,
            "Answers all fields of a hash with their values"},
    Command{"hdel",
            -3,
            kWrite | kFast,
            {1, 1, 1, "RW delete"},
            kKeys,
            hdel,
            "hash",
            "2.0.0",
            kByFields,
            "Removes fields of a hash"},
    Command{"hlen",
            2,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            hlen,
            "hash",
            "2.0.0",
            "O(1)",
            "Answers how many fields a hash has"},
    Command{"hexists",
            3,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            hexists,
            "hash",
            "2.0.0",
            "O(1)",
            "Answers whether a hash has a field"},
    Command{"hkeys",
            2,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            hkeys,
            "hash",
            "2.0.0",
            kByFields,
            "Answers the names of a hash's fields"},
    Command{"hvals",
            2,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            hvals,
            "hash",
            "2.0.0",
            kByFields,
            "Answers the values of a hash's fields"},
    Command{"hincrby",
            4,
            kGrow | kFast,
            {1, 1, 1, "RW access update"},
            kKeys,
            hincrby,
            "hash",
            "2.0.0",
            "O(1)",
            "Adds to the number in a field of a hash"},
    Command{"hincrbyfloat",
            4,
            kGrow | kFast,
            {1, 1, 1, "RW access update"},
            kKeys,
            hincrbyfloat,
            "hash",
            "2.6.0",
            "O(1)",
            "Adds to the floating-point number in a field of a hash"},
    Command{"hstrlen",
            3,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            hstrlen,
            "hash",
            "3.2.0",
            "O(1)",
            "Answers the length of a field's value"},
    Command{"hscan",
            -3,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            hscan,
            "hash",
            "2.8.0",
            kByFields,
            "Goes through the fields of a hash page by page"},
    Command{"hrandfield",
            -2,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            hrandfield,
            "hash",
            "6.2.0",
            kByFields,
            "Answers random fields of a hash"},
};

}  // namespace

std::span<const Command> hash_commands() {
  return kCommands;
}

}  // namespace stele::redis
