#include "protocols/redis/rdb/decode.h"

#include <bit>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cmath>

#include "keyspace/numbers.h"
#include "protocols/redis/rdb/crc64.h"
#include "protocols/redis/rdb/packed.h"
#include "protocols/redis/rdb/stream.h"

namespace stele::redis::rdb {

namespace {

using keyspace::ValueType;

Error corrupt() {
  return make_error(ErrorCode::kCorruption, "Bad data format");
}

bool are_unique(const Views& names, std::size_t step) {
  boost::unordered_flat_set<std::string_view> seen;
  seen.reserve(names.size() / step);
  for (std::size_t i = 0; i < names.size(); i += step) {
    if (!seen.insert(names[i]).second) return false;
  }
  return true;
}

// Elements as they come out of any form: names and values of hashes and of sorted sets by turns.
bool read_strings(Reader& in, Views& out, std::size_t each) {
  const std::size_t count = in.count(each);
  in.count_elements(count * each);
  for (std::size_t i = 0; i < count * each && in.ok(); ++i) out.push_back(in.string());
  return in.ok();
}

// 253 is not a number, 254 and 255 are the infinities, else so many letters follow.
double read_old_score(Reader& in) {
  const std::uint8_t size = in.byte();
  if (size == 253) return NAN;
  if (size == 254) return INFINITY;
  if (size == 255) return -INFINITY;
  const auto score = keyspace::parse_score(in.take(size));
  return score ? *score : NAN;
}

bool read_scored(Reader& in, Type type, Value& value, Views& names) {
  const bool is_binary = type == Type::kSortedSet2;
  const std::size_t count = in.count(is_binary ? 9 : 2);
  in.count_elements(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view name = in.string();
    const double score =
        is_binary ? std::bit_cast<double>(in.little_endian<std::uint64_t>()) : read_old_score(in);
    if (std::isnan(score)) in.fail();
    value.members.push_back({name, score});
    names.push_back(name);
  }
  return in.ok();
}

bool read_quicklist(Reader& in, Type type, Views& out) {
  constexpr std::uint64_t kPlain = 1;
  constexpr std::uint64_t kPacked = 2;
  const std::size_t nodes = in.count();
  for (std::size_t i = 0; i < nodes && in.ok(); ++i) {
    const std::uint64_t container = type == Type::kListQuicklist2 ? in.length() : kPacked;
    const std::string_view bytes = in.string();
    const std::size_t before = out.size();
    if (container == kPlain) {
      out.push_back(bytes);
    } else if (container != kPacked || !(type == Type::kListQuicklist ? read_ziplist(bytes, in, out)
                                                                      : read_listpack(bytes, in, out))) {
      in.fail();
    }
    if (container == kPlain) in.count_elements(1);
    if (out.size() == before) in.fail();
  }
  return in.ok();
}

// The elements of any encoding in the order in which they stand.
bool read_elements(Reader& in, Type type, Views& out) {
  switch (type) {
    case Type::kString:
      out.push_back(in.string());
      return in.ok();
    case Type::kList:
    case Type::kSet:
      return read_strings(in, out, 1);
    case Type::kHash:
      return read_strings(in, out, 2);
    case Type::kHashZipmap:
      return read_zipmap(in.string(), in, out) && in.ok();
    case Type::kSetIntset:
      return read_intset(in.string(), in, out) && in.ok();
    case Type::kListZiplist:
    case Type::kSortedSetZiplist:
    case Type::kHashZiplist:
      return read_ziplist(in.string(), in, out) && in.ok();
    case Type::kHashListpack:
    case Type::kSortedSetListpack:
    case Type::kSetListpack:
      return read_listpack(in.string(), in, out) && in.ok();
    case Type::kListQuicklist:
    case Type::kListQuicklist2:
      return read_quicklist(in, type, out);
    default:
      in.fail();
      return false;
  }
}

ValueType value_type(Type type) {
  switch (type) {
    case Type::kString:
      return ValueType::kString;
    case Type::kList:
    case Type::kListZiplist:
    case Type::kListQuicklist:
    case Type::kListQuicklist2:
      return ValueType::kList;
    case Type::kSet:
    case Type::kSetIntset:
    case Type::kSetListpack:
      return ValueType::kSet;
    case Type::kHash:
    case Type::kHashZipmap:
    case Type::kHashZiplist:
    case Type::kHashListpack:
      return ValueType::kHash;
    case Type::kSortedSet:
    case Type::kSortedSet2:
    case Type::kSortedSetZiplist:
    case Type::kSortedSetListpack:
      return ValueType::kSortedSet;
    case Type::kStream:
    case Type::kStream2:
    case Type::kStream3:
      return ValueType::kStream;
    default:
      return ValueType::kNone;
  }
}

// Elements by turns as fields, or as members and their scores.
bool pair_up(Value& value, const Views& elements) {
  if (elements.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < elements.size(); i += 2) {
    if (value.type == ValueType::kHash) {
      value.fields.push_back({elements[i], elements[i + 1]});
      continue;
    }
    const auto score = keyspace::parse_score(elements[i + 1]);
    if (!score) return false;
    value.members.push_back({elements[i], *score});
  }
  return true;
}

bool read_value(Reader& in, Type type, Value& value) {
  if (value.type == ValueType::kStream) return read_stream(in, type, value.stream);
  Views elements;
  if (type == Type::kSortedSet || type == Type::kSortedSet2) {
    return read_scored(in, type, value, elements) && !elements.empty() && are_unique(elements, 1);
  }
  if (!read_elements(in, type, elements) || elements.empty()) return false;
  if (value.type == ValueType::kHash || value.type == ValueType::kSortedSet) {
    return pair_up(value, elements) && are_unique(elements, 2);
  }
  if (value.type == ValueType::kSet && !are_unique(elements, 1)) return false;
  value.elements = std::move(elements);
  return true;
}

}  // namespace

Result<Value> decode_value(std::string_view bytes) {
  if (bytes.empty()) return corrupt();
  const auto type = static_cast<Type>(bytes[0]);
  if (type == Type::kModule || type == Type::kModule2) {
    return make_error(ErrorCode::kUnsupported, "values of modules are not supported by Stele");
  }
  Value value;
  value.type = value_type(type);
  Reader in(bytes.substr(1), value.texts, decoded_bytes_max(bytes.size()));
  if (!read_value(in, type, value) || !in.ok() || in.remaining() > 0) return corrupt();
  return value;
}

std::optional<Payload> open_payload(std::string_view bytes) {
  constexpr std::size_t kVersionBytes = 2;
  constexpr std::size_t kChecksumBytes = 8;
  if (bytes.size() < kVersionBytes + kChecksumBytes) return std::nullopt;
  std::deque<std::string> unused;
  Reader footer(bytes.substr(bytes.size() - kVersionBytes - kChecksumBytes), unused, 0);
  const auto version = footer.little_endian<std::uint16_t>();
  const auto checksum = footer.little_endian<std::uint64_t>();
  if (version > kVersionRead) return std::nullopt;
  if (checksum != crc64(0, bytes.substr(0, bytes.size() - kChecksumBytes))) return std::nullopt;
  return Payload{bytes.substr(0, bytes.size() - kVersionBytes - kChecksumBytes), version};
}

std::string make_payload(std::string value, std::uint16_t version) {
  for (std::size_t i = 0; i < 2; ++i) value += static_cast<char>(version >> (8 * i));
  const std::uint64_t checksum = crc64(0, value);
  for (std::size_t i = 0; i < 8; ++i) value += static_cast<char>(checksum >> (8 * i));
  return value;
}

}  // namespace stele::redis::rdb
