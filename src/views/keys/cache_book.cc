#include "views/keys/cache_book.h"

#include <utility>

namespace stele::views {

using keyspace::Key;
using keyspace::WallMs;

std::shared_ptr<Flight> CacheBook::flight(const Key& key) const {
  const auto at = flights_.find(key);
  return at == flights_.end() ? nullptr : at->second;
}

std::shared_ptr<Flight> CacheBook::begin(Key key, std::vector<std::uint32_t> unseen) {
  auto flight = std::make_shared<Flight>();
  flight->key = key;
  flight->unseen = std::move(unseen);
  flights_[std::move(key)] = flight;
  return flight;
}

void CacheBook::end(const Flight& flight) {
  const auto at = flights_.find(flight.key);
  if (at != flights_.end() && at->second.get() == &flight) flights_.erase(at);
}

void CacheBook::outdate(const std::shared_ptr<Flight>& flight) {
  flight->is_outdated = true;
}

void CacheBook::forget(Entries::iterator at) {
  if (at->second.until) by_time_.erase({*at->second.until, at->first});
  for (const std::string& tag : at->second.tags) {
    const auto tagged = by_tag_.find(tag);
    tagged->second.erase(at->first);
    if (tagged->second.empty()) by_tag_.erase(tagged);
  }
  entries_.erase(at);
}

void CacheBook::forget_some(WallMs now) {
  // More than come, so that what is over never gathers.
  constexpr int kForgotten = 4;
  for (int i = 0; i < kForgotten && !by_time_.empty() && by_time_.begin()->first < now; ++i)
    forget(entries_.find(by_time_.begin()->second));
}

bool CacheBook::note(const Key& key, bool is_absent, const std::set<std::string>& tags,
                     std::optional<WallMs> until, WallMs now) {
  forget_some(now);
  if (const auto former = entries_.find(key); former != entries_.end()) forget(former);
  if (entries_.size() >= kEntriesMax) return false;
  Entry& entry = entries_[key];
  entry.is_absent = is_absent;
  entry.until = until;
  entry.tags = tags;
  if (until) by_time_.emplace(*until, key);
  for (const std::string& tag : tags) by_tag_[tag].insert(key);
  return true;
}

bool CacheBook::tag(const Key& key, const std::vector<std::string>& tags) {
  if (entries_.size() >= kEntriesMax && !entries_.contains(key)) return false;
  Entry& entry = entries_[key];
  for (const std::string& tag : tags) {
    entry.tags.insert(tag);
    by_tag_[tag].insert(key);
  }
  return true;
}

bool CacheBook::is_absent(const Key& key, WallMs now) const {
  const auto at = entries_.find(key);
  return at != entries_.end() && at->second.is_absent && (!at->second.until || now < *at->second.until);
}

std::vector<Key> CacheBook::invalidate(const Key& key) {
  if (const auto under_way = flights_.find(key); under_way != flights_.end()) {
    outdate(under_way->second);
    flights_.erase(under_way);
  }
  const auto at = entries_.find(key);
  if (at == entries_.end()) return {};
  forget(at);
  return {key};
}

std::vector<Key> CacheBook::invalidate_prefix(std::string_view prefix) {
  for (auto at = flights_.begin(); at != flights_.end();) {
    if (!at->first.name.starts_with(prefix)) {
      ++at;
      continue;
    }
    outdate(at->second);
    at = flights_.erase(at);
  }
  std::vector<Key> keys;
  // In each database those of a prefix lie together.
  for (auto at = entries_.begin(); at != entries_.end();) {
    const keyspace::DatabaseNumber db = at->first.db;
    at = entries_.lower_bound(Key(db, std::string(prefix)));
    while (at != entries_.end() && at->first.db == db && at->first.name.starts_with(prefix)) {
      keys.push_back(at->first);
      const auto gone = at++;
      forget(gone);
    }
    at = entries_.lower_bound(Key(keyspace::DatabaseNumber(static_cast<std::uint16_t>(db.value() + 1)), {}));
  }
  return keys;
}

std::vector<Key> CacheBook::invalidate_tag(const std::string& tag) {
  for (const auto& [key, flight] : flights_) outdate(flight);
  flights_.clear();
  const auto tagged = by_tag_.find(tag);
  if (tagged == by_tag_.end()) return {};
  const std::vector<Key> keys(tagged->second.begin(), tagged->second.end());
  for (const Key& key : keys) forget(entries_.find(key));
  return keys;
}

}  // namespace stele::views
