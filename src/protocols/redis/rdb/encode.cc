#include "protocols/redis/rdb/encode.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "keyspace/numbers.h"
#include "protocols/redis/rdb/lzf.h"
#include "protocols/redis/rdb/packed.h"
#include "protocols/redis/rdb/stream.h"
#include "protocols/redis/rdb/types.h"

namespace stele::redis::rdb {

namespace {

using keyspace::ValueType;

void append_type(std::string& out, Type type) {
  out += static_cast<char>(type);
}

// Whether it is a number that RDB has a form for, and that is written then.
bool append_as_integer(std::string& out, std::string_view bytes) {
  constexpr std::size_t kLettersMax = 11;
  if (bytes.empty() || bytes.size() > kLettersMax) return false;
  const auto number = keyspace::parse_integer(bytes);
  if (!number) return false;
  const auto put = [&](Special special, std::size_t count) {
    out += static_cast<char>(kSpecial << 6 | static_cast<std::uint8_t>(special));
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(*number >> (8 * i));
    return true;
  };
  if (*number == static_cast<std::int8_t>(*number)) return put(Special::kInt8, 1);
  if (*number == static_cast<std::int16_t>(*number)) return put(Special::kInt16, 2);
  if (*number == static_cast<std::int32_t>(*number)) return put(Special::kInt32, 4);
  return false;
}

std::string encode_list(const Value& value, const EncodingLimits& limits) {
  constexpr std::size_t kBytesByFill[] = {4096, 8192, 16384, 32768, 65536};
  constexpr std::size_t kEntryBytesEstimated = 8;
  constexpr std::size_t kSafeBytes = 8192;
  constexpr std::size_t kPacked = 2;
  const std::int64_t fill = limits.list_listpack_size;
  const auto has_room = [&](const ListpackWriter& node, std::size_t element_bytes) {
    const std::size_t bytes = node.size() + element_bytes + kEntryBytesEstimated;
    if (fill >= 0) return bytes <= kSafeBytes && node.count() < static_cast<std::size_t>(fill);
    return bytes <= kBytesByFill[std::min<std::size_t>(static_cast<std::size_t>(-fill), 5) - 1];
  };
  std::string nodes;
  std::size_t count = 0;
  ListpackWriter node;
  const auto finish = [&] {
    append_length(nodes, kPacked);
    append_string(nodes, node.finish());
    ++count;
  };
  for (const std::string_view element : value.elements) {
    if (node.count() > 0 && !has_room(node, element.size())) finish();
    node.add(element);
  }
  finish();
  std::string out;
  append_type(out, Type::kListQuicklist2);
  append_length(out, count);
  return out + nodes;
}

std::string encode_set(const Value& value, const EncodingLimits& limits) {
  std::string out;
  std::vector<std::int64_t> numbers;
  for (const std::string_view member : value.elements) {
    const auto number = keyspace::parse_integer(member);
    if (member.empty() || !number) break;
    numbers.push_back(*number);
  }
  if (numbers.size() == value.elements.size() && numbers.size() <= limits.intset_entries) {
    std::ranges::sort(numbers);
    append_type(out, Type::kSetIntset);
    append_string(out, write_intset(numbers));
    return out;
  }
  append_type(out, Type::kSet);
  append_length(out, value.elements.size());
  for (const std::string_view member : value.elements) append_string(out, member);
  return out;
}

std::string encode_hash(const Value& value, const EncodingLimits& limits) {
  const std::size_t longest = limits.hash_value_bytes;
  const bool is_small =
      value.fields.size() <= limits.hash_entries && std::ranges::all_of(value.fields, [&](const auto& each) {
        return each.name.size() <= longest && each.value.size() <= longest;
      });
  std::string out;
  append_type(out, is_small ? Type::kHashListpack : Type::kHash);
  if (is_small) {
    ListpackWriter packed;
    for (const auto& [name, text] : value.fields) {
      packed.add(name);
      packed.add(text);
    }
    append_string(out, packed.finish());
    return out;
  }
  append_length(out, value.fields.size());
  for (const auto& [name, text] : value.fields) {
    append_string(out, name);
    append_string(out, text);
  }
  return out;
}

// As Redis does since 7.0: whole numbers in full, whatever they are.
void add_score(ListpackWriter& packed, double score) {
  constexpr double kWholeMax = 4611686018427387903.0;
  const bool is_negative_zero = score == 0 && std::signbit(score);
  if (!is_negative_zero && std::abs(score) <= kWholeMax && score == std::trunc(score)) {
    return packed.add_integer(static_cast<std::int64_t>(score));
  }
  packed.add(keyspace::format_score(score));
}

std::string encode_sorted_set(const Value& value, const EncodingLimits& limits) {
  const bool is_small = value.members.size() <= limits.sorted_entries &&
                        std::ranges::all_of(value.members, [&](const auto& each) {
                          return each.member.size() <= limits.sorted_value_bytes;
                        });
  std::string out;
  append_type(out, is_small ? Type::kSortedSetListpack : Type::kSortedSet2);
  if (is_small) {
    ListpackWriter packed;
    for (const auto& [member, score] : value.members) {
      packed.add(member);
      add_score(packed, score);
    }
    append_string(out, packed.finish());
    return out;
  }
  append_length(out, value.members.size());
  // The highest first, so that who reads it inserts at the front.
  for (auto each = value.members.rbegin(); each != value.members.rend(); ++each) {
    append_string(out, each->member);
    const auto bits = std::bit_cast<std::uint64_t>(each->score);
    for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift);
  }
  return out;
}

}  // namespace

void append_length(std::string& out, std::uint64_t length) {
  if (length < 1U << 6) {
    out += static_cast<char>(length);
  } else if (length < 1U << 14) {
    out += static_cast<char>(kLength14 << 6 | length >> 8);
    out += static_cast<char>(length);
  } else if (length <= UINT32_MAX) {
    out += static_cast<char>(kLength32);
    append_big_endian(out, static_cast<std::uint32_t>(length));
  } else {
    out += static_cast<char>(kLength64);
    append_big_endian(out, length);
  }
}

void append_string(std::string& out, std::string_view bytes) {
  constexpr std::size_t kCompressedFrom = 21;
  constexpr std::size_t kGainMin = 4;
  if (append_as_integer(out, bytes)) return;
  if (bytes.size() >= kCompressedFrom) {
    if (const auto compressed = lzf_compress(bytes, bytes.size() - kGainMin)) {
      out += static_cast<char>(kSpecial << 6 | static_cast<std::uint8_t>(Special::kLzf));
      append_length(out, compressed->size());
      append_length(out, bytes.size());
      out += *compressed;
      return;
    }
  }
  append_length(out, bytes.size());
  out += bytes;
}

std::string encode_value(const Value& value, const EncodingLimits& limits) {
  switch (value.type) {
    case ValueType::kList:
      return encode_list(value, limits);
    case ValueType::kSet:
      return encode_set(value, limits);
    case ValueType::kHash:
      return encode_hash(value, limits);
    case ValueType::kSortedSet:
      return encode_sorted_set(value, limits);
    case ValueType::kStream:
      return encode_stream(value.stream, limits);
    default:
      break;
  }
  std::string out;
  append_type(out, Type::kString);
  append_string(out, value.elements.empty() ? std::string_view() : value.elements.front());
  return out;
}

}  // namespace stele::redis::rdb
