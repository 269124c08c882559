#include "protocols/redis/tracking/tracking.h"

#include <algorithm>

#include "protocols/redis/pubsub/inbox.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis {

namespace {

constexpr std::string_view kChannel = "__redis__:invalidate";

// Null for "all".
void write_keys(wire::ReplyWriter& writer, std::span<const std::string_view> keys) {
  if (keys.empty()) return writer.protocol() >= 3 ? writer.null() : writer.null_array();
  writer.array(keys.size());
  for (const std::string_view key : keys) writer.bulk(key);
}

}  // namespace

thread_local std::uint64_t RunningClient::id_ = 0;

void Tracking::start(const std::shared_ptr<ClientRecord>& client, const TrackingOptions& options) {
  const std::lock_guard lock(mutex_);
  client->is_redirect_broken = false;
  tracked_[client->id] = {client, options.is_broadcast, options.skips_own, options.redirect};
  if (options.is_broadcast) {
    for (const std::string& prefix : options.prefixes) prefixes_[prefix].insert(client->id);
  }
  clients_count_ = tracked_.size();
}

void Tracking::stop(const ClientRecord& client) {
  const std::lock_guard lock(mutex_);
  tracked_.erase(client.id);
  for (auto at = prefixes_.begin(); at != prefixes_.end();) {
    at->second.erase(client.id);
    at = at->second.empty() ? prefixes_.erase(at) : std::next(at);
  }
  // What it has read is forgotten when it changes; at once when it was the last client.
  if (tracked_.empty()) {
    readers_.clear();
    items_ = 0;
  }
  clients_count_ = tracked_.size();
}

void Tracking::remember(std::string_view key, const ClientRecord& client) {
  const std::lock_guard lock(mutex_);
  auto found = readers_.find(key);
  if (found == readers_.end()) found = readers_.emplace(key, std::vector<std::uint64_t>()).first;
  if (std::ranges::find(found->second, client.id) != found->second.end()) return;
  found->second.push_back(client.id);
  ++items_;
  const std::size_t keys_max = keys_max_.load(std::memory_order_relaxed);
  while (keys_max > 0 && readers_.size() > keys_max) {
    auto evicted = readers_.begin();
    if (evicted == found) ++evicted;
    invalidate_readers(evicted, 0);
  }
}

void Tracking::send(const Tracked& tracked, std::span<const std::string_view> keys_or_all) {
  std::shared_ptr<ClientRecord> to = tracked.client;
  std::string text;
  if (tracked.redirect != 0) {
    to = clients_.find(tracked.redirect);
    if (!to) {
      tracked.client->is_redirect_broken = true;
      if (tracked.client->protocol < 3) return;
      wire::ReplyWriter writer(text, 3);
      writer.push(2);
      writer.bulk("tracking-redir-broken");
      writer.integer(static_cast<std::int64_t>(tracked.redirect));
      return tracked.client->inbox->put(text);
    }
  }
  wire::ReplyWriter writer(text, to->protocol);
  if (writer.protocol() >= 3) {
    writer.push(2);
    writer.bulk("invalidate");
  } else if (tracked.redirect != 0 && to->is_subscriber()) {
    writer.push(3);
    writer.bulk("message");
    writer.bulk(kChannel);
  } else {
    return;  // RESP2 has no place for it
  }
  write_keys(writer, keys_or_all);
  to->inbox->put(text);
}

// Forgets the entry.
void Tracking::invalidate_readers(KeyTable::iterator entry, std::uint64_t changed_by) {
  const std::string_view key = entry->first;
  for (const std::uint64_t id : entry->second) {
    const auto found = tracked_.find(id);
    // It may track in another way by now.
    if (found == tracked_.end() || found->second.is_broadcast) continue;
    if (found->second.skips_own && id == changed_by) continue;
    send(found->second, {&key, 1});
  }
  items_ -= entry->second.size();
  readers_.erase(entry);
}

void Tracking::broadcast(std::span<const std::string_view> keys, std::uint64_t changed_by) {
  std::vector<std::string_view> fitting;
  for (const auto& [prefix, ids] : prefixes_) {
    fitting.clear();
    std::ranges::copy_if(keys, std::back_inserter(fitting),
                         [&](std::string_view key) { return key.starts_with(prefix); });
    if (fitting.empty()) continue;
    for (const std::uint64_t id : ids) {
      const auto found = tracked_.find(id);
      if (found == tracked_.end() || (found->second.skips_own && id == changed_by)) continue;
      send(found->second, fitting);
    }
  }
}

void Tracking::invalidate(std::span<const std::string_view> keys, std::uint64_t changed_by) {
  const std::lock_guard lock(mutex_);
  if (!prefixes_.empty()) broadcast(keys, changed_by);
  for (const std::string_view key : keys) {
    const auto found = readers_.find(key);
    if (found != readers_.end()) invalidate_readers(found, changed_by);
  }
}

void Tracking::invalidate_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, tracked] : tracked_) send(tracked, {});
  readers_.clear();
  items_ = 0;
}

Tracking::Sizes Tracking::sizes() const {
  const std::lock_guard lock(mutex_);
  return {tracked_.size(), readers_.size(), items_, prefixes_.size()};
}

}  // namespace stele::redis
