// Parameters of Redis that mean nothing to Stele, and are kept for who sets and reads them.
#include <algorithm>
#include <array>
#include <cstddef>

#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/config_parameters.h"

namespace stele::redis {

namespace {

using Problem = std::optional<std::string>;

// A text as an argument of a template.
template <std::size_t Size>
struct FixedText {
  // NOLINTNEXTLINE(google-explicit-constructor): so that a literal is one.
  consteval FixedText(const char (&literal)[Size]) { std::copy_n(literal, Size, text); }
  constexpr std::string_view view() const { return {text, Size - 1}; }

  char text[Size];
};

Problem any(std::string_view) {
  return std::nullopt;
}

Problem yes_or_no(std::string_view value) {
  if (is_word(value, "YES") || is_word(value, "NO")) return std::nullopt;
  return "argument must be 'yes' or 'no'";
}

Problem number(std::string_view value) {
  if (!keyspace::parse_integer(value)) return "argument couldn't be parsed into an integer";
  return std::nullopt;
}

Problem memory(std::string_view value) {
  if (!read_memory(value)) return "argument must be a memory value";
  return std::nullopt;
}

Problem level(std::string_view value) {
  for (const std::string_view each : {"DEBUG", "VERBOSE", "NOTICE", "WARNING"}) {
    if (is_word(value, each)) return std::nullopt;
  }
  return "argument(s) must be one of the following: debug, verbose, notice, warning";
}

template <FixedText Name, FixedText Value>
constexpr ConfigParameter kept(Problem (*check)(std::string_view)) {
  return {Name.view(), [](Head& head) { return head.kept().get(Name.view(), Value.view()); }, check,
          [](Head& head, std::string_view value) { head.kept().set(Name.view(), value); }};
}

constexpr ConfigParameter hidden(ConfigParameter parameter) {
  parameter.is_hidden = true;
  return parameter;
}

constexpr std::array kKept = {
    kept<"save", "">(any),
    kept<"appendfsync", "everysec">(any),
    kept<"aof-use-rdb-preamble", "yes">(yes_or_no),
    kept<"aof-timestamp-enabled", "no">(yes_or_no),
    kept<"aof-load-truncated", "yes">(yes_or_no),
    kept<"auto-aof-rewrite-percentage", "100">(number),
    kept<"auto-aof-rewrite-min-size", "67108864">(memory),
    kept<"no-appendfsync-on-rewrite", "no">(yes_or_no),
    kept<"rdbcompression", "yes">(yes_or_no),
    hidden(kept<"rdb-key-save-delay", "0">(number)),
    hidden(kept<"key-load-delay", "0">(number)),
    kept<"stop-writes-on-bgsave-error", "yes">(yes_or_no),
    kept<"dir", ".">(any),
    kept<"dbfilename", "dump.rdb">(any),
    kept<"loglevel", "notice">(level),
    kept<"masterauth", "">(any),
    kept<"masteruser", "">(any),
    kept<"min-replicas-to-write", "0">(number),
    kept<"min-slaves-to-write", "0">(number),
    kept<"min-replicas-max-lag", "10">(number),
    kept<"replica-serve-stale-data", "yes">(yes_or_no),
    kept<"slave-serve-stale-data", "yes">(yes_or_no),
    kept<"replica-read-only", "yes">(yes_or_no),
    kept<"replica-priority", "100">(number),
    kept<"replica-announce-ip", "">(any),
    kept<"replica-announced", "yes">(yes_or_no),
    kept<"repl-timeout", "60">(number),
    kept<"repl-backlog-size", "1048576">(memory),
    kept<"repl-backlog-ttl", "3600">(number),
    kept<"repl-diskless-sync", "yes">(yes_or_no),
    kept<"repl-diskless-sync-delay", "5">(number),
    kept<"repl-diskless-load", "disabled">(any),
    kept<"repl-ping-replica-period", "10">(number),
    kept<"propagation-error-behavior", "ignore">(any),
    kept<"replica-ignore-disk-write-errors", "no">(yes_or_no),
    kept<"activerehashing", "yes">(yes_or_no),
    kept<"activedefrag", "no">(yes_or_no),
    kept<"active-expire-effort", "1">(number),
    kept<"hz", "10">(number),
    kept<"dynamic-hz", "yes">(yes_or_no),
    kept<"lazyfree-lazy-eviction", "no">(yes_or_no),
    kept<"lazyfree-lazy-expire", "no">(yes_or_no),
    kept<"lazyfree-lazy-server-del", "no">(yes_or_no),
    kept<"lazyfree-lazy-user-del", "no">(yes_or_no),
    kept<"lazyfree-lazy-user-flush", "no">(yes_or_no),
    kept<"replica-lazy-flush", "no">(yes_or_no),
    kept<"sanitize-dump-payload", "no">(any),
    kept<"tcp-keepalive", "300">(number),
    kept<"protected-mode", "yes">(yes_or_no),
    kept<"oom-score-adj", "no">(any),
    kept<"crash-log-enabled", "yes">(yes_or_no),
    kept<"crash-memcheck-enabled", "yes">(yes_or_no),
    kept<"shutdown-timeout", "10">(number),
    kept<"shutdown-on-sigint", "default">(any),
    kept<"shutdown-on-sigterm", "default">(any),
    kept<"jemalloc-bg-thread", "yes">(yes_or_no),
    kept<"cluster-require-full-coverage", "yes">(yes_or_no),
    kept<"cluster-allow-pubsubshard-when-down", "yes">(yes_or_no),
    kept<"cluster-node-timeout", "15000">(number),
    hidden(kept<"watchdog-period", "0">(number)),
    kept<"ignore-warnings", "">(any),
};

}  // namespace

std::span<const ConfigParameter> kept_parameters() {
  return kKept;
}

}  // namespace stele::redis
