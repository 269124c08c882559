#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace stele::keyspace::store {

// A small set of integers alone: a byte that says how wide they are (and that it is no FlatFields, whose
// first byte is a length), then the integers in ascending order, each in two, four or eight bytes. Reads what
// with() and build() wrote; never from outside. Source: Redis' intset.
class FlatIntegers {
 public:
  static bool is(std::string_view bytes) {
    return !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & kMark) != 0;
  }
  explicit FlatIntegers(std::string_view bytes)
      : bytes_(bytes.substr(1)), width_(static_cast<unsigned char>(bytes[0]) & ~kMark) {}

  // Redis' own limit.
  static constexpr std::size_t kIntegersMax = 512;
  static constexpr std::size_t kTextBytesMax = 20;

  std::size_t size() const { return bytes_.size() / width_; }
  std::size_t width() const { return width_; }
  std::int64_t at(std::size_t i) const { return read(bytes_.data() + i * width_, width_); }
  // The place of the first that is not below it.
  std::size_t place_of(std::int64_t value) const;
  bool contains(std::int64_t value) const {
    const std::size_t place = place_of(value);
    return place < size() && at(place) == value;
  }
  // Where that place begins in all of the bytes.
  std::size_t offset_of(std::size_t place) const { return 1 + place * width_; }
  // All of them and one more, in the width that this one needs.
  std::string with(std::int64_t value) const;

  static std::size_t width_of(std::int64_t value);
  static std::string build(std::int64_t value);
  static void write(char* at, std::int64_t value, std::size_t width) { std::memcpy(at, &value, width); }

 private:
  static constexpr unsigned char kMark = 0x80;

  static std::int64_t read(const char* at, std::size_t width);

  std::string_view bytes_;
  std::size_t width_;
};

}  // namespace stele::keyspace::store
