#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keyspace/stream_rows.h"

namespace stele::keyspace::stream {

// Which rows of a stream are other ones by a change? Nothing is noted of what is not written behind.
class Edit {
 public:
  explicit Edit(bool is_noting) : is_noting_(is_noting) {}

  const std::vector<std::string>& rows() const { return rows_; }
  // About what a flush of them will write, beside their names.
  std::size_t bytes() const { return bytes_; }

  void state() {
    note([] { return stream_state_row(); }, sizeof(StreamStateValue));
  }
  void entry(StreamId id, std::size_t bytes) {
    note([&] { return stream_entry_row(id); }, bytes);
  }
  void trimmed() {
    note([] { return stream_trimmed_row(); }, 0);
  }
  void group(std::string_view name) {
    note([&] { return stream_group_row(name); }, 24);
  }
  void group_cleared(std::string_view name) {
    note([&] { return stream_group_cleared_row(name); }, 0);
  }
  void consumer(std::string_view group, std::string_view name) {
    note([&] { return stream_consumer_row(group, name); }, 8);
  }
  void pending(std::string_view group, StreamId id) {
    note([&] { return stream_pending_row(group, id); }, 32);
  }

 private:
  template <class Name>
  void note(Name name, std::size_t bytes) {
    if (!is_noting_) return;
    rows_.push_back(name());
    bytes_ += bytes;
  }

  const bool is_noting_;
  std::vector<std::string> rows_;
  std::size_t bytes_ = 0;
};

}  // namespace stele::keyspace::stream
