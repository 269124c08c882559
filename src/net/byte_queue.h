#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace stele::net {

// Bytes appended at the back and consumed at the front. Consuming moves nothing; appending moves what is
// left to the front when that is no more than what was consumed. Confined to one thread.
class ByteQueue {
 public:
  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
  std::size_t size() const { return bytes_.size() - begin_; }
  bool empty() const { return begin_ == bytes_.size(); }

  void append(std::string_view bytes) {
    if (begin_ > 0 && begin_ >= size()) compact();
    bytes_.append(bytes);
  }
  // count <= size().
  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == bytes_.size()) clear();
  }
  // All of `other` goes to the back of this; `other` is empty afterwards.
  void take(ByteQueue& other) {
    if (empty()) {
      std::swap(bytes_, other.bytes_);
      std::swap(begin_, other.begin_);
    } else {
      append(other.view());
    }
    other.clear();
  }

 private:
  static constexpr std::size_t kKeptBytes = 64 * 1024;  // capacity above it is given back when empty

  void clear() {
    begin_ = 0;
    bytes_.clear();
    if (bytes_.capacity() > kKeptBytes) bytes_ = std::string();
  }
  void compact() {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }

  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace stele::net
