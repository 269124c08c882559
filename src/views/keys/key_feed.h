#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "keyspace/keyspace.h"
#include "views/follower.h"
#include "views/freshness.h"
#include "views/keys/cached_keys.h"
#include "views/keys/echo_book.h"
#include "views/keys/key_map.h"
#include "views/keys/key_reader.h"

namespace stele::views {

// How does what is committed come into the keyspace? Our own flushes are echoes: they settle what they wrote.
// Of a foreign change to redis.* the stream brings the keys' ids alone, and the keys are read as they are
// now; what has been committed since comes again by the stream, so that the last one to be seen is the last
// one. Rows of mapped tables become hashes as they come. Up to kAtomicKeys keys change at once, more in
// slices. Confined to the views' thread.
class KeyFeed final : public Follower {
 public:
  static constexpr std::size_t kAtomicKeys = 1000;

  struct Callbacks {
    std::function<void()> work;  // something is to be read in the background: unread ids, mappings, a reload
    std::function<void()> reload;  // all keys were truncated
  };

  KeyFeed(postgres::ConnectOptions options, keyspace::Keyspace& keyspace, KeyMap& map, CachedKeys& cached,
          EchoBook& echoes, Callbacks callbacks)
      : keyspace_(keyspace),
        map_(map),
        cached_(cached),
        echoes_(echoes),
        reader_(std::move(options)),
        callbacks_(std::move(callbacks)) {}
  // By which number our own messages begin; another one at each start of the node.
  void set_node(std::uint64_t node) { node_ = node; }

  void begin(const postgres::Transaction::Head& head) override;
  void take(const postgres::Change& change) override;
  bool has_to_finish() const override {
    return own_ || !foreign_.empty() || !rows_.empty() || !removed_prefixes_.empty() ||
           cached_.has_to_finish();
  }
  net::Task<void> finish() override;

  // While keys are read in the background, the ids that the stream brings meanwhile are gathered, since what
  // was read may be older. take_gathered() ends a round; none left: gather(false) before anything else.
  void gather(bool on);
  std::vector<keyspace::ObjectId> take_gathered();
  // While on, foreign changes are gathered only, for all keys are being read.
  void defer(bool on) { deferring_ = on; }
  // Ids that could not be read when they came.
  std::vector<keyspace::ObjectId> take_unread();
  bool has_unread() const { return !unread_.empty(); }
  void add_unread(const std::vector<keyspace::ObjectId>& ids) { unread_.insert(ids.begin(), ids.end()); }
  // Of the transactions applied last: a snapshot that is used beside the stream must show them.
  Xids recent() const { return {recent_.begin(), recent_.end()}; }

  // Brings these keys to the state that was read: what was asked for and not found is gone.
  void apply(std::vector<StoredKey> found, const std::vector<keyspace::ObjectId>& asked);
  // A row of a mapped table that was read; skipped when the stream has brought the key since.
  void put_read(KeyMapping& mapping, std::string name, std::vector<keyspace::Field> fields);
  // Removes the keys of a prefix, but those that `keep` says.
  net::Task<void> remove_keys(std::string prefix, std::function<bool(const std::string& name)> keep);
  net::Task<void> close() { return reader_.close(); }

 private:
  enum class Role : std::uint8_t { kNone, kKey, kElement, kMapping, kMapped };
  // A change of a mapped key.
  struct RowChange {
    std::string prefix;
    std::string name;    // empty: the table was truncated
    std::string former;  // the name that it had before
    bool removed = false;
    std::vector<keyspace::Field> fields;
    std::vector<std::string> unchanged;  // fields whose values are the former ones
  };

  Role role_of(const postgres::Relation& relation);
  void take_id(const postgres::Tuple& tuple);
  void take_mapping(const postgres::Change& change);
  void take_row(const postgres::Change& change);
  void take_row(const postgres::Change& change, KeyMapping& mapping);
  void apply_rows();
  void apply_row(keyspace::Group& group, RowChange& change);
  void apply_echoes(const EchoBook::Written& written);
  net::Task<void> read_foreign();
  net::Task<void> settle_mappings();

  keyspace::Keyspace& keyspace_;
  KeyMap& map_;
  CachedKeys& cached_;
  EchoBook& echoes_;
  KeyReader reader_;
  Callbacks callbacks_;
  std::uint64_t node_ = 0;

  std::unordered_map<std::uint32_t, Role> roles_;
  std::uint32_t last_relation_ = 0;
  Role last_role_ = Role::kNone;
  std::deque<std::uint32_t> recent_;

  // Of the transaction under way.
  std::optional<EchoBook::Written> own_;
  std::uint32_t xid_ = 0;
  std::unordered_set<keyspace::ObjectId> foreign_;
  std::vector<RowChange> rows_;
  std::vector<std::string> removed_prefixes_;
  std::vector<postgres::ColumnValue> columns_, old_columns_;

  bool gathering_ = false, deferring_ = false;
  std::unordered_set<keyspace::ObjectId> gathered_, unread_;
};

}  // namespace stele::views
