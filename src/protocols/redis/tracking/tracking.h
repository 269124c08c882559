#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/redis/client_list.h"

namespace stele::redis {

// What CLIENT TRACKING was told.
struct TrackingOptions {
  bool is_on = false;
  bool is_broadcast = false;
  bool is_opt_in = false;
  bool is_opt_out = false;
  bool skips_own = false;      // NOLOOP
  std::uint64_t redirect = 0;  // the client that gets the invalidations; 0 = this one
  std::set<std::string, std::less<>> prefixes;
};

// Which clients keep this key in a cache of their own? By default those that have read it since they were
// last told; with BCAST all that asked for a prefix. Keys are meant in every database, as in Redis.
// Reads are noted within the group that reads, changes are told within the group that changes, so none is
// missed. Threads: any; one lock. Bounded by tracking-table-max-keys: beyond it clients are told to forget.
class Tracking {
 public:
  Tracking(ClientList& clients, const std::atomic<std::size_t>& keys_max)
      : clients_(clients), keys_max_(keys_max) {}

  // Replaces what the client had asked before, but for its prefixes, which gather.
  void start(const std::shared_ptr<ClientRecord>& client, const TrackingOptions& options);
  void stop(const ClientRecord& client);
  // False costs nothing: nobody tracks.
  bool is_used() const { return clients_count_.load(std::memory_order_relaxed) > 0; }

  void remember(std::string_view key, const ClientRecord& client);
  // These keys, once each, have changed, by a command of that client or (0) of none.
  void invalidate(std::span<const std::string_view> keys, std::uint64_t changed_by);
  // All keys are void.
  void invalidate_all();

  struct Sizes {
    std::size_t clients = 0;
    std::size_t keys = 0;
    std::size_t items = 0;  // pairs of a key and a client
    std::size_t prefixes = 0;
  };
  Sizes sizes() const;

 private:
  struct Tracked {
    std::shared_ptr<ClientRecord> client;
    bool is_broadcast = false;
    bool skips_own = false;
    std::uint64_t redirect = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using KeyTable = std::unordered_map<std::string, std::vector<std::uint64_t>, Hash, std::equal_to<>>;

  void send(const Tracked& tracked, std::span<const std::string_view> keys_or_all);
  void invalidate_readers(KeyTable::iterator entry, std::uint64_t changed_by);
  void broadcast(std::span<const std::string_view> keys, std::uint64_t changed_by);

  ClientList& clients_;
  const std::atomic<std::size_t>& keys_max_;
  std::atomic<std::size_t> clients_count_ = 0;

  mutable std::mutex mutex_;  // of what follows
  std::unordered_map<std::uint64_t, Tracked> tracked_;
  KeyTable readers_;
  std::size_t items_ = 0;
  std::map<std::string, std::set<std::uint64_t>, std::less<>> prefixes_;
};

// Whose command runs on this thread, for NOLOOP: from before it runs until its group has ended.
class RunningClient {
 public:
  explicit RunningClient(std::uint64_t id) : former_(id_) { id_ = id; }
  ~RunningClient() { id_ = former_; }
  RunningClient(const RunningClient&) = delete;
  RunningClient& operator=(const RunningClient&) = delete;

  static std::uint64_t id() { return id_; }  // 0 = none

 private:
  static thread_local std::uint64_t id_;
  const std::uint64_t former_;
};

}  // namespace stele::redis
