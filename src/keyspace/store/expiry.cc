#include "keyspace/store/expiry.h"

#include <algorithm>
#include <vector>

namespace stele::keyspace::store {

namespace {

constexpr std::int64_t kSegmentsPerPauseMs = 2;

// Which marks are due? Those of the units from one to another, modulo 256; 0 stands for no expiry, and what
// would be 0 is 1, and so found one unit later.
class DueMarks {
 public:
  explicit DueMarks(const ExpirySweep& sweep) {
    const std::int64_t span = sweep.until_unit - sweep.from_unit;
    first_ = static_cast<std::uint8_t>(span >= 255 ? 0 : sweep.from_unit);
    span_ = static_cast<std::uint8_t>(span >= 255 ? 255 : span);
  }
  bool is_due(std::uint8_t mark) const {
    return mark != 0 && static_cast<std::uint8_t>(mark - first_) <= span_;
  }
  // In a form that the compiler makes wide instructions of.
  bool is_any_due(const std::uint8_t* marks, std::size_t count) const {
    std::uint8_t due = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto distance = static_cast<std::uint8_t>(marks[i] - first_);
      due |= static_cast<std::uint8_t>((marks[i] != 0 ? 1 : 0) & (distance <= span_ ? 1 : 0));
    }
    return due != 0;
  }

 private:
  std::uint8_t first_;
  std::uint8_t span_;
};

// Collects the dead of a segment, as many as are wanted.
void find_dead(Session& session, Segment& segment, const DueMarks& due, std::size_t wanted,
               std::vector<const Entry*>& dead) {
  constexpr std::size_t kStep = 64;
  const std::size_t size = segment.size();
  const std::uint8_t* const marks = segment.marks();
  for (std::size_t begin = 0; begin < size; begin += kStep) {
    const std::size_t count = std::min(kStep, size - begin);
    if (!due.is_any_due(marks + begin, count)) continue;
    for (std::size_t at = begin; at < begin + count; ++at) {
      if (!due.is_due(marks[at])) continue;
      const auto* const entry = static_cast<const Entry*>(Segment::item_of(segment.slots()[at]));
      if (!session.is_due(*entry)) continue;
      dead.push_back(entry);
      if (dead.size() == wanted) return;
    }
  }
}

// False: it is too early for another round.
bool begin_round(Session& session, Shard& shard) {
  ExpirySweep& sweep = shard.sweep;
  const std::int64_t now_ms = session.now().value;
  std::size_t segments = 0;
  for (const auto& table : shard.tables) segments += table ? table->segments() : 0;
  const std::int64_t pause_ms = static_cast<std::int64_t>(segments) / kSegmentsPerPauseMs;
  if (now_ms >= sweep.ended_ms && now_ms - sweep.ended_ms < pause_ms) return false;
  // What came since the last round into the unit in which that round ended is looked at again. A clock that
  // was set back begins anew.
  const std::int64_t unit = now_ms / kExpiryUnitMs;
  sweep.from_unit = unit < sweep.until_unit ? unit - 255 : sweep.until_unit;
  sweep.until_unit = unit;
  sweep.goes_on = true;
  sweep.database = 0;
  sweep.hash = 0;
  return true;
}

}  // namespace

std::size_t expire_in_shard(Session& session, std::size_t index, std::size_t limit,
                            std::size_t* segments_left) {
  Shard& shard = session.store().shard(index);
  ExpirySweep& sweep = shard.sweep;
  if (!sweep.goes_on && !begin_round(session, shard)) return 0;
  const DueMarks due(sweep);
  const std::uint64_t first_hash = static_cast<std::uint64_t>(index) << (64 - kShardBits);
  std::size_t removed = 0;
  std::vector<const Entry*> dead;
  while (sweep.database < shard.tables.size()) {
    if (removed >= limit || *segments_left == 0) return removed;
    const DatabaseNumber db(static_cast<std::uint16_t>(sweep.database));
    const KeyTable* const table = shard.table(db);
    std::uint64_t next = 0;
    dead.clear();
    if (table != nullptr && table->with_expiry + table->with_field_expiry > 0) {
      next = table->walk_segments(std::max(sweep.hash, first_hash), [&](Segment& segment) {
        if (segment.marked() > 0) find_dead(session, segment, due, limit - removed, dead);
        return --*segments_left > 0 && dead.empty();
      });
    }
    for (const Entry* const entry : dead) {
      Position at = session.store().find({db, entry->name()}, hash_of(KeyRef{db, entry->name()}));
      if (session.is_past(*entry)) {
        session.editor().erase(at, ChangeEvent::kExpired);
        ++removed;
      } else {
        // At least one, so that the search goes on.
        removed += session.editor().expire_fields(at, session.now(), limit - std::min(removed, limit - 1));
      }
      session.editor().end_bundle();
    }
    // The rest of that segment's dead: at the same place again.
    if (removed >= limit) return removed;
    sweep.hash = next;
    if (next == 0) ++sweep.database;
  }
  sweep.goes_on = false;
  sweep.ended_ms = session.now().value;
  return removed;
}

}  // namespace stele::keyspace::store
