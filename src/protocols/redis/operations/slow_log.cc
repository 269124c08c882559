#include "protocols/redis/operations/slow_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stele::redis {

namespace {

constexpr std::size_t kArgumentsMax = 32;
constexpr std::size_t kArgumentBytesMax = 128;

std::vector<std::string> shortened(std::span<const std::string_view> arguments) {
  std::vector<std::string> kept;
  const bool is_cut = arguments.size() > kArgumentsMax;
  for (const std::string_view argument : arguments.first(is_cut ? kArgumentsMax - 1 : arguments.size())) {
    if (argument.size() <= kArgumentBytesMax) {
      kept.emplace_back(argument);
    } else {
      kept.push_back(fmt::format("{}... ({} more bytes)", argument.substr(0, kArgumentBytesMax),
                                 argument.size() - kArgumentBytesMax));
    }
  }
  if (is_cut) kept.push_back(fmt::format("... ({} more arguments)", arguments.size() - kArgumentsMax + 1));
  return kept;
}

}  // namespace

void SlowLog::add(std::span<const std::string_view> arguments, Duration taken, WallTime now,
                  std::string client, std::string client_name) {
  Entry entry;
  entry.at_seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  entry.microseconds = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
  entry.arguments = shortened(arguments);
  entry.client = std::move(client);
  entry.client_name = std::move(client_name);
  const std::lock_guard lock(mutex_);
  entry.id = next_id_++;
  entries_.push_front(std::move(entry));
  while (entries_.size() > entries_max_.load(std::memory_order_relaxed)) entries_.pop_back();
}

std::vector<SlowLog::Entry> SlowLog::newest(std::size_t count) const {
  const std::lock_guard lock(mutex_);
  const auto size = static_cast<std::ptrdiff_t>(std::min(count, entries_.size()));
  return {entries_.begin(), entries_.begin() + size};
}

std::size_t SlowLog::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void SlowLog::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

}  // namespace stele::redis
