#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "protocols/redis/blocked.h"
#include "protocols/redis/commands/command.h"
#include "protocols/redis/pubsub/inbox.h"
#include "protocols/redis/users/users.h"

namespace stele::redis {

// What others may know of a client: CLIENT LIST. Its session writes, any thread reads; the texts under a
// lock, the rest is atomic.
struct ClientRecord {
  struct Names {
    std::string name;
    std::string library;
    std::string library_version;
  };

  std::uint64_t id = 0;
  std::string address;
  std::string local_address;
  int fd = -1;
  TimePoint since{};

  std::atomic<TimePoint> last_interaction{};
  std::atomic<const Command*> last_command = nullptr;  // of the table, so it lives for ever
  std::atomic<std::uint16_t> db = 0;
  std::atomic<int> protocol = 2;
  std::atomic<int> queued = -1;  // commands of an open MULTI; -1 = none
  std::atomic<int> watched = 0;
  std::atomic<bool> is_tls = false;
  std::atomic<bool> is_blocked = false;
  std::atomic<bool> no_evict = false;
  std::atomic<bool> no_touch = false;
  std::atomic<std::size_t> channels = 0;  // that it listens to
  std::atomic<std::size_t> patterns = 0;
  std::atomic<std::size_t> shard_channels = 0;
  std::atomic<bool> is_monitor = false;
  std::atomic<bool> tracks = false;
  std::atomic<bool> tracks_by_prefix = false;
  std::atomic<bool> is_redirect_broken = false;
  std::atomic<std::int64_t> redirect = -1;      // where its invalidations go; -1 = it does not track
  std::atomic<std::size_t> input_bytes = 0;     // that are not understood yet
  std::atomic<std::size_t> argument_bytes = 0;  // of the request that comes
  std::atomic<std::size_t> queued_bytes = 0;    // of an open MULTI
  std::atomic<std::size_t> memory_bytes = 0;    // all of it: ClientMemory's
  std::atomic<bool> is_evicted = false;         // it is being closed for that
  std::atomic<std::size_t> output_bytes = 0;

  Names names() const;
  void set_names(Names names);
  // As whom it is logged in. Its session's.
  std::shared_ptr<User> user() const;
  void set_user(std::shared_ptr<User> user);
  bool is_subscriber() const { return channels + patterns + shard_channels > 0; }
  // While it waits for its keys; null after. Its session's.
  void set_blocked(const std::shared_ptr<BlockedClient>& blocked);
  // CLIENT UNBLOCK. False: it does not wait.
  bool unblock(bool with_error);
  // Ends the connection, on its own thread. Any thread; nothing happens once it has ended.
  std::function<void()> end;
  // What it gets besides replies. Made with the session.
  std::unique_ptr<Inbox> inbox;

 private:
  mutable std::mutex mutex_;
  Names names_;
  std::shared_ptr<User> user_;
  std::weak_ptr<BlockedClient> blocked_;
};

// Who is connected? All clients of a node, over all reactors. Any thread; locked.
class ClientList {
 public:
  // Gives it its number: 1, 2, 3, … in the order of connecting.
  void add(const std::shared_ptr<ClientRecord>& record);
  void remove(std::uint64_t id);

  std::vector<std::shared_ptr<ClientRecord>> all() const;      // by number
  std::shared_ptr<ClientRecord> find(std::uint64_t id) const;  // null if it is gone
  std::size_t size() const;
  std::uint64_t accepted() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<ClientRecord>> records_;
};

}  // namespace stele::redis
