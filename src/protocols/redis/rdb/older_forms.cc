// Ziplists and zipmaps, which older versions of Redis wrote, and intsets.
// Source: Redis 7.0 ziplist.c, zipmap.c, intset.c.
#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "protocols/redis/rdb/packed.h"

namespace stele::redis::rdb {

namespace {

constexpr std::uint8_t kEnd = 0xFF;
constexpr std::uint8_t kFourBytes = 254;

std::int64_t wide_integer(Reader& in, std::size_t bytes) {
  const std::string_view taken = in.take(bytes);
  std::uint64_t value = 0;
  for (std::size_t i = taken.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
  const auto unused = static_cast<int>(64 - bytes * 8);
  return static_cast<std::int64_t>(value << unused) >> unused;
}

// Reads one entry, behind the length of the one before.
std::string_view read_ziplist_entry(Reader& in, Reader& keeper) {
  const std::uint8_t first = in.byte();
  const auto integer = [&](std::int64_t value) { return keeper.keep(std::to_string(value)); };
  switch (first >> 6) {
    case 0:
      return in.take(first & 0x3F);
    case 1: {
      const std::size_t size = (first & 0x3FU) << 8 | in.byte();
      return in.take(size);
    }
    case 2: {
      const std::string_view size = in.take(4);
      return first != 0x80 || size.empty() ? (in.fail(), std::string_view())
                                           : in.take(load_big_endian<std::uint32_t>(size.data()));
    }
    default:
      break;
  }
  switch (first) {
    case 0xC0:
      return integer(wide_integer(in, 2));
    case 0xD0:
      return integer(wide_integer(in, 4));
    case 0xE0:
      return integer(wide_integer(in, 8));
    case 0xF0:
      return integer(wide_integer(in, 3));
    case 0xFE:
      return integer(wide_integer(in, 1));
    default:
      break;
  }
  if (first < 0xF1 || first > 0xFD) {
    in.fail();
    return {};
  }
  return integer((first & 0x0F) - 1);
}

// A length of a zipmap: a byte, or four behind 254.
std::size_t zipmap_length(Reader& in) {
  const std::uint8_t first = in.byte();
  if (first == kEnd) in.fail();
  return first < kFourBytes ? first : in.little_endian<std::uint32_t>();
}

}  // namespace

bool read_ziplist(std::string_view bytes, Reader& keeper, Views& out) {
  constexpr std::size_t kCountUnknown = 0xFFFF;
  std::deque<std::string> unused;
  Reader in(bytes, unused, 0);
  const auto size = in.little_endian<std::uint32_t>();
  const auto tail = in.little_endian<std::uint32_t>();
  const auto count = in.little_endian<std::uint16_t>();
  if (!in.ok() || size != bytes.size()) return false;
  std::size_t found = 0;
  std::size_t last = bytes.size() - in.remaining();
  std::size_t former_bytes = 0;
  while (in.ok() && in.remaining() > 1) {
    const std::size_t before = in.remaining();
    last = bytes.size() - before;
    const std::uint8_t first = in.byte();
    const std::size_t said = first < kFourBytes ? first : in.little_endian<std::uint32_t>();
    if (first == kEnd || said != former_bytes) return false;
    const std::string_view element = read_ziplist_entry(in, keeper);
    keeper.count_elements(1);
    if (!in.ok() || !keeper.ok()) return false;
    out.push_back(element);
    former_bytes = before - in.remaining();
    ++found;
  }
  return in.byte() == kEnd && in.ok() && tail == last && (count == kCountUnknown || count == found);
}

bool read_zipmap(std::string_view bytes, Reader& keeper, Views& out) {
  constexpr std::uint8_t kCountUnknown = 254;
  std::deque<std::string> unused;
  Reader in(bytes, unused, 0);
  const std::uint8_t count = in.byte();
  std::size_t found = 0;
  while (in.ok() && in.remaining() > 1) {
    const std::size_t name_size = zipmap_length(in);
    const std::string_view name = in.take(name_size);
    const std::size_t value_size = zipmap_length(in);
    const std::uint8_t free = in.byte();
    const std::string_view value = in.take(value_size);
    in.take(free);
    keeper.count_elements(2);
    if (!in.ok() || !keeper.ok()) return false;
    out.push_back(name);
    out.push_back(value);
    ++found;
  }
  return in.byte() == kEnd && in.ok() && (count >= kCountUnknown || count == found);
}

bool read_intset(std::string_view bytes, Reader& keeper, Views& out) {
  std::deque<std::string> unused;
  Reader in(bytes, unused, 0);
  const auto width = in.little_endian<std::uint32_t>();
  const auto count = in.little_endian<std::uint32_t>();
  if (!in.ok() || (width != 2 && width != 4 && width != 8)) return false;
  if (count == 0 || in.remaining() / width != count || in.remaining() % width != 0) return false;
  std::int64_t former = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t number = wide_integer(in, width);
    if (i > 0 && number <= former) return false;
    former = number;
    keeper.count_elements(1);
    out.push_back(keeper.keep(std::to_string(number)));
    if (!keeper.ok()) return false;
  }
  return true;
}

std::string write_intset(std::span<const std::int64_t> numbers) {
  const auto fits = [&]<class T>(T) {
    return std::ranges::all_of(numbers, [](std::int64_t number) {
      return number >= std::numeric_limits<T>::min() && number <= std::numeric_limits<T>::max();
    });
  };
  const std::size_t width = fits(std::int16_t{}) ? 2 : fits(std::int32_t{}) ? 4 : 8;
  std::string bytes;
  const auto put = [&](std::uint64_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  put(width, 4);
  put(numbers.size(), 4);
  for (const std::int64_t number : numbers) put(static_cast<std::uint64_t>(number), width);
  return bytes;
}

}  // namespace stele::redis::rdb
