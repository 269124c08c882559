// HyperLogLogs: PFADD, PFCOUNT, PFMERGE, and what Redis' own tests look into them with.
#include "protocols/redis/hyperloglog/hyperloglog.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;

std::size_t sparse_bytes_max(Call& call) {
  return call.head().settings().hll_sparse_bytes_max;
}

// Nothing when there is no such key; its bytes too, if they are wanted.
Result<std::optional<HyperLogLog>> read_at(Call& call, std::size_t i, std::string* bytes_or_null = nullptr) {
  STELE_TRY(const auto value, call.group().strings().get(call.key(i)));
  if (!value) return std::optional<HyperLogLog>();
  STELE_TRY(HyperLogLog read, HyperLogLog::read(*value));
  if (bytes_or_null != nullptr) *bytes_or_null = *value;
  return std::optional<HyperLogLog>(read);
}

// Over what was there, whose expiry stays.
Result<void> write(Call& call, HyperLogLog& log, std::size_t former_bytes) {
  const std::string bytes = log.write(sparse_bytes_max(call));
  auto& strings = call.group().strings();
  if (bytes.size() < former_bytes) {
    keyspace::SetOptions options;
    options.expiry = keyspace::ExpiryChange::keep();
    STELE_TRY([[maybe_unused]] const auto done, strings.set(call.key(1), bytes, options));
    return {};
  }
  STELE_TRY([[maybe_unused]] const std::size_t size,
            strings.overwrite(call.key(1), 0, bytes, ChangeEvent::kHyperLogLogAdd));
  return {};
}

void pfadd(Call& call) {
  std::string former;
  STELE_REDIS_TRY(auto log, call, read_at(call, 1, &former));
  bool has_changed = !log;
  if (!log) log.emplace();
  for (const std::string_view element : call.arguments(2)) has_changed |= log->add(element);
  if (has_changed) {
    const auto written = write(call, *log, former.size());
    if (!written) return call.fail(written.error());
  }
  call.reply().integer(has_changed ? 1 : 0);
}

void count_of_one(Call& call) {
  std::string bytes;
  STELE_REDIS_TRY(const auto log, call, read_at(call, 1, &bytes));
  call.count_lookup(log.has_value());
  if (!log) return call.reply().integer(0);
  // The count that the value keeps is not brought up to date here: a read changes nothing.
  const std::uint64_t count = kept_count(bytes).value_or(log->count());
  call.reply().integer(static_cast<std::int64_t>(count));
}

void pfcount(Call& call) {
  if (call.size() == 2) return count_of_one(call);
  HyperLogLog all;
  for (std::size_t i = 1; i < call.size(); ++i) {
    STELE_REDIS_TRY(const auto log, call, read_at(call, i));
    if (log) all.merge(*log);
  }
  call.reply().integer(static_cast<std::int64_t>(all.count()));
}

void pfmerge(Call& call) {
  HyperLogLog all;
  std::string former;
  for (std::size_t i = 1; i < call.size(); ++i) {
    STELE_REDIS_TRY(const auto log, call, read_at(call, i, i == 1 ? &former : nullptr));
    if (log) all.merge(*log);
  }
  const auto written = write(call, all, former.size());
  if (!written) return call.fail(written.error());
  call.reply().ok();
}

void pfselftest(Call& call) {
  // What it asks for is tested when Stele is built.
  HyperLogLog log;
  for (int i = 0; i < 1000; ++i) log.add(std::to_string(i));
  const std::uint64_t count = log.count();
  if (count < 950 || count > 1050) return call.fail(fmt::format("TESTFAILED 1000 were counted as {}", count));
  call.reply().ok();
}

void pfdebug(Call& call) {
  // The key is the third word.
  const auto value = call.group().strings().get(call.key(2));
  if (!value) return call.fail(value.error());
  if (!*value) return call.fail("The specified key does not exist");
  const std::string former(**value);
  STELE_REDIS_TRY(HyperLogLog log, call, HyperLogLog::read(former));
  if (call.is(1, "ENCODING")) return call.reply().simple(log.is_dense() ? "dense" : "sparse");
  if (call.is(1, "GETREG")) {
    call.reply().array(HyperLogLog::kRegisters);
    for (std::size_t i = 0; i < HyperLogLog::kRegisters; ++i) call.reply().integer(log.register_at(i));
    return;
  }
  if (!call.is(1, "TODENSE")) return call.fail(fmt::format("Unknown PFDEBUG subcommand '{}'", call[1]));
  const bool was_sparse = !log.is_dense();
  log.make_dense();
  if (was_sparse) {
    const auto written =
        call.group().strings().overwrite(call.key(2), 0, log.write(0), ChangeEvent::kHyperLogLogAdd);
    if (!written) return call.fail(written.error());
  }
  call.reply().integer(was_sparse ? 1 : 0);
}

constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kGroup = "hyperloglog";
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;

constexpr std::array kCommands = {
    Command{"pfadd",
            -2,
            kGrow | flag::kFast,
            {1, 1, 1, "RW insert"},
            kKeys,
            pfadd,
            kGroup,
            "2.8.9",
            "O(1) for each element",
            "Adds elements to a HyperLogLog"},
    Command{"pfcount",
            -2,
            flag::kReadOnly,
            {1, -1, 1, "RW access"},
            kKeys,
            pfcount,
            kGroup,
            "2.8.9",
            "O(1), O(N) for N keys",
            "Answers about how many different elements were added"},
    Command{"pfmerge",
            -2,
            kGrow,
            {1, -1, 1, "RW access insert"},
            kKeys,
            pfmerge,
            kGroup,
            "2.8.9",
            "O(N) for N keys",
            "Joins HyperLogLogs into one"},
    Command{"pfselftest",
            1,
            flag::kAdmin | flag::kDangerous,
            {},
            Reach::kNothing,
            pfselftest,
            kGroup,
            "2.8.9",
            "O(1)",
            "Looks whether counting works"},
    Command{"pfdebug",
            3,
            kGrow | flag::kAdmin | flag::kDangerous,
            {2, 2, 1, "RW access"},
            kKeys,
            pfdebug,
            kGroup,
            "2.8.9",
            "O(N)",
            "Shows the inside of a HyperLogLog"},
};

}  // namespace

std::span<const Command> hyperloglog_commands() {
  return kCommands;
}

}  // namespace stele::redis
