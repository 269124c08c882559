#include "keyspace/reference/streams.h"

#include "keyspace/reference/stream_entries.h"

namespace stele::keyspace::reference {

Result<stream::Stream*> ReferenceStreams::find(KeyRef key, Access access) {
  key_ = key;
  object_ = nullptr;
  if (access != Access::kRead) STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(object_, session_.find(key, ValueType::kStream));
  return object_ == nullptr ? nullptr : object_->stream.get();
}

stream::Stream& ReferenceStreams::create() {
  object_ = &session_.store().insert_stream(key_);
  return *object_->stream;
}

bool ReferenceStreams::is_noting() const {
  return is_written_behind(session_.store().class_of(key_));
}

void ReferenceStreams::changed(const stream::Edit& edit, ChangeEvent event) {
  session_.store().edit_stream(*object_, edit, event);
}

std::unique_ptr<stream::Entries> ReferenceStreams::make_entries() const {
  return std::make_unique<MapEntries>();
}

}  // namespace stele::keyspace::reference
