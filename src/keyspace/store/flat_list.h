#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "keyspace/store/list_bytes.h"

namespace stele::keyspace::store {

// A small list within its entry: eight bytes that say which position its first element has and how many there
// are, then the elements, whose positions follow one another. Reads what the editor wrote.
class FlatList {
 public:
  static constexpr std::size_t kHeaderBytes = 8;
  // A list with more is a List.
  static constexpr std::size_t kBytesMax = 1024;
  static constexpr std::size_t kElementsMax = 256;
  static constexpr std::int64_t kPositionMax = std::int64_t{1} << 46;

  struct Header {
    std::int64_t first_position = 0;
    std::size_t count = 0;
    bool is_renumbered = false;  // as List::is_renumbered()

    std::int64_t end_position() const { return first_position + static_cast<std::int64_t>(count); }
  };

  explicit FlatList(std::string_view value) : elements_(value.substr(kHeaderBytes)) {
    std::int64_t word = 0;
    std::memcpy(&word, value.data(), sizeof(word));
    header_ = {word >> 16, static_cast<std::size_t>(word & 0x7fff), (word & 0x8000) != 0};
  }
  static void write(char* at, const Header& header) {
    const std::int64_t word = header.first_position * 65536 + static_cast<std::int64_t>(header.count) +
                              (header.is_renumbered ? 0x8000 : 0);
    std::memcpy(at, &word, sizeof(word));
  }

  const Header& header() const { return header_; }
  std::size_t size() const { return header_.count; }
  std::string_view elements() const { return elements_; }
  // Where it begins in the value; index = size(): the end.
  std::size_t offset_of(std::size_t index) const {
    return kHeaderBytes + ListBytes::offset_of(elements_, header_.count, index);
  }
  std::string_view at(std::size_t index) const {
    return ListBytes::at(elements_.data() + ListBytes::offset_of(elements_, header_.count, index));
  }
  // Whether so many more, of so many bytes, keep it flat.
  bool takes(std::size_t count, std::size_t bytes) const {
    return header_.count + count <= kElementsMax && elements_.size() + bytes <= kBytesMax &&
           header_.first_position > -kPositionMax && header_.first_position < kPositionMax;
  }

  // As List's.
  template <class Visit>
  void walk(std::size_t index, Visit visit) const {
    const char* here = elements_.data() + ListBytes::offset_of(elements_, header_.count, index);
    for (const char* const end = elements_.data() + elements_.size(); here < end;) {
      const std::string_view element = ListBytes::at(here);
      if (!visit(element)) return;
      here += ListBytes::size_of(element);
    }
  }
  template <class Visit>
  void walk_backward(std::size_t index, Visit visit) const {
    const char* here = elements_.data() + ListBytes::offset_of(elements_, header_.count, index + 1);
    while (here > elements_.data()) {
      const std::string_view element = ListBytes::before(here);
      if (!visit(element)) return;
      here -= ListBytes::size_of(element);
    }
  }

 private:
  Header header_;
  std::string_view elements_;
};

}  // namespace stele::keyspace::store
