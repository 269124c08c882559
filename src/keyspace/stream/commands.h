#pragma once

#include <functional>
#include <memory>

#include "keyspace/change.h"
#include "keyspace/stream/edit.h"
#include "keyspace/stream/stream.h"
#include "keyspace/streams.h"

namespace stele::keyspace::stream {

// The stream commands over whatever keeps the streams of keys: a keyspace says where a stream is and gets
// told what became of it. One session's.
class Commands : public Streams {
 public:
  Result<std::optional<StreamId>> add(KeyRef key, const StreamAdd& how,
                                      std::span<const FieldRef> fields) final;
  Result<std::size_t> remove(KeyRef key, std::span<const StreamId> ids) final;
  Result<std::size_t> trim(KeyRef key, const StreamTrim& how) final;
  Result<void> set_id(KeyRef key, const StreamSetId& to) final;
  Result<void> put(KeyRef key, std::span<const Field> rows) final;
  Result<void> copy(KeyRef from, KeyRef to) final;
  Result<std::size_t> size(KeyRef key) final;
  Result<StreamEntries> range(KeyRef key, const StreamRange& range) final;
  Result<std::optional<StreamInfo>> info(KeyRef key) final;
  Result<bool> create_group(KeyRef key, std::string_view group, const StreamGroupStart& start,
                            bool creates_stream) final;
  Result<void> set_group(KeyRef key, std::string_view group, const StreamGroupStart& start) final;
  Result<bool> destroy_group(KeyRef key, std::string_view group) final;
  Result<bool> create_consumer(KeyRef key, std::string_view group, std::string_view consumer) final;
  Result<std::size_t> remove_consumer(KeyRef key, std::string_view group, std::string_view consumer) final;
  Result<std::optional<StreamGroupInfo>> group(KeyRef key, std::string_view group) final;
  Result<std::vector<StreamGroupInfo>> groups(KeyRef key) final;
  Result<std::vector<StreamConsumerInfo>> consumers(KeyRef key, std::string_view group) final;
  Result<std::vector<StreamPending>> pending(KeyRef key, std::string_view group,
                                             const StreamPendingQuery& query) final;
  Result<StreamEntries> read_new(KeyRef key, std::string_view group, std::string_view consumer,
                                 std::size_t count_max, bool is_acknowledged) final;
  Result<StreamEntries> read_pending(KeyRef key, std::string_view group, std::string_view consumer,
                                     StreamId beyond, std::size_t count_max) final;
  Result<std::size_t> acknowledge(KeyRef key, std::string_view group, std::span<const StreamId> ids) final;
  Result<StreamEntries> claim(KeyRef key, std::string_view group, const StreamClaim& claim,
                              std::span<const StreamId> ids) final;
  Result<StreamClaimed> claim_from(KeyRef key, std::string_view group, const StreamClaim& claim,
                                   StreamId first, std::size_t count_max) final;

 protected:
  enum class Access : std::uint8_t { kRead, kWrite };

  // The stream at a key, null without one; wrong_type and what the access asks for.
  virtual Result<Stream*> find(KeyRef key, Access access) = 0;
  // The following are about the key found last.
  virtual Stream& create() = 0;
  virtual bool is_noting() const = 0;
  virtual void changed(const Edit& edit, ChangeEvent event) = 0;
  // To be freed, at once or bit by bit.
  virtual void give_up(std::unique_ptr<Stream> rest) = 0;
  virtual std::unique_ptr<Entries> make_entries() const = 0;
  virtual WallMs now() const = 0;

 private:
  struct Found {
    Stream* stream = nullptr;
    Group* group = nullptr;
  };
  // no_such_group.
  Result<Found> find_group(KeyRef key, std::string_view group, Access access);
  Consumer& find_or_create(Found found, std::string_view group, std::string_view name);
  // What trim() left is freed.
  void free_dropped(Stream& stream);
  // Whether the entry is the consumer's now, as far as it is there and was idle for long enough.
  bool claim_one(Found found, std::string_view group, const StreamClaim& claim, StreamId id, Edit& edit,
                 StreamEntries& entries);
};

}  // namespace stele::keyspace::stream
