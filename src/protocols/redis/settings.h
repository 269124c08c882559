#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "keyspace/eviction.h"

namespace stele::redis {

// client-output-buffer-limit of one class of clients; 0 = no limit. Any thread.
struct OutputLimits {
  std::atomic<std::size_t> hard_bytes;
  std::atomic<std::size_t> soft_bytes;
  std::atomic<std::size_t> soft_seconds;
};

// What CONFIG SET may change. Any thread.
struct Settings {
  std::atomic<std::size_t> bulk_bytes_max = 512U << 20;           // proto-max-bulk-len
  std::atomic<std::size_t> query_buffer_bytes_max = 1024U << 20;  // client-query-buffer-limit
  std::atomic<std::size_t> clients_max = 10'000;                  // maxclients
  std::atomic<std::size_t> memory_bytes_max = 0;                  // maxmemory; 0 = no limit
  std::atomic<std::int64_t> clients_memory_max = 0;  // maxmemory-clients; below 0: a percentage of maxmemory
  std::atomic<keyspace::EvictionPolicy> eviction_policy = keyspace::EvictionPolicy::kNone;
  std::atomic<std::size_t> eviction_samples = 5;     // maxmemory-samples
  std::atomic<std::uint32_t> lfu_log_factor = 10;    // lfu-log-factor
  std::atomic<std::uint32_t> lfu_decay_minutes = 1;  // lfu-decay-time
  std::atomic<std::size_t> idle_seconds_max = 0;     // timeout; 0 = never
  // From which size on OBJECT ENCODING says hashtable.
  std::atomic<std::size_t> listpack_entries_max = 512;
  std::atomic<std::size_t> listpack_value_bytes_max = 64;
  // How Redis cuts its lists, whose encoding has one name whatever they are: for those who ask.
  std::atomic<std::int64_t> list_listpack_size = -2;
  std::atomic<std::int64_t> list_compress_depth = 0;
  std::atomic<std::size_t> busy_milliseconds = 5000;     // busy-reply-threshold
  std::atomic<std::size_t> hll_sparse_bytes_max = 3000;  // hll-sparse-max-bytes
  std::atomic<std::int64_t> slower_than_us = 10'000;     // slowlog-log-slower-than; negative: none is
  std::atomic<std::size_t> slow_entries_max = 128;       // slowlog-max-len
  std::atomic<std::size_t> latency_threshold_ms = 0;     // latency-monitor-threshold; 0: nothing is noted
  std::atomic<bool> tracks_latency = true;               // latency-tracking
  std::atomic<bool> expires_actively = true;             // DEBUG SET-ACTIVE-EXPIRE
  // CLIENT PAUSE: until then (steady clock) commands wait, those that write or all.
  std::atomic<TimePoint> paused_until{};
  std::atomic<bool> pauses_all = false;
  OutputLimits normal_output = {0, 0, 0};
  OutputLimits replica_output = {256U << 20, 64U << 20, 60};  // there are none
  OutputLimits pubsub_output = {32U << 20, 8U << 20, 60};
  std::atomic<std::uint32_t> notified = 0;                 // notify-keyspace-events
  std::atomic<std::size_t> tracked_keys_max = 1'000'000;   // tracking-table-max-keys
  std::atomic<std::size_t> stream_node_entries_max = 100;  // stream-node-max-entries; 0 = no limit
  std::atomic<std::size_t> stream_node_bytes_max = 4096;   // stream-node-max-bytes; the same
  // The same for sets of integers, and for sorted sets.
  std::atomic<std::size_t> intset_entries_max = 512;
  std::atomic<std::size_t> sorted_entries_max = 128;
  std::atomic<std::size_t> sorted_value_bytes_max = 64;
};

// One client's replies that it has not taken: above this its commands wait, and when it takes nothing for
// kOutputPatience it is closed, as Redis does with its client-output-buffer-limit.
constexpr std::size_t kOutputBytesMax = 64U << 20;
constexpr int kOutputPatienceSeconds = 60;
constexpr std::uint16_t kDatabases = 16;

}  // namespace stele::redis
