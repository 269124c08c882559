#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace stele {

// Bytes travel as std::string (owned) and std::string_view (borrowed): text and binary alike. These append
// and read integers in network order (PostgreSQL, TLS) and little-endian (our own files).

template <std::integral T>
constexpr T byte_swap_to_big(T value) {
  if constexpr (std::endian::native == std::endian::little && sizeof(T) > 1) return std::byteswap(value);
  return value;
}

template <std::integral T>
void append_big_endian(std::string& out, T value) {
  const T swapped = byte_swap_to_big(value);
  out.append(reinterpret_cast<const char*>(&swapped), sizeof(T));
}

// `bytes` holds at least sizeof(T) bytes.
template <std::integral T>
T load_big_endian(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return byte_swap_to_big(value);
}

// Reads a bounded run of bytes from the front. A read past the end returns zero or an empty view and makes
// ok() false from then on, so that a decoder checks once at its end. Views live as long as the bytes given.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::integral T>
  T big_endian() {
    if (bytes_.size() < sizeof(T)) return fail<T>();
    const T value = load_big_endian<T>(bytes_.data());
    bytes_.remove_prefix(sizeof(T));
    return value;
  }

  // `count` bytes.
  std::string_view take(std::size_t count) {
    if (bytes_.size() < count) return fail<std::string_view>();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  // Up to the next NUL, which is consumed and not part of the result.
  std::string_view c_string() {
    const std::size_t end = bytes_.find('\0');
    if (end == std::string_view::npos) return fail<std::string_view>();
    const std::string_view text = bytes_.substr(0, end);
    bytes_.remove_prefix(end + 1);
    return text;
  }

  bool ok() const { return ok_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t remaining() const { return bytes_.size(); }

 private:
  template <class T>
  T fail() {
    ok_ = false;
    bytes_ = {};
    return T{};
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace stele
