// Listpacks. Source: Redis 7.0 listpack.c and https://github.com/antirez/listpack.
#include <array>
#include <bit>

#include "keyspace/numbers.h"
#include "protocols/redis/rdb/packed.h"

namespace stele::redis::rdb {

namespace {

constexpr std::uint8_t kEnd = 0xFF;
constexpr std::size_t kHeaderBytes = 6;
constexpr std::size_t kCountUnknown = 0xFFFF;

// How many bytes say a back length of so many bytes.
std::size_t back_length_bytes(std::size_t entry_bytes) {
  if (entry_bytes <= 127) return 1;
  if (entry_bytes < 16383) return 2;
  if (entry_bytes < 2097151) return 3;
  return entry_bytes < 268435455 ? 4 : 5;
}

std::string back_length(std::size_t entry_bytes) {
  std::string bytes(back_length_bytes(entry_bytes), '\0');
  for (std::size_t i = bytes.size(); i-- > 0; entry_bytes >>= 7) {
    bytes[i] = static_cast<char>((entry_bytes & 127) | (i > 0 ? 128 : 0));
  }
  return bytes;
}

// The number of `bits` bits in the lowest ones.
std::int64_t sign_extended(std::uint64_t value, int bits) {
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(value << unused) >> unused;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Reads one entry, without its back length.
ListpackCursor::Element read_entry(Reader& in) {
  const std::uint8_t first = in.byte();
  const auto integer = [](std::int64_t value) { return ListpackCursor::Element{true, value, {}}; };
  const auto text = [](std::string_view bytes) { return ListpackCursor::Element{false, 0, bytes}; };
  const auto wide = [&](std::size_t bytes) {
    return integer(sign_extended(little_endian(in.take(bytes)), static_cast<int>(bytes * 8)));
  };
  if (first < 0x80) return integer(first);
  if (first < 0xC0) return text(in.take(first & 0x3F));
  if (first < 0xE0) return integer(sign_extended(std::uint64_t{first & 0x1FU} << 8 | in.byte(), 13));
  if (first < 0xF0) {
    const std::size_t size = (first & 0x0FU) << 8 | in.byte();
    return text(in.take(size));
  }
  switch (first) {
    case 0xF0:
      return text(in.take(in.little_endian<std::uint32_t>()));
    case 0xF1:
      return wide(2);
    case 0xF2:
      return wide(3);
    case 0xF3:
      return wide(4);
    case 0xF4:
      return wide(8);
    default:
      in.fail();
      return {};
  }
}

std::string encoded(std::int64_t value) {
  std::string bytes;
  const auto put = [&](std::uint8_t first, std::size_t count) {
    bytes += static_cast<char>(first);
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  const auto fits = [&](int bits) { return sign_extended(static_cast<std::uint64_t>(value), bits) == value; };
  if (value >= 0 && value <= 127) {
    bytes += static_cast<char>(value);
  } else if (fits(13)) {
    bytes += static_cast<char>(0xC0 | (value >> 8 & 0x1F));
    bytes += static_cast<char>(value);
  } else if (fits(16)) {
    put(0xF1, 2);
  } else if (fits(24)) {
    put(0xF2, 3);
  } else if (fits(32)) {
    put(0xF3, 4);
  } else {
    put(0xF4, 8);
  }
  return bytes + back_length(bytes.size());
}

}  // namespace

ListpackCursor::ListpackCursor(std::string_view bytes) : in_(bytes, unused_, 0) {
  const auto size = in_.little_endian<std::uint32_t>();
  count_ = in_.little_endian<std::uint16_t>();
  if (size != bytes.size() || size < kHeaderBytes + 1) in_.fail();
}

ListpackCursor::Element ListpackCursor::next() {
  const std::size_t before = in_.remaining();
  if (before <= 1) in_.fail();
  const Element element = read_entry(in_);
  if (!in_.ok()) return {};
  const std::size_t entry_bytes = before - in_.remaining();
  if (in_.take(back_length_bytes(entry_bytes)) != back_length(entry_bytes)) in_.fail();
  ++found_;
  return in_.ok() ? element : Element{};
}

std::int64_t ListpackCursor::integer() {
  const Element element = next();
  if (!element.is_integer) in_.fail();
  return element.integer;
}

std::string_view ListpackCursor::text(Reader& keeper) {
  const Element element = next();
  return element.is_integer ? keeper.keep(std::to_string(element.integer)) : element.text;
}

bool ListpackCursor::is_whole() {
  if (!in_.ok() || in_.remaining() != 1 || in_.byte() != kEnd) return false;
  return count_ == kCountUnknown || count_ == found_;
}

bool read_listpack(std::string_view bytes, Reader& keeper, Views& out) {
  ListpackCursor cursor(bytes);
  while (!cursor.is_at_end()) {
    const std::string_view element = cursor.text(keeper);
    keeper.count_elements(1);
    if (!cursor.ok() || !keeper.ok()) return false;
    out.push_back(element);
  }
  return cursor.is_whole();
}

void ListpackWriter::add_back_length(std::size_t entry_bytes) {
  bytes_ += back_length(entry_bytes);
  ++count_;
}

void ListpackWriter::add(std::string_view element) {
  constexpr std::size_t kIntegerTextMax = 20;
  if (element.size() <= kIntegerTextMax) {
    if (const auto number = keyspace::parse_integer(element)) return add_integer(*number);
  }
  const std::size_t begin = bytes_.size();
  if (element.size() < 64) {
    bytes_ += static_cast<char>(0x80 | element.size());
  } else if (element.size() < 4096) {
    bytes_ += static_cast<char>(0xE0 | element.size() >> 8);
    bytes_ += static_cast<char>(element.size());
  } else {
    bytes_ += static_cast<char>(0xF0);
    for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(element.size() >> shift);
  }
  bytes_ += element;
  add_back_length(bytes_.size() - begin);
}

void ListpackWriter::add_integer(std::int64_t value) {
  bytes_ += encoded(value);
  ++count_;
}

void ListpackWriter::replace_first_integer(std::int64_t from, std::int64_t to) {
  bytes_.replace(kHeaderBytes, encoded(from).size(), encoded(to));
}

std::string ListpackWriter::finish() {
  bytes_ += static_cast<char>(kEnd);
  const std::size_t counted = count_ < kCountUnknown ? count_ : kCountUnknown;
  for (std::size_t i = 0; i < 4; ++i) bytes_[i] = static_cast<char>(bytes_.size() >> (8 * i));
  for (std::size_t i = 0; i < 2; ++i) bytes_[4 + i] = static_cast<char>(counted >> (8 * i));
  std::string finished(kHeaderBytes, '\0');
  finished.swap(bytes_);
  count_ = 0;
  return finished;
}

}  // namespace stele::redis::rdb
