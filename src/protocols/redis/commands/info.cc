#include "protocols/redis/commands/info.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "protocols/redis/commands/memory_figures.h"
#include "protocols/redis/commands/save.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/version.h"

namespace stele::redis {

namespace {

using Out = std::back_insert_iterator<std::string>;

std::uint64_t sum(Head& head, OwnedCounter ReactorStatistics::* counter) {
  std::uint64_t total = 0;
  for (ReactorStatistics* const each : head.statistics()) total += (each->*counter).value();
  return total;
}

void write_server(Call& call, Out out) {
  const Head& head = call.head();
  utsname system{};
  ::uname(&system);
  const auto up =
      std::chrono::duration_cast<std::chrono::seconds>(head.services().clock->now() - head.started());
  const auto now = head.services().clock->wall().time_since_epoch();
  fmt::format_to(out,
                 "redis_version:{}\r\nstele_version:{}\r\nredis_mode:standalone\r\nos:{} {} {}\r\n"
                 "arch_bits:{}\r\nprocess_id:{}\r\nrun_id:{}\r\ntcp_port:{}\r\nserver_time_usec:{}\r\n"
                 "uptime_in_seconds:{}\r\nuptime_in_days:{}\r\n",
                 kRedisVersion, head.services().version, system.sysname, system.release, system.machine,
                 sizeof(void*) * 8, ::getpid(), head.services().run_id, head.port(),
                 std::chrono::duration_cast<std::chrono::microseconds>(now).count(), up.count(),
                 up.count() / 86400);
}

void write_clients(Call& call, Out out) {
  std::size_t input = 0;
  std::size_t output = 0;
  std::size_t blocked = 0;
  for (const auto& record : call.head().clients().all()) {
    input = std::max(input, record->input_bytes.load());
    output = std::max(output, record->output_bytes.load());
    blocked += record->is_blocked ? 1 : 0;
  }
  fmt::format_to(out,
                 "connected_clients:{}\r\ncluster_connections:0\r\nmaxclients:{}\r\n"
                 "client_recent_max_input_buffer:{}\r\nclient_recent_max_output_buffer:{}\r\n"
                 "blocked_clients:{}\r\ntracking_clients:{}\r\nclients_in_timeout_table:0\r\n",
                 call.head().clients().size(), call.head().settings().clients_max.load(), input, output,
                 blocked, call.head().tracking().sizes().clients);
}

void write_memory(Call& call, Out out) {
  const std::string section = memory_section(call.head());
  std::ranges::copy(section, out);
}

// A line of INFO is a field of it.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  return text;
}

// How the keys fare in PostgreSQL.
void write_persistence(Call& call, Out out) {
  const views::KeysStatus status = call.head().keys().status();
  const auto stats = call.head().keys().keyspace().stats();
  fmt::format_to(out,
                 "loading:{}\r\nasync_loading:0\r\nrdb_changes_since_last_save:{}\r\n"
                 "rdb_bgsave_in_progress:0\r\nrdb_last_save_time:{}\r\nrdb_last_bgsave_status:{}\r\n"
                 "rdb_saves:{}\r\naof_enabled:0\r\naof_rewrite_in_progress:0\r\n"
                 "stele_keys_owner:{}\r\nstele_backlog_objects:{}\r\nstele_backlog_bytes:{}\r\n"
                 "stele_backlog_bytes_max:{}\r\nstele_backlog_age_ms:{}\r\nstele_flushes:{}\r\nstele_flushes_"
                 "failed:{}\r\nstele_flush_error:{}\r\n"
                 "stele_refused_keys:{}\r\nstele_overridden:{}\r\nstele_lsn:{}\r\n",
                 status.loading ? 1 : 0, stats.dirty_objects, last_save_seconds(call.head(), status),
                 status.flush_error.empty() ? "ok" : "err", status.flushes, status.owner ? 1 : 0,
                 status.backlog_objects, status.backlog_bytes, status.backlog_bytes_max,
                 std::chrono::ceil<std::chrono::milliseconds>(status.backlog_age).count(), status.flushes,
                 status.flushes_failed, one_line(status.flush_error), status.refused_count, stats.overridden,
                 call.head().keys().visible().to_string());
  std::size_t number = 0;
  for (const auto& refused : status.refused) {
    fmt::format_to(out, "stele_refused_{}:{}\r\n", number++, one_line(refused.reason));
  }
}

void write_stats(Call& call, Out out) {
  Head& head = call.head();
  const auto stats = head.stats_since_reset();
  const Tracking::Sizes tracking = head.tracking().sizes();
  std::uint64_t errors = 0;
  for (ReactorStatistics* const each : head.statistics()) {
    for (const auto& [word, count] : each->errors()) errors += count;
  }
  fmt::format_to(
      out,
      "total_connections_received:{}\r\ntotal_commands_processed:{}\r\ntotal_net_input_bytes:{}\r\n"
      "total_net_output_bytes:{}\r\nrejected_connections:{}\r\nexpired_keys:{}\r\n"
      "evicted_keys:{}\r\nevicted_clients:{}\r\nkeyspace_hits:{}\r\nkeyspace_misses:{}\r\npubsub_channels:{}"
      "\r\n"
      "pubsub_patterns:{}\r\npubsubshard_channels:{}\r\ntracking_total_keys:{}\r\ntracking_total_items:{}"
      "\r\ntracking_total_prefixes:{}\r\nmigrate_cached_sockets:0\r\ntotal_forks:0\r\nlatest_fork_usec:"
      "0\r\ntotal_error_replies:{}\r\n",
      head.clients().accepted(), sum(head, &ReactorStatistics::commands),
      sum(head, &ReactorStatistics::input_bytes), sum(head, &ReactorStatistics::output_bytes),
      sum(head, &ReactorStatistics::refused_connections), stats.expired, stats.evicted,
      head.evicted_clients(), sum(head, &ReactorStatistics::hits), sum(head, &ReactorStatistics::misses),
      head.channels().size(ChannelKind::kChannel), head.channels().size(ChannelKind::kPattern),
      head.channels().size(ChannelKind::kShard), tracking.keys, tracking.items, tracking.prefixes, errors);
}

void write_replication(Call& call, Out out) {
  fmt::format_to(out,
                 "role:master\r\nconnected_slaves:0\r\nmaster_failover_state:no-failover\r\n"
                 "master_replid:{}\r\nmaster_repl_offset:0\r\nsecond_repl_offset:-1\r\n"
                 "repl_backlog_active:0\r\n",
                 call.head().services().run_id);
}

void write_cpu(Call&, Out out) {
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  fmt::format_to(out, "used_cpu_sys:{}.{:06}\r\nused_cpu_user:{}.{:06}\r\n", own.ru_stime.tv_sec,
                 own.ru_stime.tv_usec, own.ru_utime.tv_sec, own.ru_utime.tv_usec);
}

void write_command_statistics(Call& call, Out out) {
  const CommandTable& table = CommandTable::get();
  const std::vector<ReactorStatistics*> reactors = call.head().statistics();
  for (std::size_t i = 0; i < table.numbers(); ++i) {
    std::uint64_t calls = 0;
    std::uint64_t ns = 0;
    std::uint64_t rejected = 0;
    std::uint64_t failed = 0;
    for (ReactorStatistics* const each : reactors) {
      const auto& of_command = each->of_command(i);
      calls += of_command.calls.value();
      ns += of_command.nanoseconds.value();
      rejected += of_command.rejected.value();
      failed += of_command.failed.value();
    }
    if (calls + rejected == 0) continue;
    const double per_call = calls == 0 ? 0 : static_cast<double>(ns) / 1000.0 / static_cast<double>(calls);
    fmt::format_to(out,
                   "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}\r\n",
                   table.row_at(i).name, calls, ns / 1000, per_call, rejected, failed);
  }
}

void write_latency_statistics(Call& call, Out out) {
  const CommandTable& table = CommandTable::get();
  const std::vector<double> percentiles = call.head().percentiles();
  if (percentiles.empty()) return;
  for (std::size_t i = 0; i < table.numbers(); ++i) {
    TimeSums sums;
    for (ReactorStatistics* const each : call.head().statistics()) each->add_times(i, sums);
    if (sums.total() == 0) continue;
    std::string_view separator = ":";
    fmt::format_to(out, "latency_percentiles_usec_{}", table.row_at(i).name);
    for (const double percent : percentiles) {
      fmt::format_to(out, "{}p{}={:.3f}", std::exchange(separator, ","), percent,
                     static_cast<double>(sums.percentile_ns(percent)) / 1000);
    }
    fmt::format_to(out, "\r\n");
  }
}

void write_error_statistics(Call& call, Out out) {
  std::map<std::string, std::uint64_t> errors;
  for (ReactorStatistics* const each : call.head().statistics()) {
    for (const auto& [word, count] : each->errors()) errors[word] += count;
  }
  for (const auto& [word, count] : errors) fmt::format_to(out, "errorstat_{}:count={}\r\n", word, count);
}

void write_cluster(Call&, Out out) {
  fmt::format_to(out, "cluster_enabled:0\r\n");
}

void write_keyspace(Call& call, Out out) {
  const auto stats = call.head().keys().keyspace().stats();
  for (std::uint16_t i = 0; i < kDatabases; ++i) {
    const std::size_t keys = call.group().keys().size(keyspace::DatabaseNumber(i));
    if (keys == 0) continue;
    fmt::format_to(out, "db{}:keys={}", i, keys);
    // How many expire is known over all databases only, so it is told when there is one.
    if (keys == stats.keys) fmt::format_to(out, ",expires={}", stats.keys_with_expiry);
    fmt::format_to(out, "\r\n");
  }
}

struct Section {
  std::string_view name;
  std::string_view title;
  bool is_usual;
  void (*write)(Call&, Out);
};

constexpr std::array kSections = {
    Section{"server", "Server", true, write_server},
    Section{"clients", "Clients", true, write_clients},
    Section{"memory", "Memory", true, write_memory},
    Section{"persistence", "Persistence", true, write_persistence},
    Section{"stats", "Stats", true, write_stats},
    Section{"replication", "Replication", true, write_replication},
    Section{"cpu", "CPU", true, write_cpu},
    Section{"commandstats", "Commandstats", false, write_command_statistics},
    Section{"latencystats", "Latencystats", false, write_latency_statistics},
    Section{"errorstats", "Errorstats", true, write_error_statistics},
    Section{"cluster", "Cluster", true, write_cluster},
    Section{"keyspace", "Keyspace", true, write_keyspace},
};

}  // namespace

std::string info_text(Call& call, std::span<const std::string_view> sections) {
  std::string text;
  for (const Section& section : kSections) {
    bool is_asked = sections.empty() && section.is_usual;
    for (const std::string_view name : sections) {
      is_asked |= to_lower(name) == section.name;
      is_asked |= is_word(name, "ALL") || is_word(name, "EVERYTHING");
      is_asked |= is_word(name, "DEFAULT") && section.is_usual;
    }
    if (!is_asked) continue;
    if (!text.empty()) text += "\r\n";
    fmt::format_to(Out(text), "# {}\r\n", section.title);
    section.write(call, Out(text));
  }
  return text;
}

}  // namespace stele::redis
