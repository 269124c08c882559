#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/lsn.h"
#include "views/catalog.h"
#include "views/change_spool.h"
#include "views/generation.h"
#include "views/introspection.h"

namespace stele::views {

// A generation that is being copied: what the stream brings meanwhile waits in the spool.
struct Joining {
  explicit Joining(ChangeSpool spool_in) : spool(std::move(spool_in)) {}

  ChangeSpool spool;
  std::shared_ptr<Generation> generation;  // once its shape is known
  Lsn snapshot;                            // what committed up to here is in the copy
  Lsn replayed;                            // the commit of what was last taken from the spool
  bool copied = false;                     // only the spool is missing
  std::optional<Error> failure;            // of the spool
};

// A collection of this node and where it stands. Changed by the views' thread alone.
struct Served {
  CollectionRow row;
  std::shared_ptr<Generation> live;  // what the catalog shows; null while there is none
  std::shared_ptr<Joining> joining;  // what will be live; null when nothing is copied
  CollectionState state = CollectionState::kBuilding;
  std::string reason = "waiting for its copy";
  bool copy_wanted = false;
  std::string failed_fingerprint;  // of the table as it could not be served
  TimePoint copy_after{};          // not before
};

// Which collections does this node serve? The rows of stele.collection and stele.object as of the applied
// LSN, each with its generations; shows them to everybody as a CatalogState. Confined to the views' thread.
class Roster {
 public:
  explicit Roster(Catalog& catalog) : catalog_(catalog) {}

  Served* find(std::int64_t id);
  Served* find_table(std::uint32_t oid);
  Served& put(CollectionRow row);
  void erase(std::int64_t id);
  const std::map<std::int64_t, std::shared_ptr<Served>>& all() const { return by_id_; }

  void put_object(CatalogObject object);
  void erase_object(std::string_view kind, std::string_view name);
  void replace_objects(std::vector<CatalogObject> objects);

  // Call after any change of a Served; show() then makes it seen.
  void changed() { changed_ = true; }
  void set_state(Served& served, CollectionState state, std::string reason);
  void show();

  // {"12": {"state": "ready", …}, …}: what stele.status reads.
  std::string status_json() const;
  std::uint64_t documents() const;
  std::uint64_t memory_bytes() const;

 private:
  Catalog& catalog_;
  std::map<std::int64_t, std::shared_ptr<Served>> by_id_;
  std::unordered_map<std::uint32_t, std::int64_t> by_table_;
  std::map<std::pair<std::string, std::string>, std::string> objects_;
  bool changed_ = true;
};

}  // namespace stele::views
