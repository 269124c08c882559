#include "protocols/redis/rdb/lzf.h"

#include <array>
#include <cstdint>
#include <memory>

namespace stele::redis::rdb {

namespace {

constexpr std::size_t kSlots = 1U << 16;
constexpr std::size_t kLiteralsMax = 32;
constexpr std::size_t kDistanceMax = 1U << 13;
constexpr std::size_t kMatchMax = 264;

// Where three bytes with this hash stood last. A table for all inputs of a thread: positions count on from
// input to input, so that those of former ones are known as such and nothing is cleared.
class Positions {
 public:
  // Positions of the next input count from here.
  void begin(std::size_t size) {
    if (base_ + size + 1 > UINT32_MAX) {
      slots_.fill(0);
      base_ = 0;
    }
    begin_ = base_ + 1;
    base_ += size + 1;
  }
  // The former position in this input; 0 for none. Redis takes no match at 0 either.
  std::size_t exchange(std::size_t slot, std::size_t position) {
    const std::size_t former = slots_[slot];
    slots_[slot] = static_cast<std::uint32_t>(begin_ + position);
    return former > begin_ ? former - begin_ : 0;
  }

 private:
  std::array<std::uint32_t, kSlots> slots_{};
  std::size_t base_ = 0;
  std::size_t begin_ = 0;
};

class Compressor {
 public:
  Compressor(std::string_view in, std::size_t size_max, Positions& positions)
      : in_(reinterpret_cast<const unsigned char*>(in.data())),
        size_(in.size()),
        size_max_(size_max),
        positions_(positions) {
    positions_.begin(size_);
  }

  std::optional<std::string> run() {
    out_.reserve(size_max_ + 4);
    out_.push_back('\0');
    hash_ = static_cast<std::uint32_t>(in_[0] << 8 | in_[1]);
    while (at_ + 2 < size_) {
      const std::size_t match = positions_.exchange(next_slot(), at_);
      const std::size_t distance = at_ - match - 1;
      const bool fits = match > 0 && distance < kDistanceMax && in_[match] == in_[at_] &&
                        in_[match + 1] == in_[at_ + 1] && in_[match + 2] == in_[at_ + 2];
      if (fits) {
        if (!write_match(match, distance)) return std::nullopt;
        if (at_ + 2 >= size_) break;
        pass_end_of_match();
      } else {
        if (out_.size() >= size_max_) return std::nullopt;
        write_literal();
      }
    }
    if (out_.size() + 3 > size_max_) return std::nullopt;
    while (at_ < size_) write_literal();
    end_literals();
    return std::move(out_);
  }

 private:
  std::size_t next_slot() {
    hash_ = hash_ << 8 | in_[at_ + 2];
    return (hash_ >> 8) - hash_ * 5 & (kSlots - 1);
  }

  void write_literal() {
    out_.push_back(static_cast<char>(in_[at_++]));
    if (++literals_ < kLiteralsMax) return;
    out_[out_.size() - literals_ - 1] = static_cast<char>(literals_ - 1);
    literals_ = 0;
    out_.push_back('\0');
  }
  // Writes how many there were in front of them, or takes that byte away.
  void end_literals() {
    if (literals_ == 0) {
      out_.pop_back();
    } else {
      out_[out_.size() - literals_ - 1] = static_cast<char>(literals_ - 1);
    }
  }

  bool write_match(std::size_t match, std::size_t distance) {
    const std::size_t unused = literals_ == 0 ? 1 : 0;
    if (out_.size() - unused + 4 >= size_max_) return false;
    end_literals();
    std::size_t length = match_length(match) - 2;
    at_ += length + 2;
    if (length < 7) {
      out_.push_back(static_cast<char>((distance >> 8) + (length << 5)));
    } else {
      out_.push_back(static_cast<char>((distance >> 8) + (7U << 5)));
      out_.push_back(static_cast<char>(length - 7));
    }
    out_.push_back(static_cast<char>(distance));
    literals_ = 0;
    out_.push_back('\0');
    return true;
  }
  // Long matches are first compared without a look at the end, so they may reach two bytes further.
  std::size_t match_length(std::size_t match) const {
    std::size_t most = size_ - at_ - 2;
    if (most > kMatchMax) most = kMatchMax;
    std::size_t length = 2;
    if (most > 16) {
      while (length < 18) {
        ++length;
        if (in_[match + length] != in_[at_ + length]) return length;
      }
    }
    do {
      ++length;
    } while (length < most && in_[match + length] == in_[at_ + length]);
    return length;
  }
  // Its last two positions are kept as well.
  void pass_end_of_match() {
    at_ -= 2;
    hash_ = static_cast<std::uint32_t>(in_[at_] << 8 | in_[at_ + 1]);
    for (int i = 0; i < 2; ++i) {
      positions_.exchange(next_slot(), at_);
      ++at_;
    }
  }

  const unsigned char* in_;
  const std::size_t size_;
  const std::size_t size_max_;
  Positions& positions_;
  std::string out_;
  std::size_t at_ = 0;
  std::size_t literals_ = 0;
  std::uint32_t hash_ = 0;
};

}  // namespace

std::optional<std::string> lzf_compress(std::string_view bytes, std::size_t size_max) {
  if (bytes.size() < 3 || size_max == 0) return std::nullopt;
  thread_local const auto positions = std::make_unique<Positions>();
  return Compressor(bytes, size_max, *positions).run();
}

bool lzf_expand(std::string_view compressed, std::size_t size, std::string& out) {
  const std::size_t begin = out.size();
  const std::size_t end = begin + size;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(compressed[i]); };
  std::size_t i = 0;
  while (i < compressed.size()) {
    const std::size_t control = byte(i++);
    if (control < kLiteralsMax) {
      const std::size_t count = control + 1;
      if (compressed.size() - i < count || end - out.size() < count) return false;
      out.append(compressed, i, count);
      i += count;
      continue;
    }
    std::size_t length = control >> 5;
    if (length == 7) {
      if (i == compressed.size()) return false;
      length += byte(i++);
    }
    length += 2;
    if (i == compressed.size()) return false;
    const std::size_t distance = ((control & 0x1F) << 8 | byte(i++)) + 1;
    if (distance > out.size() - begin || end - out.size() < length) return false;
    // Byte by byte: a match may reach into what it gives.
    for (std::size_t from = out.size() - distance; length > 0; --length) out.push_back(out[from++]);
  }
  return out.size() == end;
}

}  // namespace stele::redis::rdb
