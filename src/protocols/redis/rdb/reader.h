#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "protocols/redis/rdb/types.h"

namespace stele::redis::rdb {

// Reads RDB's lengths and strings from bytes of which nothing is trusted. The first error stays: all later
// reads give zeros, and ok() is asked before what was read is believed. What stands nowhere in the bytes
// (numbers as text, what was compressed) is put into `texts`; that and all elements take at most `bytes_max`.
class Reader {
 public:
  Reader(std::string_view bytes, std::deque<std::string>& texts, std::size_t bytes_max)
      : bytes_(bytes), texts_(texts), bytes_left_(bytes_max) {}

  bool ok() const { return ok_; }
  // Of an input that is not all there yet: more bytes may make it good.
  bool is_short() const { return is_short_; }
  std::size_t remaining() const { return bytes_.size(); }
  void fail() {
    ok_ = false;
    bytes_ = {};
  }

  std::uint8_t byte() {
    const std::string_view taken = take(1);
    return taken.empty() ? 0 : static_cast<std::uint8_t>(taken[0]);
  }
  template <std::integral T>
  T little_endian() {
    T value = 0;
    const std::string_view taken = take(sizeof(T));
    if (!taken.empty()) std::memcpy(&value, taken.data(), sizeof(T));
    return value;
  }
  std::string_view take(std::uint64_t count) {
    if (bytes_.size() < count) {
      is_short_ |= ok_;
      fail();
      return {};
    }
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  // A length that is no string's special form.
  std::uint64_t length();
  // A count of things that take at least `bytes_each`: more than there is room for is an error at once. Not
  // for an input that is not all there.
  std::size_t count(std::size_t bytes_each = 1);
  std::string_view string();
  // Passes over it.
  void skip_string();

  // Keeps a text that stands nowhere in the bytes.
  std::string_view keep(std::string text);
  // What so many elements take is counted.
  void count_elements(std::size_t count);

 private:
  struct Length {
    std::uint64_t value = 0;
    bool is_special = false;
  };
  Length any_length();
  std::string_view special_string(Special special);
  std::string_view compressed_string();

  std::string_view bytes_;
  std::deque<std::string>& texts_;
  std::size_t bytes_left_;
  bool ok_ = true;
  bool is_short_ = false;
};

}  // namespace stele::redis::rdb
