#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "keyspace/change.h"
#include "protocols/redis/pubsub/channels.h"
#include "protocols/redis/tracking/tracking.h"

namespace stele::redis {

// notify-keyspace-events as bits, and back as Redis prints it; nothing for a letter that is none.
std::optional<std::uint32_t> read_notified(std::string_view letters);
std::string write_notified(std::uint32_t notified);

// Who must hear of a change? The channels of keyspace notifications and the clients that track: told of every
// change of the keyspace, by commands, expiry, eviction and by SQL. Threads: those that end groups. Listens
// only while somebody wants to know.
class Events final : public keyspace::ChangeListener {
 public:
  Events(Channels& channels, Tracking& tracking, const std::atomic<std::uint32_t>& notified)
      : channels_(channels), tracking_(tracking), notified_(notified) {
    set_listening(false);
  }

  // After what they want has changed.
  void listen_if_wanted() { set_listening(notified_ != 0 || tracking_.is_used()); }
  void on_changes(std::span<const keyspace::Change> changes) override;

 private:
  void notify(const keyspace::Change& change, std::uint32_t notified);
  void publish(std::string_view event, const keyspace::Change& change, std::uint32_t notified);

  Channels& channels_;
  Tracking& tracking_;
  const std::atomic<std::uint32_t>& notified_;
};

}  // namespace stele::redis
