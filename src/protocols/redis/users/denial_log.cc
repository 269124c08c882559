#include "protocols/redis/users/denial_log.h"

#include <algorithm>
#include <utility>

namespace stele::redis {

namespace {

constexpr std::size_t kComparedMax = 10;  // so many of the newest may be counted up
constexpr Duration kSameTime = std::chrono::minutes(1);
constexpr std::size_t kObjectBytesMax = 4096;  // a key may be of 512 MB

}  // namespace

void DenialLog::add(Entry entry) {
  if (entry.object.size() > kObjectBytesMax) entry.object.resize(kObjectBytesMax);
  const std::lock_guard lock(mutex_);
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(std::min(kComparedMax, entries_.size()));
  const auto same = std::find_if(entries_.begin(), end, [&](const Entry& each) {
    return each.denial == entry.denial && each.context == entry.context && each.object == entry.object &&
           each.user == entry.user && entry.at - each.at <= kSameTime;
  });
  if (same != end) {
    entry.count = same->count + 1;
    entries_.erase(same);
  }
  entries_.push_front(std::move(entry));
  trim();
}

void DenialLog::trim() {
  while (entries_.size() > entries_max_) entries_.pop_back();
}

std::vector<DenialLog::Entry> DenialLog::newest(std::size_t count) const {
  const std::lock_guard lock(mutex_);
  const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(std::min(count, entries_.size()));
  return {entries_.begin(), end};
}

void DenialLog::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

void DenialLog::set_entries_max(std::size_t entries_max) {
  const std::lock_guard lock(mutex_);
  entries_max_ = entries_max;
  trim();
}

std::size_t DenialLog::entries_max() const {
  const std::lock_guard lock(mutex_);
  return entries_max_;
}

}  // namespace stele::redis
