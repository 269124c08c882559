#include "protocols/redis/commands/config_parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <vector>

#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

using Problem = std::optional<std::string>;

std::optional<std::size_t> read_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return words;
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(words.back().size());
  }
}

Problem check_memory(std::string_view value) {
  if (!read_memory(value)) return "argument must be a memory value";
  return std::nullopt;
}

Problem check_number(std::string_view value) {
  if (!read_number(value)) return "argument couldn't be parsed into an integer";
  return std::nullopt;
}

Problem check_any(std::string_view) {
  return std::nullopt;
}

Problem check_pubsub_default(std::string_view value) {
  if (is_word(value, "ALLCHANNELS") || is_word(value, "RESETCHANNELS")) return std::nullopt;
  return "argument(s) must be one of the following: allchannels, resetchannels";
}

Problem check_bulk_bytes(std::string_view value) {
  constexpr std::size_t kLeast = 1024UL * 1024;
  if (const Problem problem = check_memory(value)) return problem;
  const std::size_t bytes = *read_memory(value);
  if (bytes < kLeast) return "argument must be between 1048576 and 9223372036854775807 inclusive";
  if (bytes > keyspace::kStringBytesMax) return "Stele keeps no string above 536870912 bytes";
  return std::nullopt;
}

Problem check_query_buffer_bytes(std::string_view value) {
  constexpr std::size_t kLeast = 1024UL * 1024;
  if (const Problem problem = check_memory(value)) return problem;
  if (*read_memory(value) < kLeast)
    return "argument must be between 1048576 and 9223372036854775807 inclusive";
  return std::nullopt;
}

Problem check_clients(std::string_view value) {
  const auto number = read_number(value);
  if (!number) return "argument couldn't be parsed into an integer";
  if (*number < 1) return "argument must be between 1 and 4294967295 inclusive";
  return std::nullopt;
}

template <auto Member>
std::string get_setting(Head& head) {
  return std::to_string((head.settings().*Member).load());
}

template <auto Member>
void set_memory(Head& head, std::string_view value) {
  head.settings().*Member = *read_memory(value);
}

template <auto Member>
void set_number(Head& head, std::string_view value) {
  head.settings().*Member = *read_number(value);
}

Problem check_switch(std::string_view value) {
  if (is_word(value, "YES") || is_word(value, "NO")) return std::nullopt;
  return "argument must be 'yes' or 'no'";
}

template <auto Member>
std::string get_switch(Head& head) {
  return (head.settings().*Member).load() ? "yes" : "no";
}

template <auto Member>
void set_switch(Head& head, std::string_view value) {
  head.settings().*Member = is_word(value, "YES");
}

std::string get_percentiles(Head& head) {
  return fmt::format("{}", fmt::join(head.percentiles(), " "));
}

Problem check_percentiles(std::string_view value) {
  for (const std::string_view word : split_words(value)) {
    const auto percent = keyspace::parse_float(word);
    if (!percent) return "Invalid latency percentile";
    if (*percent < 0 || *percent > 100) return "latency percentiles must be between 0 and 100";
  }
  return std::nullopt;
}

void set_percentiles(Head& head, std::string_view value) {
  std::vector<double> percentiles;
  for (const std::string_view word : split_words(value))
    percentiles.push_back(static_cast<double>(*keyspace::parse_float(word)));
  head.set_percentiles(std::move(percentiles));
}

Problem check_integer(std::string_view value) {
  if (!keyspace::parse_integer(value)) return "argument couldn't be parsed into an integer";
  return std::nullopt;
}

template <auto Member>
void set_integer(Head& head, std::string_view value) {
  head.settings().*Member = *keyspace::parse_integer(value);
}

void set_memory_max(Head& head, std::string_view value) {
  head.settings().memory_bytes_max = *read_memory(value);
  head.keys().keyspace().set_max_memory(*read_memory(value));
}

std::string get_clients_memory(Head& head) {
  const std::int64_t limit = head.settings().clients_memory_max;
  return limit < 0 ? std::to_string(-limit) + "%" : std::to_string(limit);
}

std::optional<std::int64_t> read_clients_memory(std::string_view text) {
  if (text.ends_with('%')) {
    const auto percent = read_number(text.substr(0, text.size() - 1));
    if (!percent || *percent > 100) return std::nullopt;
    return -static_cast<std::int64_t>(*percent);
  }
  const auto bytes = read_memory(text);
  if (!bytes || *bytes > INT64_MAX) return std::nullopt;
  return static_cast<std::int64_t>(*bytes);
}

Problem check_clients_memory(std::string_view value) {
  if (!read_clients_memory(value)) return "argument must be a memory or percent value";
  return std::nullopt;
}

void set_clients_memory(Head& head, std::string_view value) {
  head.settings().clients_memory_max = *read_clients_memory(value);
  head.client_memory().evict();
}

std::string get_policy(Head& head) {
  return std::string(keyspace::to_string(head.settings().eviction_policy));
}

Problem check_policy(std::string_view value) {
  if (keyspace::parse_eviction_policy(to_lower(value))) return std::nullopt;
  return "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, "
         "volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction";
}

void use_eviction_settings(Head& head) {
  const Settings& settings = head.settings();
  head.keys().keyspace().set_eviction({.policy = settings.eviction_policy,
                                       .samples = settings.eviction_samples,
                                       .lfu_log_factor = settings.lfu_log_factor,
                                       .lfu_decay_minutes = settings.lfu_decay_minutes});
}

void set_policy(Head& head, std::string_view value) {
  head.settings().eviction_policy = *keyspace::parse_eviction_policy(to_lower(value));
  use_eviction_settings(head);
}

Problem check_samples(std::string_view value) {
  const auto number = read_number(value);
  if (!number) return "argument couldn't be parsed into an integer";
  if (*number < 1 || *number > 64) return "argument must be between 1 and 64 inclusive";
  return std::nullopt;
}

Problem check_small_number(std::string_view value) {
  const auto number = read_number(value);
  if (!number) return "argument couldn't be parsed into an integer";
  if (*number > INT32_MAX) return "argument must be between 0 and 2147483647 inclusive";
  return std::nullopt;
}

template <auto Member>
void set_eviction_number(Head& head, std::string_view value) {
  auto& setting = head.settings().*Member;
  setting = static_cast<std::remove_reference_t<decltype(setting)>::value_type>(*read_number(value));
  use_eviction_settings(head);
}

std::string get_notified(Head& head) {
  return write_notified(head.settings().notified);
}

Problem check_notified(std::string_view value) {
  if (!read_notified(value)) return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
  return std::nullopt;
}

void set_notified(Head& head, std::string_view value) {
  head.settings().notified = *read_notified(value);
  head.events().listen_if_wanted();
}

struct OutputClass {
  std::string_view name;
  std::string_view other_name;
  OutputLimits Settings::* limits;
};
constexpr std::array kOutputClasses = {OutputClass{"normal", "normal", &Settings::normal_output},
                                       OutputClass{"slave", "replica", &Settings::replica_output},
                                       OutputClass{"pubsub", "pubsub", &Settings::pubsub_output}};

std::string get_output_limits(Head& head) {
  std::string text;
  for (const OutputClass& each : kOutputClasses) {
    const OutputLimits& limits = head.settings().*each.limits;
    fmt::format_to(std::back_inserter(text), "{}{} {} {} {}", text.empty() ? "" : " ", each.name,
                   limits.hard_bytes.load(), limits.soft_bytes.load(), limits.soft_seconds.load());
  }
  return text;
}

// Calls `take` with the class, and its two sizes and its time, of each group of four words.
template <class Take>
Problem read_output_limits(std::string_view value, Take take) {
  const std::vector<std::string_view> words = split_words(value);
  if (words.empty() || words.size() % 4 != 0)
    return "Wrong number of arguments in buffer limit configuration.";
  for (std::size_t i = 0; i < words.size(); i += 4) {
    const std::string name = to_lower(words[i]);
    const auto found = std::ranges::find_if(kOutputClasses, [&](const OutputClass& each) {
      return each.name == name || each.other_name == name;
    });
    if (found == kOutputClasses.end()) return "Invalid client class specified in buffer limit configuration.";
    const auto hard = read_memory(words[i + 1]);
    const auto soft = read_memory(words[i + 2]);
    const auto time = read_number(words[i + 3]);
    if (!hard || !soft || !time)
      return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
    take(*found, *hard, *soft, *time);
  }
  return std::nullopt;
}

Problem check_output_limits(std::string_view value) {
  return read_output_limits(value, [](const OutputClass&, std::size_t, std::size_t, std::size_t) {});
}

void set_output_limits(Head& head, std::string_view value) {
  (void)read_output_limits(
      value, [&](const OutputClass& each, std::size_t hard, std::size_t soft, std::size_t time) {
        OutputLimits& limits = head.settings().*each.limits;
        limits.hard_bytes = hard;
        limits.soft_bytes = soft;
        limits.soft_seconds = time;
      });
}

// A value that is as it is.
template <const char* kText>
std::string fixed(Head&) {
  return kText;
}

constexpr char kNo[] = "no";
constexpr char kNothing[] = "";
constexpr char kSixteen[] = "16";

using S = Settings;
constexpr std::array kParameters = {
    ConfigParameter{"maxmemory", get_setting<&S::memory_bytes_max>, check_memory, set_memory_max},
    ConfigParameter{"maxclients", get_setting<&S::clients_max>, check_clients, set_number<&S::clients_max>},
    ConfigParameter{"timeout", get_setting<&S::idle_seconds_max>, check_number,
                    set_number<&S::idle_seconds_max>},
    ConfigParameter{"proto-max-bulk-len", get_setting<&S::bulk_bytes_max>, check_bulk_bytes,
                    set_memory<&S::bulk_bytes_max>},
    ConfigParameter{"client-query-buffer-limit", get_setting<&S::query_buffer_bytes_max>,
                    check_query_buffer_bytes, set_memory<&S::query_buffer_bytes_max>},
    ConfigParameter{"hash-max-listpack-entries", get_setting<&S::listpack_entries_max>, check_number,
                    set_number<&S::listpack_entries_max>},
    ConfigParameter{"hash-max-listpack-value", get_setting<&S::listpack_value_bytes_max>, check_memory,
                    set_memory<&S::listpack_value_bytes_max>},
    ConfigParameter{"hash-max-ziplist-entries", get_setting<&S::listpack_entries_max>, check_number,
                    set_number<&S::listpack_entries_max>},
    ConfigParameter{"hash-max-ziplist-value", get_setting<&S::listpack_value_bytes_max>, check_memory,
                    set_memory<&S::listpack_value_bytes_max>},
    ConfigParameter{"set-max-intset-entries", get_setting<&S::intset_entries_max>, check_number,
                    set_number<&S::intset_entries_max>},
    ConfigParameter{"zset-max-listpack-entries", get_setting<&S::sorted_entries_max>, check_number,
                    set_number<&S::sorted_entries_max>},
    ConfigParameter{"zset-max-listpack-value", get_setting<&S::sorted_value_bytes_max>, check_memory,
                    set_memory<&S::sorted_value_bytes_max>},
    ConfigParameter{"zset-max-ziplist-entries", get_setting<&S::sorted_entries_max>, check_number,
                    set_number<&S::sorted_entries_max>},
    ConfigParameter{"zset-max-ziplist-value", get_setting<&S::sorted_value_bytes_max>, check_memory,
                    set_memory<&S::sorted_value_bytes_max>},
    ConfigParameter{"list-max-listpack-size", get_setting<&S::list_listpack_size>, check_integer,
                    set_integer<&S::list_listpack_size>},
    ConfigParameter{"list-max-ziplist-size", get_setting<&S::list_listpack_size>, check_integer,
                    set_integer<&S::list_listpack_size>},
    ConfigParameter{"list-compress-depth", get_setting<&S::list_compress_depth>, check_integer,
                    set_integer<&S::list_compress_depth>},
    ConfigParameter{"stream-node-max-entries", get_setting<&S::stream_node_entries_max>, check_number,
                    set_number<&S::stream_node_entries_max>},
    ConfigParameter{"stream-node-max-bytes", get_setting<&S::stream_node_bytes_max>, check_memory,
                    set_memory<&S::stream_node_bytes_max>},
    ConfigParameter{"slowlog-log-slower-than", get_setting<&S::slower_than_us>, check_integer,
                    set_integer<&S::slower_than_us>},
    ConfigParameter{"slowlog-max-len", get_setting<&S::slow_entries_max>, check_number,
                    set_number<&S::slow_entries_max>},
    ConfigParameter{"hll-sparse-max-bytes", get_setting<&S::hll_sparse_bytes_max>, check_memory,
                    set_memory<&S::hll_sparse_bytes_max>},
    ConfigParameter{"busy-reply-threshold", get_setting<&S::busy_milliseconds>, check_number,
                    set_number<&S::busy_milliseconds>},
    ConfigParameter{"lua-time-limit", get_setting<&S::busy_milliseconds>, check_number,
                    set_number<&S::busy_milliseconds>},
    ConfigParameter{"maxmemory-clients", get_clients_memory, check_clients_memory, set_clients_memory},
    ConfigParameter{"maxmemory-policy", get_policy, check_policy, set_policy},
    ConfigParameter{"maxmemory-samples", get_setting<&S::eviction_samples>, check_samples,
                    set_eviction_number<&S::eviction_samples>},
    ConfigParameter{"lfu-log-factor", get_setting<&S::lfu_log_factor>, check_small_number,
                    set_eviction_number<&S::lfu_log_factor>},
    ConfigParameter{"lfu-decay-time", get_setting<&S::lfu_decay_minutes>, check_small_number,
                    set_eviction_number<&S::lfu_decay_minutes>},
    ConfigParameter{"requirepass", [](Head& head) { return head.users().required_password(); }, check_any,
                    [](Head& head, std::string_view value) { head.users().require_password(value); }},
    ConfigParameter{"acl-pubsub-default",
                    [](Head& head) -> std::string {
                      return head.users().gives_all_channels() ? "allchannels" : "resetchannels";
                    },
                    check_pubsub_default,
                    [](Head& head, std::string_view value) {
                      head.users().give_all_channels(is_word(value, "ALLCHANNELS"));
                    }},
    ConfigParameter{
        "acllog-max-len", [](Head& head) { return std::to_string(head.denials().entries_max()); },
        check_number,
        [](Head& head, std::string_view value) { head.denials().set_entries_max(*read_number(value)); }},
    ConfigParameter{"latency-monitor-threshold", get_setting<&S::latency_threshold_ms>, check_number,
                    set_number<&S::latency_threshold_ms>},
    ConfigParameter{"latency-tracking", get_switch<&S::tracks_latency>, check_switch,
                    set_switch<&S::tracks_latency>},
    ConfigParameter{"latency-tracking-info-percentiles", get_percentiles, check_percentiles, set_percentiles},
    ConfigParameter{"aclfile", [](Head& head) { return head.acl_file(); }},
    ConfigParameter{"databases", fixed<kSixteen>},
    ConfigParameter{"port", [](Head& head) { return std::to_string(head.port()); }},
    // Stele writes no such file; how durable keys are kept is said by their class.
    ConfigParameter{"appendonly", fixed<kNo>},
    ConfigParameter{"notify-keyspace-events", get_notified, check_notified, set_notified},
    ConfigParameter{"client-output-buffer-limit", get_output_limits, check_output_limits, set_output_limits},
    ConfigParameter{"tracking-table-max-keys", get_setting<&S::tracked_keys_max>, check_number,
                    set_number<&S::tracked_keys_max>},
    ConfigParameter{"cluster-enabled", fixed<kNo>},
    ConfigParameter{"daemonize", fixed<kNo>},
    ConfigParameter{"syslog-enabled", fixed<kNo>},
    ConfigParameter{"enable-protected-configs", fixed<kNo>},
    ConfigParameter{"enable-module-command", fixed<kNo>},
    ConfigParameter{"logfile", fixed<kNothing>},
    ConfigParameter{"pidfile", fixed<kNothing>},
    ConfigParameter{"unixsocket", fixed<kNothing>},
};

}  // namespace

std::optional<std::size_t> read_memory(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  const auto number = read_number(text.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string unit = digits == std::string_view::npos ? "" : to_lower(text.substr(digits));
  struct Unit {
    std::string_view name;
    std::size_t bytes;
  };
  constexpr std::array kUnits = {
      Unit{"", 1},         Unit{"b", 1},         Unit{"k", 1000},         Unit{"kb", 1024},
      Unit{"m", 1000'000}, Unit{"mb", 1U << 20}, Unit{"g", 1000'000'000}, Unit{"gb", 1U << 30}};
  for (const Unit& each : kUnits) {
    std::size_t bytes = 0;
    if (unit == each.name && !__builtin_mul_overflow(*number, each.bytes, &bytes)) return bytes;
  }
  return std::nullopt;
}

std::span<const ConfigParameter> config_parameters() {
  static const std::vector<ConfigParameter> kAll = [] {
    std::vector<ConfigParameter> all(kParameters.begin(), kParameters.end());
    const auto kept = kept_parameters();
    all.insert(all.end(), kept.begin(), kept.end());
    return all;
  }();
  return kAll;
}

const ConfigParameter* find_config_parameter(std::string_view name) {
  for (const ConfigParameter& parameter : config_parameters()) {
    if (to_lower(name) == parameter.name) return &parameter;
  }
  return nullptr;
}

}  // namespace stele::redis
