// BITFIELD: integers of any width at any bit of a string.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "protocols/redis/commands/bits.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;

enum class Overflow : std::uint8_t { kWrap, kSaturate, kFail };
enum class Kind : std::uint8_t { kGet, kSet, kIncrement };

struct Step {
  Kind kind = Kind::kGet;
  Overflow overflow = Overflow::kWrap;
  bool is_signed = false;
  unsigned width = 0;
  std::size_t offset = 0;
  std::int64_t value = 0;
};

// Widths: 1 to 64 for signed ones, to 63 for others.
bool read_type(std::string_view text, Step& step) {
  if (text.size() < 2 || (text[0] != 'i' && text[0] != 'u')) return false;
  step.is_signed = text[0] == 'i';
  const auto width = integer_argument(text.substr(1));
  if (!width || *width < 1 || *width > (step.is_signed ? 64 : 63)) return false;
  step.width = static_cast<unsigned>(*width);
  return true;
}

bool read_overflow(Call& call, std::size_t i, Overflow& overflow) {
  if (call.is(i, "WRAP")) {
    overflow = Overflow::kWrap;
  } else if (call.is(i, "SAT")) {
    overflow = Overflow::kSaturate;
  } else if (call.is(i, "FAIL")) {
    overflow = Overflow::kFail;
  } else {
    call.fail("Invalid OVERFLOW type specified");
    return false;
  }
  return true;
}

// One step from its second word on; false after an error was answered.
bool read_step(Call& call, std::size_t i, Step& step) {
  if (!read_type(call[i], step)) {
    call.fail("Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
    return false;
  }
  const auto offset = bit_offset(call.head(), call[i + 1], step.width);
  if (!offset) {
    call.fail(offset.error());
    return false;
  }
  step.offset = *offset;
  if (step.kind == Kind::kGet) return true;
  const auto value = integer_argument(call[i + 2]);
  if (!value) {
    call.fail(value.error());
    return false;
  }
  step.value = *value;
  return true;
}

bool read_steps(Call& call, std::vector<Step>& steps) {
  Overflow overflow = Overflow::kWrap;
  for (std::size_t i = 2; i < call.size();) {
    const std::size_t more = call.size() - 1 - i;
    if (call.is(i, "OVERFLOW") && more >= 1) {
      if (!read_overflow(call, i + 1, overflow)) return false;
      i += 2;
      continue;
    }
    Step step;
    step.overflow = overflow;
    std::size_t words = 4;
    if (call.is(i, "GET") && more >= 2) {
      words = 3;
    } else if (call.is(i, "SET") && more >= 3) {
      step.kind = Kind::kSet;
    } else if (call.is(i, "INCRBY") && more >= 3) {
      step.kind = Kind::kIncrement;
    } else {
      call.fail_syntax();
      return false;
    }
    if (!read_step(call, i + 1, step)) return false;
    steps.push_back(step);
    i += words;
  }
  return true;
}

std::uint64_t mask_of(unsigned width) {
  return width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

std::uint64_t read_bits(std::string_view bytes, std::size_t offset, unsigned width) {
  std::uint64_t value = 0;
  for (std::size_t bit = offset; bit < offset + width; ++bit) {
    const unsigned byte = bit / 8 < bytes.size() ? static_cast<unsigned char>(bytes[bit / 8]) : 0U;
    value = (value << 1U) | ((byte >> (7 - bit % 8)) & 1U);
  }
  return value;
}

void write_bits(std::string& bytes, std::size_t offset, unsigned width, std::uint64_t value) {
  for (unsigned i = 0; i < width; ++i) {
    const std::size_t bit = offset + i;
    const auto mask = static_cast<unsigned char>(1U << (7 - bit % 8));
    auto& byte = bytes[bit / 8];
    const bool is_set = ((value >> (width - 1 - i)) & 1U) != 0;
    byte = static_cast<char>(is_set ? byte | mask : byte & static_cast<char>(~mask));
  }
}

std::int64_t sign_extended(const Step& step, std::uint64_t bits) {
  if (!step.is_signed || step.width == 64) return static_cast<std::int64_t>(bits);
  const unsigned shift = 64 - step.width;
  return static_cast<std::int64_t>(bits << shift) >> shift;
}

// What the step makes of the number that is there; nothing where it fails by its OVERFLOW.
std::optional<std::int64_t> changed(const Step& step, std::int64_t present) {
  const __int128 least = step.is_signed ? -(static_cast<__int128>(1) << (step.width - 1)) : 0;
  const __int128 most = (static_cast<__int128>(1) << (step.is_signed ? step.width - 1 : step.width)) - 1;
  __int128 value = step.value;
  // The words of SET to an unsigned field are taken as bits.
  if (step.kind == Kind::kSet && !step.is_signed)
    value = static_cast<__int128>(static_cast<std::uint64_t>(step.value));
  if (step.kind == Kind::kIncrement) value += present;
  if (value >= least && value <= most) return static_cast<std::int64_t>(value);
  switch (step.overflow) {
    case Overflow::kWrap:
      return sign_extended(step, static_cast<std::uint64_t>(value) & mask_of(step.width));
    case Overflow::kSaturate:
      return static_cast<std::int64_t>(value < least ? least : most);
    case Overflow::kFail:
      return std::nullopt;
  }
  return std::nullopt;
}

// The bytes of the value that the step touches, as long as they will be.
bool run_step(Call& call, const Step& step) {
  auto& strings = call.group().strings();
  const auto present = strings.get(call.key(1));
  if (!present) {
    call.fail(present.error());
    return false;
  }
  const std::size_t first = step.offset / 8;
  const std::size_t size = (step.offset + step.width + 7) / 8 - first;
  const std::string_view value = present->value_or(std::string_view());
  std::string bytes(value.substr(std::min(first, value.size()), size));
  bytes.resize(size, '\0');
  const std::size_t bit = step.offset % 8;
  const std::int64_t former = sign_extended(step, read_bits(bytes, bit, step.width));
  if (step.kind == Kind::kGet) {
    call.reply().integer(former);
    return true;
  }
  const auto next = changed(step, former);
  if (!next) {
    call.reply().null();
    return true;
  }
  write_bits(bytes, bit, step.width, static_cast<std::uint64_t>(*next) & mask_of(step.width));
  const auto written = strings.overwrite(call.key(1), first, bytes, ChangeEvent::kSetBit);
  if (!written) {
    call.fail(written.error());
    return false;
  }
  call.reply().integer(step.kind == Kind::kSet ? former : *next);
  return true;
}

void bitfield(Call& call) {
  std::vector<Step> steps;
  if (!read_steps(call, steps)) return;
  const bool only_reads =
      std::ranges::all_of(steps, [](const Step& step) { return step.kind == Kind::kGet; });
  if (!only_reads && call.command().is(flag::kReadOnly)) {
    return call.fail("BITFIELD_RO only supports the GET subcommand");
  }
  // Whether it can be done at all, before the reply begins.
  auto& strings = call.group().strings();
  STELE_REDIS_TRY([[maybe_unused]] const auto present, call, strings.get(call.key(1)));
  std::string& out = call.reply().out();
  const std::size_t begin = out.size();
  call.reply().array(steps.size());
  for (const Step& step : steps) {
    const std::size_t before = out.size();
    if (run_step(call, step)) continue;
    // Its error is the reply.
    const std::string error = out.substr(before);
    out.resize(begin);
    out += error;
    return;
  }
}

constexpr std::array kCommands = {
    Command{"bitfield",
            -2,
            flag::kWrite | flag::kDenyOom,
            {1, 1, 1, "RW access update variable_flags"},
            Reach::kKeys,
            bitfield,
            "bitmap",
            "3.2.0",
            "O(1) for each step",
            "Reads and changes integers within a string"},
    Command{"bitfield_ro",
            -2,
            flag::kReadOnly | flag::kFast,
            {1, 1, 1, "RO access"},
            Reach::kKeys,
            bitfield,
            "bitmap",
            "6.0.0",
            "O(1) for each step",
            "Reads integers within a string"},
};

}  // namespace

std::span<const Command> bitfield_commands() {
  return kCommands;
}

}  // namespace stele::redis
