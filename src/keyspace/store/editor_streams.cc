// The editor's steps on streams.
#include <utility>

#include "keyspace/store/editor.h"
#include "keyspace/store/stream_blocks.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

std::unique_ptr<stream::Stream> Editor::make_stream() {
  auto stream = std::make_unique<stream::Stream>(std::make_unique<StreamBlocks>());
  stream->set_counted_bytes(stream->memory_bytes());
  return stream;
}

stream::Stream& Editor::create_stream(Position& at) {
  const Entry::Shape shape = {
      .type = ValueType::kStream, .is_outside = true, .has_id = is_written_behind_here(at)};
  Entry* const entry = Entry::make(shape, at.key.name, sizeof(stream::Stream*));
  entry->set_outside_address(make_stream().release());
  insert(at, entry);
  return *at.entry->outside<stream::Stream>();
}

void Editor::count_stream(Position& at) {
  auto* const stream = at.entry->outside<stream::Stream>();
  const std::size_t bytes = stream->memory_bytes();
  count_bytes(at, bytes - stream->counted_bytes());
  stream->set_counted_bytes(bytes);
}

void Editor::edit_stream(Position& at, const stream::Edit& edit, ChangeEvent event) {
  count_stream(at);
  const bool is_behind = is_written_behind_here(at);
  if (is_behind) ensure_id(at);
  const ChangeSequence change = record(at, event, ValueType::kStream);
  if (is_behind) store_.dirty.fields_changed(bundle_, dirty_object(at), change, edit.rows(), edit.bytes());
}

void Editor::load_stream(Position& at, std::span<const Field> rows) {
  at.entry->outside<stream::Stream>()->load(rows);
  count_stream(at);
}

}  // namespace stele::keyspace::store
