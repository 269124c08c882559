#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/redis/client_list.h"

namespace stele::redis {

enum class ChannelKind : std::uint8_t { kChannel, kPattern, kShard };
constexpr std::size_t kChannelKinds = 3;

// Who listens to this channel? The subscriptions of all clients of a node, and the way of a message to them.
// Messages of one publisher come to each subscriber in their order; between publishers there is none.
// Threads: any; publishers share a lock, who subscribes has it alone. Cost of a message: a search for the
// channel, a look at each pattern, a copy for each who listens.
class Channels {
 public:
  using Listener = std::shared_ptr<ClientRecord>;

  void subscribe(ChannelKind kind, std::string_view name, const Listener& client);
  void unsubscribe(ChannelKind kind, std::string_view name, const Listener& client);

  // How many got it: those of the channel, and those of patterns that fit, each pattern for itself.
  std::size_t publish(std::string_view channel, std::string_view message);
  std::size_t publish_to_shard(std::string_view channel, std::string_view message);

  // Those with subscribers, that fit the pattern; all of them for an empty one.
  std::vector<std::string> names(ChannelKind kind, std::string_view pattern) const;
  std::size_t subscribers(ChannelKind kind, std::string_view name) const;
  std::size_t size(ChannelKind kind) const;
  // Every subscription of that kind.
  std::vector<std::pair<std::string, Listener>> listeners(ChannelKind kind) const;

 private:
  using Table = std::map<std::string, std::vector<Listener>, std::less<>>;

  Table& table(ChannelKind kind) { return tables_[static_cast<std::size_t>(kind)]; }
  const Table& table(ChannelKind kind) const { return tables_[static_cast<std::size_t>(kind)]; }
  std::size_t send(ChannelKind kind, std::string_view channel, std::string_view message) const;

  mutable std::shared_mutex mutex_;
  Table tables_[kChannelKinds];
};

// What one client listens to: its session's part. Confined to the session; what is left when it goes is
// unsubscribed.
class Subscriptions {
 public:
  Subscriptions(Channels& channels, std::shared_ptr<ClientRecord> client)
      : channels_(channels), client_(std::move(client)) {}
  ~Subscriptions() { clear(); }
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

  void add(ChannelKind kind, std::string_view name);
  void remove(ChannelKind kind, std::string_view name);
  void clear();

  const std::set<std::string, std::less<>>& names(ChannelKind kind) const {
    return names_[static_cast<std::size_t>(kind)];
  }
  // What the replies count: channels and patterns together, shard channels for themselves.
  std::size_t count(ChannelKind kind) const;
  bool is_empty() const;

 private:
  void show() const;

  Channels& channels_;
  const std::shared_ptr<ClientRecord> client_;
  std::set<std::string, std::less<>> names_[kChannelKinds];
};

}  // namespace stele::redis
