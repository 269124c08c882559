#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace stele::keyspace::store {

// How elements of a list lie one behind the other: length, bytes, and the length again, so that they are read
// from both ends; a byte each way for those below 254 bytes, else five. Reads what write() wrote; never from
// outside. Cost: none but the copy.
class ListBytes {
 public:
  static std::size_t size_of(std::string_view element) {
    return element.size() + 2 * (element.size() < kLong ? 1 : 1 + kLengthBytes);
  }
  // Where the next one goes. The bytes may overlap what is written.
  static char* write(char* at, std::string_view element) {
    const bool is_long = element.size() >= kLong;
    const auto length = static_cast<std::uint32_t>(element.size());
    char* const bytes = at + (is_long ? 1 + kLengthBytes : 1);
    if (!element.empty()) std::memmove(bytes, element.data(), element.size());
    char* end = bytes + element.size();
    const auto tag = static_cast<char>(is_long ? kLong : length);
    *at = tag;
    if (is_long) {
      std::memcpy(at + 1, &length, kLengthBytes);
      std::memcpy(end, &length, kLengthBytes);
      end += kLengthBytes;
    }
    *end = tag;
    return end + 1;
  }
  // The element that begins there, …
  static std::string_view at(const char* begin) {
    const auto tag = static_cast<unsigned char>(*begin);
    if (tag < kLong) return {begin + 1, tag};
    return {begin + 1 + kLengthBytes, load(begin + 1)};
  }
  // … and the one that ends there.
  static std::string_view before(const char* end) {
    const auto tag = static_cast<unsigned char>(end[-1]);
    if (tag < kLong) return {end - 1 - tag, tag};
    const std::uint32_t length = load(end - 1 - kLengthBytes);
    return {end - 1 - kLengthBytes - length, length};
  }

  // Where the element with that index begins, of so many between begin and end; index = count: the end.
  static std::size_t offset_of(std::string_view all, std::size_t count, std::size_t index) {
    if (index <= count / 2) {
      const char* here = all.data();
      for (; index > 0; --index) here += size_of(at(here));
      return static_cast<std::size_t>(here - all.data());
    }
    const char* here = all.data() + all.size();
    for (; index < count; ++index) here -= size_of(before(here));
    return static_cast<std::size_t>(here - all.data());
  }

 private:
  static constexpr std::size_t kLong = 254;
  static constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

  static std::uint32_t load(const char* at) {
    std::uint32_t length = 0;
    std::memcpy(&length, at, kLengthBytes);
    return length;
  }
};

}  // namespace stele::keyspace::store
