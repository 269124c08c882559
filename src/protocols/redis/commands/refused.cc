// What a Redis without cluster, replicas and modules refuses, in its words; and MIGRATE, which Stele refuses.
#include <array>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

void no_cluster(Call& call) {
  call.fail("This instance has cluster support disabled");
}

void failover(Call& call) {
  if (call.size() == 2 && call.is(1, "ABORT")) return call.fail("No failover in progress.");
  call.fail("FAILOVER requires connected replicas.");
}

void replicaof(Call& call) {
  if (call.is(1, "NO") && call.is(2, "ONE")) return call.reply().ok();
  const auto port = integer_argument(call[2]);
  if (!port || *port < 0 || *port > 65535) return call.fail("Invalid master port");
  call.fail("Stele is no replica of a Redis: its keys are PostgreSQL's");
}

void migrate(Call& call) {
  if (!call[3].empty()) {
    STELE_REDIS_TRY(const bool is_there, call, call.group().keys().exists(call.key(3)));
    if (!is_there) return call.reply().simple("NOKEY");
  }
  call.fail("MIGRATE is not supported by Stele");
}

void no_modules(Call& call) {
  call.reply().array(0);
}

void no_module(Call& call) {
  call.fail("Stele loads no modules");
}

void module_help(Call& call) {
  constexpr std::array<std::string_view, 2> kLines = {"LIST", "    Return a list of loaded modules: none."};
  answer_help(call, "module", kLines);
}

constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "cluster";
constexpr std::string_view kSummary = "For clusters: refused";
constexpr std::string_view kOne = "O(1)";
constexpr std::uint32_t kStale = flag::kStale;
constexpr std::uint32_t kSet = flag::kStale | flag::kAdmin;
constexpr std::uint32_t kModule = flag::kAdmin | flag::kNoScript;

constexpr auto kClusterCommands = std::to_array<Command>({
    {"cluster|addslots", -3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|addslotsrange", -4, kSet, {}, kNothing, no_cluster, kGroup, "7.0.0", kOne, kSummary},
    {"cluster|bumpepoch", 2, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|count-failure-reports", 3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|countkeysinslot", 3, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|delslots", -3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|delslotsrange", -4, kSet, {}, kNothing, no_cluster, kGroup, "7.0.0", kOne, kSummary},
    {"cluster|failover", -2, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|flushslots", 2, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|forget", 3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|getkeysinslot", 4, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|help", 2, kStale | flag::kLoading, {}, kNothing, no_cluster, kGroup, "5.0.0", kOne, kSummary},
    {"cluster|info", 2, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|keyslot", 3, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|links", 2, kStale, {}, kNothing, no_cluster, kGroup, "7.0.0", kOne, kSummary},
    {"cluster|meet", -4, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|myid", 2, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|nodes", 2, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|replicas", 3, kSet, {}, kNothing, no_cluster, kGroup, "5.0.0", kOne, kSummary},
    {"cluster|replicate", 3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|reset", -2, kSet | flag::kNoScript, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|saveconfig", 2, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|set-config-epoch", 3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|setslot", -4, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|shards", 2, kStale, {}, kNothing, no_cluster, kGroup, "7.0.0", kOne, kSummary},
    {"cluster|slaves", 3, kSet, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"cluster|slots", 2, kStale, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
});

constexpr auto kModuleCommands = std::to_array<Command>({
    {"module|help",
     2,
     flag::kLoading | flag::kStale,
     {},
     kNothing,
     module_help,
     "server",
     "5.0.0",
     kOne,
     "Says what MODULE can do"},
    {"module|list",
     2,
     kModule,
     {},
     kNothing,
     no_modules,
     "server",
     "4.0.0",
     kOne,
     "Lists the modules: there are none"},
    {"module|load", -3, kModule, {}, kNothing, no_module, "server", "4.0.0", kOne, "Refused"},
    {"module|loadex", -3, kModule, {}, kNothing, no_module, "server", "7.0.0", kOne, "Refused"},
    {"module|unload", 3, kModule, {}, kNothing, no_module, "server", "4.0.0", kOne, "Refused"},
});

constexpr KeyPositions kMigrated = {3, 3, 1, "RW access delete"};

constexpr auto kCommands = std::to_array<Command>({
    {"cluster",
     -2,
     0,
     {},
     kNothing,
     nullptr,
     kGroup,
     "3.0.0",
     "Depends on subcommand.",
     kSummary,
     kClusterCommands},
    {"asking", 1, flag::kFast, {}, kNothing, no_cluster, kGroup, "3.0.0", kOne, kSummary},
    {"readonly",
     1,
     flag::kFast | flag::kLoading | flag::kStale,
     {},
     kNothing,
     no_cluster,
     kGroup,
     "3.0.0",
     kOne,
     kSummary},
    {"readwrite",
     1,
     flag::kFast | flag::kLoading | flag::kStale,
     {},
     kNothing,
     no_cluster,
     kGroup,
     "3.0.0",
     kOne,
     kSummary},
    {"failover",
     -1,
     flag::kAdmin | flag::kNoScript | flag::kStale,
     {},
     kNothing,
     failover,
     "server",
     "6.2.0",
     kOne,
     "Refused: there are no replicas"},
    {"replicaof",
     3,
     flag::kAdmin | flag::kNoScript | flag::kStale,
     {},
     kNothing,
     replicaof,
     "server",
     "5.0.0",
     kOne,
     "Refused, but for NO ONE"},
    {"slaveof",
     3,
     flag::kAdmin | flag::kNoScript | flag::kStale,
     {},
     kNothing,
     replicaof,
     "server",
     "1.0.0",
     kOne,
     "Refused, but for NO ONE"},
    {"migrate", -6, flag::kWrite, kMigrated, Reach::kKeys, migrate, "generic", "2.6.0", "O(N)", "Refused"},
    {"module",
     -2,
     0,
     {},
     kNothing,
     nullptr,
     "server",
     "4.0.0",
     "Depends on subcommand.",
     "Modules: there are none",
     kModuleCommands},
});

}  // namespace

std::span<const Command> refused_commands() {
  return kCommands;
}

}  // namespace stele::redis
