// Bitmaps: SETBIT, GETBIT, BITCOUNT, BITPOS, BITOP over strings.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "keyspace/errors.h"
#include "protocols/redis/commands/bits.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
}

unsigned bit_at(std::string_view bytes, std::size_t bit) {
  return (byte_at(bytes, bit / 8) >> (7 - bit % 8)) & 1U;
}

void setbit(Call& call) {
  STELE_REDIS_TRY(const std::size_t offset, call, bit_offset(call.head(), call[2], 0));
  const auto bit = integer_argument(call[3]);
  if (!bit || (*bit != 0 && *bit != 1)) return call.fail("bit is not an integer or out of range");
  auto& strings = call.group().strings();
  STELE_REDIS_TRY(const auto present, call, strings.get(call.key(1)));
  const std::string_view value = present.value_or(std::string_view());
  const unsigned former = bit_at(value, offset);
  // Also a bit that is what it was may make the value longer.
  if (former != static_cast<unsigned>(*bit) || offset / 8 >= value.size()) {
    const unsigned mask = 1U << (7 - offset % 8);
    const unsigned byte = byte_at(value, offset / 8);
    const char changed = static_cast<char>(*bit == 1 ? byte | mask : byte & ~mask);
    STELE_REDIS_TRY([[maybe_unused]] const std::size_t size, call,
                    strings.overwrite(call.key(1), offset / 8, {&changed, 1}, ChangeEvent::kSetBit));
  }
  call.reply().integer(former);
}

void getbit(Call& call) {
  STELE_REDIS_TRY(const std::size_t offset, call, bit_offset(call.head(), call[2], 0));
  STELE_REDIS_TRY(const auto value, call, call.group().strings().get(call.key(1)));
  call.count_lookup(value.has_value());
  call.reply().integer(bit_at(value.value_or(std::string_view()), offset));
}

std::uint64_t count_bits(std::string_view bytes) {
  std::uint64_t count = 0;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    count += static_cast<std::uint64_t>(std::popcount(word));
  }
  for (const char c : bytes)
    count += static_cast<std::uint64_t>(std::popcount(static_cast<unsigned char>(c)));
  return count;
}

// A span of bits, both ends in it; empty when it begins behind its end.
struct BitSpan {
  std::int64_t first = 0;
  std::int64_t last = -1;
  bool has_end = false;

  bool is_empty() const { return first > last; }
};

// The words "start [end [BYTE|BIT]]" from `i` on, over a value of that size. False after an error.
bool read_span(Call& call, std::size_t i, std::size_t bytes, bool needs_end, BitSpan& span) {
  auto size = static_cast<std::int64_t>(bytes);
  span = {0, size * 8 - 1, false};
  if (call.size() == i) return true;
  const bool is_too_long = call.size() > i + 3 || (needs_end && call.size() == i + 1);
  bool in_bits = false;
  if (!is_too_long && call.size() == i + 3) {
    in_bits = call.is(i + 2, "BIT");
    if (!in_bits && !call.is(i + 2, "BYTE")) {
      call.fail_syntax();
      return false;
    }
  }
  if (is_too_long) {
    call.fail_syntax();
    return false;
  }
  if (in_bits) size *= 8;
  std::int64_t first = 0;
  std::int64_t last = size - 1;
  for (std::size_t word = i; word < std::min(call.size(), i + 2); ++word) {
    const auto number = integer_argument(call[word]);
    if (!number) {
      call.fail(number.error());
      return false;
    }
    (word == i ? first : last) = *number;
  }
  span.has_end = call.size() > i + 1;
  if (first < 0 && last < 0 && first > last) {
    span = {0, -1, span.has_end};
    return true;
  }
  if (first < 0) first = std::max<std::int64_t>(first + size, 0);
  if (last < 0) last = std::max<std::int64_t>(last + size, 0);
  last = std::min(last, size - 1);
  if (in_bits) {
    span.first = first;
    span.last = last;
  } else if (first > last) {
    span.first = 0;
    span.last = -1;
  } else {
    span.first = first * 8;
    span.last = last * 8 + 7;
  }
  return true;
}

void bitcount(Call& call) {
  STELE_REDIS_TRY(const auto present, call, call.group().strings().get(call.key(1)));
  call.count_lookup(present.has_value());
  const std::string_view value = present.value_or(std::string_view());
  BitSpan span;
  if (!read_span(call, 2, value.size(), true, span)) return;
  if (span.is_empty()) return call.reply().integer(0);
  const auto first_byte = static_cast<std::size_t>(span.first / 8);
  const auto last_byte = static_cast<std::size_t>(span.last / 8);
  std::uint64_t count = count_bits(value.substr(first_byte, last_byte - first_byte + 1));
  // Without the bits of the outer bytes that lie outside.
  const unsigned before = byte_at(value, first_byte) >> (8 - span.first % 8);
  const unsigned behind = byte_at(value, last_byte) & ((1U << (7 - span.last % 8)) - 1);
  count -= static_cast<std::uint64_t>(std::popcount(before) + std::popcount(behind));
  call.reply().integer(static_cast<std::int64_t>(count));
}

// The first such bit of the span; -1 if there is none.
std::int64_t find_bit(std::string_view value, unsigned bit, const BitSpan& span) {
  const unsigned skipped = bit == 1 ? 0U : 0xffU;
  for (std::int64_t at = span.first; at <= span.last;) {
    if (at % 8 == 0) {
      while (at + 7 <= span.last && byte_at(value, static_cast<std::size_t>(at / 8)) == skipped) at += 8;
      if (at > span.last) return -1;
    }
    if (bit_at(value, static_cast<std::size_t>(at)) == bit) return at;
    ++at;
  }
  return -1;
}

void bitpos(Call& call) {
  const auto bit = integer_argument(call[2]);
  if (!bit) return call.fail(bit.error());
  if (*bit != 0 && *bit != 1) return call.fail("The bit argument must be 1 or 0.");
  STELE_REDIS_TRY(const auto value, call, call.group().strings().get(call.key(1)));
  call.count_lookup(value.has_value());
  // What is not there is zeros without end.
  if (!value) return call.reply().integer(*bit == 1 ? -1 : 0);
  BitSpan span;
  if (!read_span(call, 3, value->size(), false, span)) return;
  if (span.is_empty()) return call.reply().integer(-1);
  const std::int64_t found = find_bit(*value, static_cast<unsigned>(*bit), span);
  const bool is_behind = found < 0 && *bit == 0 && !span.has_end;
  call.reply().integer(is_behind ? static_cast<std::int64_t>(value->size()) * 8 : found);
}

enum class BitOperation : std::uint8_t { kAnd, kOr, kXor, kNot };

void apply(BitOperation operation, std::string& result, std::string_view other) {
  for (std::size_t i = 0; i < result.size(); ++i) {
    const unsigned byte = byte_at(other, i);
    auto& target = result[i];
    const auto own = static_cast<unsigned char>(target);
    switch (operation) {
      case BitOperation::kAnd:
        target = static_cast<char>(own & byte);
        break;
      case BitOperation::kOr:
        target = static_cast<char>(own | byte);
        break;
      case BitOperation::kXor:
        target = static_cast<char>(own ^ byte);
        break;
      case BitOperation::kNot:
        target = static_cast<char>(~byte);
        break;
    }
  }
}

std::optional<BitOperation> read_operation(Call& call) {
  if (call.is(1, "AND")) return BitOperation::kAnd;
  if (call.is(1, "OR")) return BitOperation::kOr;
  if (call.is(1, "XOR")) return BitOperation::kXor;
  if (call.is(1, "NOT")) return BitOperation::kNot;
  return std::nullopt;
}

void bitop(Call& call) {
  const auto operation = read_operation(call);
  if (!operation) return call.fail_syntax();
  const bool is_not = *operation == BitOperation::kNot;
  if (is_not && call.size() != 4) {
    return call.fail("BITOP NOT must be called with a single source key.");
  }
  auto& strings = call.group().strings();
  std::size_t longest = 0;
  for (std::size_t i = 3; i < call.size(); ++i) {
    STELE_REDIS_TRY(const auto value, call, strings.get(call.key(i)));
    longest = std::max(longest, value ? value->size() : 0);
  }
  if (longest == 0) {
    STELE_REDIS_TRY([[maybe_unused]] const bool was_there, call, call.group().keys().remove(call.key(2)));
    return call.reply().integer(0);
  }
  std::string result(longest, '\0');
  for (std::size_t i = 3; i < call.size(); ++i) {
    STELE_REDIS_TRY(const auto value, call, strings.get(call.key(i)));
    const std::string_view bytes = value.value_or(std::string_view());
    const bool is_first = i == 3 && !is_not;
    is_first ? void(std::ranges::copy(bytes, result.begin())) : apply(*operation, result, bytes);
  }
  STELE_REDIS_TRY([[maybe_unused]] const auto done, call, strings.set(call.key(2), result, {}));
  call.reply().integer(static_cast<std::int64_t>(longest));
}

constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kGroup = "bitmap";

constexpr std::array kCommands = {
    Command{"setbit",
            4,
            flag::kWrite | flag::kDenyOom,
            {1, 1, 1, "RW access update"},
            kKeys,
            setbit,
            kGroup,
            "2.2.0",
            "O(1)",
            "Sets or clears a bit of the string at a key"},
    Command{"getbit",
            3,
            flag::kReadOnly | flag::kFast,
            {1, 1, 1, "RO access"},
            kKeys,
            getbit,
            kGroup,
            "2.2.0",
            "O(1)",
            "Answers a bit of the string at a key"},
    Command{"bitcount",
            -2,
            flag::kReadOnly,
            {1, 1, 1, "RO access"},
            kKeys,
            bitcount,
            kGroup,
            "2.6.0",
            "O(N)",
            "Counts the bits that are set"},
    Command{"bitpos",
            -3,
            flag::kReadOnly,
            {1, 1, 1, "RO access"},
            kKeys,
            bitpos,
            kGroup,
            "2.8.7",
            "O(N)",
            "Finds the first bit that is set, or clear"},
    Command{"bitop",
            -4,
            flag::kWrite | flag::kDenyOom,
            {2, -1, 1, "OW update"},
            kKeys,
            bitop,
            kGroup,
            "2.6.0",
            "O(N)",
            "Stores what an operation makes of the bits of strings"},
};

}  // namespace

Result<std::size_t> bit_offset(Head& head, std::string_view text, unsigned width) {
  const Error bad = make_error(ErrorCode::kInvalidArgument, "bit offset is not an integer or out of range");
  const bool is_in_fields = width > 0 && text.starts_with('#');
  const auto number = integer_argument(is_in_fields ? text.substr(1) : text);
  std::int64_t offset = 0;
  if (!number || __builtin_mul_overflow(*number, is_in_fields ? width : 1, &offset)) return bad;
  if (offset < 0 || static_cast<std::size_t>(offset) / 8 >= head.settings().bulk_bytes_max) return bad;
  return static_cast<std::size_t>(offset);
}

std::span<const Command> bitmap_commands() {
  return kCommands;
}

}  // namespace stele::redis
