// MEMORY: what keys, clients and scripts take.
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/memory_figures.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/operations/allocator.h"

namespace stele::redis {

namespace {

void memory_usage(Call& call) {
  if (call.size() != 3 && (call.size() != 5 || !call.is(3, "SAMPLES"))) return call.fail_syntax();
  if (call.size() == 5) {
    const auto samples = integer_argument(call[4]);
    if (!samples) return call.fail(samples.error());
    if (*samples < 0) return call.fail_syntax();
  }
  STELE_REDIS_TRY(const auto bytes, call, call.group().keys().memory(call.key(2)));
  bytes ? call.reply().integer(static_cast<std::int64_t>(*bytes)) : call.reply().null();
}

void memory_stats(Call& call) {
  const MemoryFigures memory(call.head());
  struct Figure {
    std::string_view name;
    std::variant<std::size_t, double> value;
  };
  std::vector<Figure> figures = {{"peak.allocated", memory.peak},
                                 {"total.allocated", memory.used},
                                 {"clients.normal", memory.clients},
                                 {"lua.caches", memory.scripts},
                                 {"functions.caches", memory.functions},
                                 {"keys.count", memory.keys},
                                 {"keys.bytes-per-key", memory.keys == 0 ? 0 : memory.dataset / memory.keys},
                                 {"dataset.bytes", memory.dataset},
                                 {"dataset.percentage", memory.percent_of_used(memory.dataset)},
                                 {"peak.percentage", memory.percent_of_peak()}};
  if (memory.allocator) {
    figures.push_back({"allocator.allocated", memory.allocator->allocated});
    figures.push_back({"allocator.active", memory.allocator->active});
    figures.push_back({"allocator.resident", memory.allocator->resident});
    figures.push_back({"allocator-fragmentation.ratio", memory.fragmentation_ratio()});
    figures.push_back({"allocator-fragmentation.bytes", memory.fragmentation_bytes()});
  }
  call.reply().map(figures.size());
  for (const auto& [name, value] : figures) {
    call.reply().bulk(name);
    if (const auto* const whole = std::get_if<std::size_t>(&value)) {
      call.reply().integer(static_cast<std::int64_t>(*whole));
    } else {
      call.reply().number(std::get<double>(value));
    }
  }
}

void memory_doctor(Call& call) {
  constexpr std::size_t kSmall = 5U << 20;
  constexpr double kMuch = 1.5;
  const MemoryFigures memory(call.head());
  std::string report;
  if (memory.used < kSmall) {
    return call.reply().verbatim("Few keys are here: there is nothing to say of their memory yet.\n");
  }
  if (static_cast<double>(memory.peak) > kMuch * static_cast<double>(memory.used)) {
    report +=
        fmt::format(" * Peak: at its highest memory was {} bytes, now it is {}.\n", memory.peak, memory.used);
  }
  if (memory.allocator && memory.fragmentation_ratio() > kMuch) {
    report += fmt::format(
        " * Fragmentation: the allocator's pages are {:.2f} of what is in them. MEMORY PURGE gives back "
        "pages that "
        "are free.\n",
        memory.fragmentation_ratio());
  }
  if (memory.limit > 0 && memory.used > memory.limit) {
    report += " * Limit: memory is beyond maxmemory.\n";
  }
  if (memory.clients > memory.used / 2) {
    report += " * Clients: their requests and replies take more than the keys; see maxmemory-clients.\n";
  }
  call.reply().verbatim(report.empty() ? "There is nothing to complain of.\n"
                                       : "What is to be said:\n\n" + report);
}

void memory_purge(Call& call) {
  (void)purge_allocator();
  call.reply().ok();
}

void memory_malloc_stats(Call& call) {
  const std::string report = allocator_report();
  call.reply().verbatim(report.empty() ? "Stats not supported for the current allocator" : report);
}

void memory_help(Call& call) {
  constexpr std::array<std::string_view, 10> kLines = {
      "DOCTOR",
      "    Return memory problems reports.",
      "MALLOC-STATS",
      "    Return internal statistics report from the memory allocator.",
      "PURGE",
      "    Attempt to purge dirty pages for reclamation by the allocator.",
      "STATS",
      "    Return information about the memory usage of the server.",
      "USAGE <key> [SAMPLES <count>]",
      "    Return memory in bytes used by <key> and its value.",
  };
  answer_help(call, "memory", kLines);
}

constexpr std::string_view kGroup = "server";
constexpr auto kNothing = Reach::kNothing;

constexpr std::array kMemoryCommands = {
    Command{
        "memory|doctor", 2, 0, {}, kNothing, memory_doctor, kGroup, "4.0.0", "O(1)", "Says how memory is"},
    Command{"memory|malloc-stats",
            2,
            0,
            {},
            kNothing,
            memory_malloc_stats,
            kGroup,
            "4.0.0",
            "Depends on how much memory is allocated",
            "Answers the report of the allocator"},
    Command{"memory|purge",
            2,
            0,
            {},
            kNothing,
            memory_purge,
            kGroup,
            "4.0.0",
            "Depends on how much memory is allocated",
            "Gives free pages back to the system"},
    Command{"memory|stats",
            2,
            0,
            {},
            kNothing,
            memory_stats,
            kGroup,
            "4.0.0",
            "O(1)",
            "Answers figures of memory"},
    Command{"memory|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            kNothing,
            memory_help,
            kGroup,
            "4.0.0",
            "O(1)",
            "Says what MEMORY can do"},
    Command{"memory|usage",
            -3,
            flag::kReadOnly,
            {2, 2, 1, "RO"},
            Reach::kKeys,
            memory_usage,
            kGroup,
            "4.0.0",
            "O(1)",
            "Answers how much memory a key takes"},
};

constexpr std::array kCommands = {
    Command{"memory",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            kGroup,
            "4.0.0",
            "Depends on subcommand.",
            "Tells about memory",
            kMemoryCommands},
};

}  // namespace

std::span<const Command> memory_commands() {
  return kCommands;
}

}  // namespace stele::redis
