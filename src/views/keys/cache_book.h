#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/value.h"
#include "net/event.h"

namespace stele::views {

// One load of a key, for all who wait for it.
struct Flight {
  keyspace::Key key;
  std::vector<std::uint32_t> unseen;  // transactions that its snapshot must show
  // Something that it reads was changed after it began: nobody else joins, and what it read is not kept.
  bool is_outdated = false;
  Result<std::optional<keyspace::Value>> outcome = std::optional<keyspace::Value>();
  net::Event done;
};

// Which keys were read from PostgreSQL (or tagged by a client), which are known to be absent, which are being
// read? What makes a cache right: a load that began before a change was applied keeps nothing. Confined to
// one thread; knows nothing of the keyspace. Cost: log n a key; an invalidation costs the keys that it names.
class CacheBook {
 public:
  static constexpr std::size_t kEntriesMax = 4'000'000;

  // The load under way that may be joined; null without one.
  std::shared_ptr<Flight> flight(const keyspace::Key& key) const;
  std::shared_ptr<Flight> begin(keyspace::Key key, std::vector<std::uint32_t> unseen);
  void end(const Flight& flight);

  // The key is there, or known to be absent, until then. False: the book is full, so it must not be kept.
  bool note(const keyspace::Key& key, bool is_absent, const std::set<std::string>& tags,
            std::optional<keyspace::WallMs> until, keyspace::WallMs now);
  // More tags for a key, of which nothing needs to be known. False: the book is full.
  bool tag(const keyspace::Key& key, const std::vector<std::string>& tags);
  bool is_absent(const keyspace::Key& key, keyspace::WallMs now) const;

  // Forgets what they name and outdates its loads; the keys that are to be removed.
  std::vector<keyspace::Key> invalidate(const keyspace::Key& key);
  std::vector<keyspace::Key> invalidate_prefix(std::string_view prefix);
  // A load under way may turn out to have the tag: so all of those are outdated.
  std::vector<keyspace::Key> invalidate_tag(const std::string& tag);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    bool is_absent = false;
    std::set<std::string> tags;
    std::optional<keyspace::WallMs> until;
  };
  using Entries = std::map<keyspace::Key, Entry>;

  void forget(Entries::iterator at);
  // Those whose time is over.
  void forget_some(keyspace::WallMs now);
  void outdate(const std::shared_ptr<Flight>& flight);

  Entries entries_;
  std::set<std::pair<keyspace::WallMs, keyspace::Key>> by_time_;
  std::map<std::string, std::set<keyspace::Key>, std::less<>> by_tag_;
  std::map<keyspace::Key, std::shared_ptr<Flight>> flights_;
};

}  // namespace stele::views
