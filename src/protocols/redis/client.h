#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/keyspace.h"
#include "net/stream.h"
#include "protocols/redis/client_list.h"
#include "protocols/redis/commands/command.h"
#include "protocols/redis/pubsub/channels.h"
#include "protocols/redis/tracking/tracking.h"

namespace stele::redis {

// A command of a MULTI, kept until EXEC.
struct QueuedCommand {
  QueuedCommand(const Command& queued, std::span<const std::string_view> views)
      : command(&queued), arguments(views.begin(), views.end()) {}

  const Command* command;
  std::vector<std::string> arguments;
  // It writes rows, and they are written: how many it counts.
  std::optional<std::uint64_t> mapped;
};

// What MULTI and WATCH have gathered.
struct Transaction {
  struct Watched {
    keyspace::Key key;
    std::unique_ptr<keyspace::Watch> watch;
  };

  bool is_open = false;
  bool is_broken = false;  // a command could not be queued: EXEC refuses
  std::vector<QueuedCommand> commands;
  std::size_t queued_bytes = 0;
  std::vector<Watched> watched;

  void clear() {
    is_open = is_broken = false;
    commands.clear();
    queued_bytes = 0;
    watched.clear();
  }
};

enum class ReplyMode : std::uint8_t { kOn, kOff, kSkipNext, kSkipThis };

// What a connection has chosen: the state that commands read and change. Confined to its session.
struct Client {
  std::shared_ptr<ClientRecord> record;
  keyspace::DatabaseNumber db{0};
  int protocol = 2;
  std::shared_ptr<User> user;    // never null while commands run
  bool is_authenticated = true;  // logged in, or the default user when he needed no password
  bool is_closing = false;       // after the reply
  ReplyMode replies = ReplyMode::kOn;
  Transaction transaction;
  std::unique_ptr<Subscriptions> subscriptions_or_null;  // made when first wanted
  TrackingOptions tracking;
  bool is_caching_said = false;  // CLIENT CACHING, for the next command
  // Keys of the class "durable, sync" that a script of this client has written.
  std::vector<keyspace::Key> synced_by_script;
  const net::Stream* stream_or_null = nullptr;  // the connection; a script's client has none
  TimePoint idle_since{};  // when the last command ended, or its bytes came: where the next one's time begins

  Subscriptions& subscriptions_in(Channels& channels) {
    if (!subscriptions_or_null) subscriptions_or_null = std::make_unique<Subscriptions>(channels, record);
    return *subscriptions_or_null;
  }
  // In RESP2 a subscriber's connection is for messages, and few commands are allowed on it.
  bool is_in_subscriber_mode() const { return protocol == 2 && record->is_subscriber(); }

  void set_user(std::shared_ptr<User> who) {
    record->set_user(who);
    user = std::move(who);
  }
  // Keeps what others see of it up to date.
  void show_transaction() const {
    record->queued = transaction.is_open ? static_cast<int>(transaction.commands.size()) : -1;
    record->watched = static_cast<int>(transaction.watched.size());
  }
};

}  // namespace stele::redis
