#include "keyspace/store/streams.h"

#include <utility>

#include "keyspace/store/stream_blocks.h"

namespace stele::keyspace::store {

Result<stream::Stream*> StoreStreams::find(KeyRef key, Access access) {
  if (access != Access::kRead) STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(at_, session_.find(key, ValueType::kStream));
  return at_.entry == nullptr ? nullptr : at_.entry->outside<stream::Stream>();
}

stream::Stream& StoreStreams::create() {
  return session_.editor().create_stream(at_);
}

bool StoreStreams::is_noting() const {
  return is_written_behind(session_.store().class_of(at_.key.name));
}

void StoreStreams::changed(const stream::Edit& edit, ChangeEvent event) {
  session_.editor().edit_stream(at_, edit, event);
}

void StoreStreams::give_up(std::unique_ptr<stream::Stream> rest) {
  session_.store().garbage.add(rest.release());
}

std::unique_ptr<stream::Entries> StoreStreams::make_entries() const {
  return std::make_unique<StreamBlocks>();
}

}  // namespace stele::keyspace::store
