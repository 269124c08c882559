#include "protocols/redis/pubsub/channels.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "protocols/redis/commands/glob.h"
#include "protocols/redis/pubsub/inbox.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis {

namespace {

constexpr std::array<std::string_view, kChannelKinds> kMessageWords = {"message", "pmessage", "smessage"};

// One message as RESP2 and as RESP3 have it, each made when the first client wants it.
class Message {
 public:
  Message(ChannelKind kind, std::string_view pattern, std::string_view channel, std::string_view message)
      : kind_(kind), pattern_(pattern), channel_(channel), message_(message) {}

  std::string_view in(int protocol) {
    auto& text = texts_[protocol >= 3 ? 1 : 0];
    if (!text) text = write(protocol);
    return *text;
  }

 private:
  std::string write(int protocol) const {
    std::string text;
    wire::ReplyWriter writer(text, protocol);
    writer.push(kind_ == ChannelKind::kPattern ? 4 : 3);
    writer.bulk(kMessageWords[static_cast<std::size_t>(kind_)]);
    if (kind_ == ChannelKind::kPattern) writer.bulk(pattern_);
    writer.bulk(channel_);
    writer.bulk(message_);
    return text;
  }

  const ChannelKind kind_;
  const std::string_view pattern_;
  const std::string_view channel_;
  const std::string_view message_;
  std::optional<std::string> texts_[2];
};

std::size_t send_to(const std::vector<Channels::Listener>& listeners, Message message) {
  for (const auto& client : listeners) client->inbox->put(message.in(client->protocol));
  return listeners.size();
}

}  // namespace

void Channels::subscribe(ChannelKind kind, std::string_view name, const Listener& client) {
  const std::unique_lock lock(mutex_);
  table(kind)[std::string(name)].push_back(client);
}

void Channels::unsubscribe(ChannelKind kind, std::string_view name, const Listener& client) {
  const std::unique_lock lock(mutex_);
  const auto found = table(kind).find(name);
  if (found == table(kind).end()) return;
  std::erase(found->second, client);
  if (found->second.empty()) table(kind).erase(found);
}

std::size_t Channels::send(ChannelKind kind, std::string_view channel, std::string_view message) const {
  const auto found = table(kind).find(channel);
  return found == table(kind).end() ? 0 : send_to(found->second, Message(kind, {}, channel, message));
}

std::size_t Channels::publish(std::string_view channel, std::string_view message) {
  const std::shared_lock lock(mutex_);
  std::size_t count = send(ChannelKind::kChannel, channel, message);
  for (const auto& [pattern, listeners] : table(ChannelKind::kPattern)) {
    if (!fits_glob(pattern, channel)) continue;
    count += send_to(listeners, Message(ChannelKind::kPattern, pattern, channel, message));
  }
  return count;
}

std::size_t Channels::publish_to_shard(std::string_view channel, std::string_view message) {
  const std::shared_lock lock(mutex_);
  return send(ChannelKind::kShard, channel, message);
}

std::vector<std::string> Channels::names(ChannelKind kind, std::string_view pattern) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [name, listeners] : table(kind)) {
    if (pattern.empty() || fits_glob(pattern, name)) found.push_back(name);
  }
  return found;
}

std::size_t Channels::subscribers(ChannelKind kind, std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = table(kind).find(name);
  return found == table(kind).end() ? 0 : found->second.size();
}

std::size_t Channels::size(ChannelKind kind) const {
  const std::shared_lock lock(mutex_);
  return table(kind).size();
}

std::vector<std::pair<std::string, Channels::Listener>> Channels::listeners(ChannelKind kind) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::pair<std::string, Listener>> all;
  for (const auto& [name, listeners] : table(kind)) {
    for (const Listener& each : listeners) all.emplace_back(name, each);
  }
  return all;
}

void Subscriptions::add(ChannelKind kind, std::string_view name) {
  if (names_[static_cast<std::size_t>(kind)].emplace(name).second) channels_.subscribe(kind, name, client_);
  show();
}

void Subscriptions::remove(ChannelKind kind, std::string_view name) {
  auto& names = names_[static_cast<std::size_t>(kind)];
  const auto found = names.find(name);
  if (found == names.end()) return;
  channels_.unsubscribe(kind, name, client_);
  names.erase(found);
  show();
}

void Subscriptions::clear() {
  for (std::size_t i = 0; i < kChannelKinds; ++i) {
    for (const std::string& name : names_[i]) {
      channels_.unsubscribe(static_cast<ChannelKind>(i), name, client_);
    }
    names_[i].clear();
  }
  show();
}

std::size_t Subscriptions::count(ChannelKind kind) const {
  if (kind == ChannelKind::kShard) return names(kind).size();
  return names(ChannelKind::kChannel).size() + names(ChannelKind::kPattern).size();
}

bool Subscriptions::is_empty() const {
  return std::ranges::all_of(names_, [](const auto& names) { return names.empty(); });
}

void Subscriptions::show() const {
  client_->channels = names(ChannelKind::kChannel).size();
  client_->patterns = names(ChannelKind::kPattern).size();
  client_->shard_channels = names(ChannelKind::kShard).size();
  client_->inbox->set_subscriber(!is_empty());
}

}  // namespace stele::redis
