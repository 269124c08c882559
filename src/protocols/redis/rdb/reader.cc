#include "protocols/redis/rdb/reader.h"

#include "base/bytes.h"
#include "protocols/redis/rdb/lzf.h"

namespace stele::redis::rdb {

Reader::Length Reader::any_length() {
  const std::uint8_t first = byte();
  const std::uint8_t form = first >> 6;
  if (form == kLength6) return {first & 0x3FU, false};
  if (form == kLength14) return {static_cast<std::uint64_t>(first & 0x3F) << 8 | byte(), false};
  if (form == kSpecial) return {first & 0x3FU, true};
  if (first == kLength32) {
    const std::string_view taken = take(4);
    return {taken.empty() ? 0 : load_big_endian<std::uint32_t>(taken.data()), false};
  }
  if (first == kLength64) {
    const std::string_view taken = take(8);
    return {taken.empty() ? 0 : load_big_endian<std::uint64_t>(taken.data()), false};
  }
  fail();
  return {};
}

std::uint64_t Reader::length() {
  const Length length = any_length();
  if (length.is_special) fail();
  return ok_ ? length.value : 0;
}

std::size_t Reader::count(std::size_t bytes_each) {
  const std::uint64_t number = length();
  if (number > bytes_.size() / bytes_each) fail();
  return ok_ ? number : 0;
}

std::string_view Reader::string() {
  const Length length = any_length();
  return length.is_special ? special_string(static_cast<Special>(length.value)) : take(length.value);
}

std::string_view Reader::special_string(Special special) {
  switch (special) {
    case Special::kInt8:
      return keep(std::to_string(static_cast<std::int8_t>(byte())));
    case Special::kInt16:
      return keep(std::to_string(little_endian<std::int16_t>()));
    case Special::kInt32:
      return keep(std::to_string(little_endian<std::int32_t>()));
    case Special::kLzf:
      return compressed_string();
  }
  fail();
  return {};
}

std::string_view Reader::compressed_string() {
  const std::uint64_t compressed_size = length();
  const std::uint64_t size = length();
  const std::string_view compressed = take(compressed_size);
  if (!ok_) return {};
  std::string text;
  if (size == 0 || size > lzf_expanded_max(compressed.size()) || size > bytes_left_) {
    fail();
    return {};
  }
  text.reserve(size);
  if (!lzf_expand(compressed, size, text)) fail();
  return keep(std::move(text));
}

void Reader::skip_string() {
  constexpr std::size_t kIntBytes[] = {1, 2, 4};
  const Length length = any_length();
  if (!length.is_special) {
    take(length.value);
  } else if (length.value < std::size(kIntBytes)) {
    take(kIntBytes[length.value]);
  } else if (static_cast<Special>(length.value) == Special::kLzf) {
    const std::uint64_t compressed_size = this->length();
    this->length();
    take(compressed_size);
  } else {
    fail();
  }
}

std::string_view Reader::keep(std::string text) {
  const std::size_t cost = text.size() + sizeof(std::string);
  if (!ok_ || cost > bytes_left_) {
    fail();
    return {};
  }
  bytes_left_ -= cost;
  return texts_.emplace_back(std::move(text));
}

void Reader::count_elements(std::size_t count) {
  constexpr std::size_t kElementBytes = 2 * sizeof(std::string_view);
  if (count * kElementBytes > bytes_left_) return fail();
  bytes_left_ -= count * kElementBytes;
}

}  // namespace stele::redis::rdb
