#include "protocols/redis/operations/monitors.h"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "protocols/redis/pubsub/inbox.h"

namespace stele::redis {

namespace {

// In quotes, as redis-cli reads it.
void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    switch (c) {
      case '\\':
      case '"':
        line += '\\';
        line += c;
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      case '\t':
        line += "\\t";
        break;
      case '\a':
        line += "\\a";
        break;
      case '\b':
        line += "\\b";
        break;
      default:
        if (c >= ' ' && c <= '~') {
          line += c;
        } else {
          fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
  }
  line += '"';
}

}  // namespace

void Monitors::add(const std::shared_ptr<ClientRecord>& client) {
  const std::lock_guard lock(mutex_);
  if (client->is_monitor.exchange(true)) return;
  clients_.push_back(client);
  count_ = clients_.size();
}

void Monitors::remove(const ClientRecord& client) {
  if (!client.is_monitor) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(clients_, [&](const auto& each) { return each.get() == &client; });
  count_ = clients_.size();
}

void Monitors::show(std::span<const std::string_view> arguments, std::uint16_t db, std::string_view from,
                    WallTime now) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  std::string line = fmt::format("+{}.{:06} [{} {}]", us / 1'000'000, us % 1'000'000, db, from);
  for (const std::string_view argument : arguments) {
    line += ' ';
    append_quoted(line, argument);
  }
  line += "\r\n";
  const std::lock_guard lock(mutex_);
  for (const auto& client : clients_) client->inbox->put(line);
}

}  // namespace stele::redis
