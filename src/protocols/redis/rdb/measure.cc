// How far does a value reach? Without decoding it, for those who pass it on.
#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/reader.h"

namespace stele::redis::rdb {

namespace {

constexpr std::size_t kStreamIdBytes = 16;
constexpr std::size_t kTimeBytes = 8;

void skip_strings(Reader& in, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) in.skip_string();
}

void skip_lengths(Reader& in, int count) {
  for (int i = 0; i < count; ++i) in.length();
}

void skip_old_score(Reader& in) {
  constexpr std::uint8_t kNoText = 253;
  const std::uint8_t size = in.byte();
  if (size < kNoText) in.take(size);
}

void skip_scored(Reader& in, bool is_binary) {
  const std::uint64_t count = in.length();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    in.skip_string();
    is_binary ? static_cast<void>(in.take(8)) : skip_old_score(in);
  }
}

void skip_quicklist(Reader& in) {
  const std::uint64_t nodes = in.length();
  for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) {
    in.length();
    in.skip_string();
  }
}

void skip_group(Reader& in, Type type) {
  in.skip_string();
  skip_lengths(in, type == Type::kStream ? 2 : 3);
  const std::uint64_t pending = in.length();
  for (std::uint64_t i = 0; i < pending && in.ok(); ++i) {
    in.take(kStreamIdBytes + kTimeBytes);
    in.length();
  }
  const std::uint64_t consumers = in.length();
  for (std::uint64_t i = 0; i < consumers && in.ok(); ++i) {
    in.skip_string();
    in.take(type == Type::kStream3 ? 2 * kTimeBytes : kTimeBytes);
    const std::uint64_t owned = in.length();
    if (owned > in.remaining() / kStreamIdBytes) {
      in.take(in.remaining() + 1);
    } else {
      in.take(owned * kStreamIdBytes);
    }
  }
}

void skip_stream(Reader& in, Type type) {
  const std::uint64_t nodes = in.length();
  for (std::uint64_t i = 0; i < nodes && in.ok(); ++i) skip_strings(in, 2);
  skip_lengths(in, type == Type::kStream ? 3 : 8);
  const std::uint64_t groups = in.length();
  for (std::uint64_t i = 0; i < groups && in.ok(); ++i) skip_group(in, type);
}

// A module's id, then what it wrote, each with what it is.
void skip_module(Reader& in) {
  enum Part : std::uint64_t { kEnd = 0, kSigned = 1, kUnsigned = 2, kFloat = 3, kDouble = 4, kText = 5 };
  in.length();
  while (in.ok()) {
    switch (in.length()) {
      case kEnd:
        return;
      case kSigned:
      case kUnsigned:
        in.length();
        break;
      case kFloat:
        in.take(4);
        break;
      case kDouble:
        in.take(8);
        break;
      case kText:
        in.skip_string();
        break;
      default:
        in.fail();
    }
  }
}

void skip_value(Reader& in, Type type) {
  switch (type) {
    case Type::kString:
    case Type::kHashZipmap:
    case Type::kListZiplist:
    case Type::kSetIntset:
    case Type::kSortedSetZiplist:
    case Type::kHashZiplist:
    case Type::kHashListpack:
    case Type::kSortedSetListpack:
    case Type::kSetListpack:
      return in.skip_string();
    case Type::kList:
    case Type::kSet:
    case Type::kListQuicklist:
      return skip_strings(in, in.length());
    case Type::kHash: {
      const std::uint64_t count = in.length();
      for (std::uint64_t i = 0; i < count && in.ok(); ++i) skip_strings(in, 2);
      return;
    }
    case Type::kSortedSet:
      return skip_scored(in, false);
    case Type::kSortedSet2:
      return skip_scored(in, true);
    case Type::kListQuicklist2:
      return skip_quicklist(in);
    case Type::kStream:
    case Type::kStream2:
    case Type::kStream3:
      return skip_stream(in, type);
    case Type::kModule2:
      return skip_module(in);
    default:
      in.fail();
  }
}

}  // namespace

Result<std::optional<std::size_t>> measure_content(Type type, std::string_view bytes) {
  std::deque<std::string> unused;
  Reader in(bytes, unused, 0);
  skip_value(in, type);
  if (in.ok()) return std::optional(bytes.size() - in.remaining());
  if (in.is_short()) return std::optional<std::size_t>();
  return make_error(ErrorCode::kCorruption,
                    "a value of unknown form (type " + std::to_string(static_cast<int>(type)) + ")");
}

}  // namespace stele::redis::rdb
