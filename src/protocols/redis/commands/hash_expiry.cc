// When fields of hashes expire: HEXPIRE and HTTL with their like, HGETEX, HSETEX, HGETDEL.
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/expiry_argument.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ExpireCondition;
using keyspace::ExpiryChange;
using keyspace::FieldExpiry;
using keyspace::FieldOutcome;
using keyspace::FieldRef;
using keyspace::WallMs;

constexpr std::string_view kFieldsMissing =
    "Mandatory argument FIELDS is missing or not at the right position";
constexpr std::int64_t kExpiryMsMax = (std::int64_t{1} << 46) - 1;

// The arguments behind FIELDS, which is the word at `at`, and its number; nothing after an error was
// answered. `each`: how many belong to one field.
std::optional<std::span<const std::string_view>> read_fields(Call& call, std::size_t at,
                                                             std::string_view number_wrong,
                                                             std::size_t each = 1) {
  if (at + 1 >= call.size() || !call.is(at, "FIELDS")) {
    call.fail(kFieldsMissing);
    return std::nullopt;
  }
  const auto count = keyspace::parse_integer(call[at + 1]);
  if (!count || *count <= 0) {
    call.fail(number_wrong);
    return std::nullopt;
  }
  const auto fields = call.arguments(at + 2);
  if (fields.size() % each != 0 || fields.size() / each != static_cast<std::size_t>(*count)) {
    call.fail("The `numfields` parameter must match the number of arguments");
    return std::nullopt;
  }
  return fields;
}

constexpr std::string_view kCountWrong = "Number of fields must be a positive integer";

Result<WallMs> field_moment(Call& call, std::string_view text, TimeUnit unit) {
  STELE_TRY(const std::int64_t amount, integer_argument(text));
  if (amount < 0) return make_error(ErrorCode::kInvalidArgument, "invalid expire time, must be >= 0");
  const auto moment = any_moment(text, unit, call.group().now(), call.command().name);
  if (!moment || moment->value > kExpiryMsMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("invalid expire time in '{}' command", call.command().name));
  }
  return *moment;
}

bool read_condition(std::string_view word, ExpireCondition& condition) {
  if (is_word(word, "NX"))
    condition = ExpireCondition::kIfNone;
  else if (is_word(word, "XX"))
    condition = ExpireCondition::kIfAny;
  else if (is_word(word, "GT"))
    condition = ExpireCondition::kIfLater;
  else if (is_word(word, "LT"))
    condition = ExpireCondition::kIfEarlier;
  else
    return false;
  return true;
}

// Whether the key is a hash or nothing; else the error is answered.
bool is_hash(Call& call) {
  const auto size = call.group().hashes().size(call.key(1));
  if (!size) call.fail(size.error());
  return size.has_value();
}

void hexpire(Call& call, TimeUnit unit) {
  if (!is_hash(call)) return;
  STELE_REDIS_TRY(const WallMs moment, call, field_moment(call, call[2], unit));
  ExpireCondition condition = ExpireCondition::kAlways;
  const std::size_t at = read_condition(call[3], condition) ? 4 : 3;
  const auto fields = read_fields(call, at, "Parameter `numFields` should be greater than 0");
  if (!fields) return;
  STELE_REDIS_TRY(const auto outcomes, call,
                  call.group().hashes().expire(call.key(1), *fields, moment, condition));
  call.reply().array(outcomes.size());
  for (const FieldOutcome outcome : outcomes) {
    constexpr std::array<std::int64_t, 4> kAnswers = {-2, 0, 1, 2};
    call.reply().integer(kAnswers[static_cast<std::size_t>(outcome)]);
  }
}

void httl(Call& call, TimeUnit unit) {
  if (!is_hash(call)) return;
  const auto fields = read_fields(call, 2, kCountWrong);
  if (!fields) return;
  STELE_REDIS_TRY(const auto expiries, call, call.group().hashes().expiries(call.key(1), *fields));
  call.reply().array(expiries.size());
  for (const FieldExpiry& expiry : expiries) {
    if (!expiry.at) {
      call.reply().integer(expiry.exists ? -1 : -2);
      continue;
    }
    const std::int64_t ms = expiry.at->value - (unit.is_absolute ? 0 : call.group().now().value);
    call.reply().integer(unit.is_seconds ? (ms + 999) / 1000 : ms);
  }
}

void hpersist(Call& call) {
  if (!is_hash(call)) return;
  const auto fields = read_fields(call, 2, kCountWrong);
  if (!fields) return;
  STELE_REDIS_TRY(const auto former, call, call.group().hashes().persist(call.key(1), *fields));
  call.reply().array(former.size());
  for (const FieldExpiry& expiry : former) call.reply().integer(expiry.at ? 1 : (expiry.exists ? -1 : -2));
}

using Values = std::vector<std::optional<std::string>>;

// Copied: views hold until the next operation only.
Result<Values> values_of(Call& call, std::span<const std::string_view> fields) {
  STELE_TRY(const auto views, call.group().hashes().get_many(call.key(1), fields));
  Values values;
  for (const auto& view : views) values.push_back(view ? std::optional<std::string>(*view) : std::nullopt);
  return values;
}

void answer_values(Call& call, const Values& values) {
  call.reply().array(values.size());
  for (const auto& value : values) value ? call.reply().bulk(*value) : call.reply().null();
}

void hgetdel(Call& call) {
  if (!is_hash(call)) return;
  const auto fields = read_fields(call, 2, kCountWrong);
  if (!fields) return;
  STELE_REDIS_TRY(const Values values, call, values_of(call, *fields));
  const auto removed = call.group().hashes().remove(call.key(1), *fields);
  if (!removed) return call.fail(removed.error());
  answer_values(call, values);
}

// EX and its like with their number, or `keeping` (PERSIST, KEEPTTL), at `at`, which goes beyond them.
// False: there is no such word.
bool read_expiry(Call& call, std::size_t& at, std::string_view keeping, ExpiryChange as_said,
                 std::optional<ExpiryChange>& expiry, Result<void>& outcome) {
  TimeUnit unit;
  if (call.is(at, keeping)) {
    expiry = as_said;
    at += 1;
    return true;
  }
  if (at + 1 >= call.size() || !read_time_unit(call[at], unit)) return false;
  const auto moment = field_moment(call, call[at + 1], unit);
  if (moment) {
    expiry = ExpiryChange::until(*moment);
  } else {
    outcome = moment.error();
  }
  at += 2;
  return true;
}

void hgetex(Call& call) {
  if (!is_hash(call)) return;
  std::size_t at = 2;
  std::optional<ExpiryChange> expiry;
  Result<void> outcome;
  (void)read_expiry(call, at, "PERSIST", ExpiryChange::clear(), expiry, outcome);
  if (!outcome) return call.fail(outcome.error());
  const auto fields = read_fields(call, at, kCountWrong);
  if (!fields) return;
  STELE_REDIS_TRY(const Values values, call, values_of(call, *fields));
  auto& hashes = call.group().hashes();
  if (expiry && expiry->kind == ExpiryChange::Kind::kClear) {
    const auto done = hashes.persist(call.key(1), *fields);
    if (!done) return call.fail(done.error());
  } else if (expiry) {
    const auto done = hashes.expire(call.key(1), *fields, expiry->at, ExpireCondition::kAlways);
    if (!done) return call.fail(done.error());
  }
  answer_values(call, values);
}

// What HSETEX was told.
struct SetFields {
  bool if_none_present = false;
  bool if_all_present = false;
  std::optional<ExpiryChange> expiry;
};

// Up to FIELDS, whose place is `at`; false after an error was answered.
bool read_set_options(Call& call, std::size_t& at, SetFields& options) {
  while (at < call.size() && !call.is(at, "FIELDS")) {
    if (call.is(at, "FNX") || call.is(at, "FXX")) {
      if (options.if_none_present || options.if_all_present) {
        call.fail("Only one of FXX or FNX arguments can be specified");
        return false;
      }
      (call.is(at, "FNX") ? options.if_none_present : options.if_all_present) = true;
      ++at;
      continue;
    }
    const std::string_view word = call[at];
    const bool has_expiry = options.expiry.has_value();
    Result<void> outcome;
    if (!read_expiry(call, at, "KEEPTTL", ExpiryChange::keep(), options.expiry, outcome)) {
      call.fail(fmt::format("unknown argument: {}", word));
      return false;
    }
    if (has_expiry) {
      call.fail("Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
      return false;
    }
    if (!outcome) {
      call.fail(outcome.error());
      return false;
    }
  }
  return true;
}

void hsetex(Call& call) {
  if (!is_hash(call)) return;
  std::size_t at = 2;
  SetFields options;
  if (!read_set_options(call, at, options)) return;
  const auto words = read_fields(call, at, kCountWrong, 2);
  if (!words) return;
  std::vector<FieldRef> fields;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i + 1 < words->size(); i += 2) {
    names.push_back((*words)[i]);
    fields.push_back({(*words)[i], (*words)[i + 1]});
  }
  auto& hashes = call.group().hashes();
  if (options.if_none_present || options.if_all_present) {
    STELE_REDIS_TRY(const auto present, call, hashes.get_many(call.key(1), names));
    for (const auto& value : present) {
      if (value.has_value() == options.if_none_present) return call.reply().integer(0);
    }
  }
  const auto done = hashes.set(call.key(1), fields, options.expiry.value_or(ExpiryChange::clear()));
  if (!done) return call.fail(done.error());
  call.reply().integer(1);
}

template <bool kSeconds, bool kAbsolute>
void hexpire_row(Call& call) {
  hexpire(call, {kSeconds, kAbsolute});
}

template <bool kSeconds, bool kAbsolute>
void httl_row(Call& call) {
  httl(call, {kSeconds, kAbsolute});
}

constexpr std::uint32_t kWrite = flag::kWrite | flag::kFast;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom | flag::kFast;
constexpr std::uint32_t kRead = flag::kReadOnly | flag::kFast;
constexpr KeyPositions kChanged = {1, 1, 1, "RW update"};
constexpr KeyPositions kAsked = {1, 1, 1, "RO access"};
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kByFields = "O(N) where N is the number of fields";

constexpr std::array kCommands = {
    Command{"hexpire", -6, kGrow, kChanged, kKeys, hexpire_row<true, false>, "hash", "7.4.0", kByFields,
            "Lets fields of a hash expire after some seconds"},
    Command{"hpexpire", -6, kGrow, kChanged, kKeys, hexpire_row<false, false>, "hash", "7.4.0", kByFields,
            "Lets fields of a hash expire after some milliseconds"},
    Command{"hexpireat", -6, kGrow, kChanged, kKeys, hexpire_row<true, true>, "hash", "7.4.0", kByFields,
            "Lets fields of a hash expire at a second since 1970"},
    Command{"hpexpireat", -6, kGrow, kChanged, kKeys, hexpire_row<false, true>, "hash", "7.4.0", kByFields,
            "Lets fields of a hash expire at a millisecond since 1970"},
    Command{"httl", -5, kRead, kAsked, kKeys, httl_row<true, false>, "hash", "7.4.0", kByFields,
            "Answers in how many seconds fields of a hash expire"},
    Command{"hpttl", -5, kRead, kAsked, kKeys, httl_row<false, false>, "hash", "7.4.0", kByFields,
            "Answers in how many milliseconds fields of a hash expire"},
    Command{"hexpiretime", -5, kRead, kAsked, kKeys, httl_row<true, true>, "hash", "7.4.0", kByFields,
            "Answers the second since 1970 at which fields of a hash expire"},
    Command{"hpexpiretime", -5, kRead, kAsked, kKeys, httl_row<false, true>, "hash", "7.4.0", kByFields,
            "Answers the millisecond since 1970 at which fields of a hash expire"},
    Command{"hpersist", -5, kWrite, kChanged, kKeys, hpersist, "hash", "7.4.0", kByFields,
            "Takes the expiry from fields of a hash"},
    Command{"hgetex", -5, kWrite, kChanged, kKeys, hgetex, "hash", "8.0.0", kByFields,
            "Answers fields of a hash and sets when they expire"},
    Command{"hsetex", -6, kGrow, kChanged, kKeys, hsetex, "hash", "8.0.0", kByFields,
            "Sets fields of a hash and when they expire"},
    Command{"hgetdel", -5, kWrite, kChanged, kKeys, hgetdel, "hash", "8.0.0", kByFields,
            "Answers fields of a hash and removes them"},
};

}  // namespace

std::span<const Command> hash_expiry_commands() {
  return kCommands;
}

}  // namespace stele::redis
