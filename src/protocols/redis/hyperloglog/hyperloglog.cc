#include "protocols/redis/hyperloglog/hyperloglog.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "keyspace/errors.h"

namespace stele::redis {

namespace {

constexpr std::string_view kMagic = "HYLL";
constexpr std::size_t kHeaderBytes = 16;
constexpr char kDense = 0;
constexpr char kSparse = 1;
constexpr unsigned kIndexBits = 14;
constexpr unsigned kRankMax = 64 - kIndexBits;  // a register holds at most one more
constexpr unsigned kSparseValueMax = 32;
constexpr std::size_t kZeroRunMax = 64;
constexpr std::size_t kLongZeroRunMax = 16384;
constexpr std::size_t kValueRunMax = 4;
constexpr unsigned char kNoCount = 0x80;  // in the last byte of the count

// MurmurHash2, 64 bits, little endian.
std::uint64_t murmur(std::string_view bytes) {
  constexpr std::uint64_t kFactor = 0xc6a4a7935bd1e995ULL;
  std::uint64_t hash = 0xadc83b19ULL ^ (bytes.size() * kFactor);
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    word *= kFactor;
    word ^= word >> 47U;
    hash = (hash ^ (word * kFactor)) * kFactor;
  }
  if (!bytes.empty()) {
    std::uint64_t tail = 0;
    std::memcpy(&tail, bytes.data(), bytes.size());
    hash = (hash ^ tail) * kFactor;
  }
  hash = (hash ^ (hash >> 47U)) * kFactor;
  return hash ^ (hash >> 47U);
}

std::string header(char encoding) {
  std::string bytes(kMagic);
  bytes += encoding;
  bytes.append(kHeaderBytes - bytes.size() - 1, '\0');
  bytes += static_cast<char>(kNoCount);
  return bytes;
}

Error not_one() {
  Error error = make_error(ErrorCode::kFailedPrecondition, "Key is not a valid HyperLogLog string value.");
  error.with(std::string(keyspace::kReplyCode), "WRONGTYPE");
  return error;
}

Error corrupted() {
  Error error = make_error(ErrorCode::kFailedPrecondition, "Corrupted HLL object detected");
  error.with(std::string(keyspace::kReplyCode), "INVALIDOBJ");
  return error;
}

double tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double y = 1.0;
  double z = 1 - x;
  double former = 0;
  do {
    x = std::sqrt(x);
    former = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (former != z);
  return z / 3;
}

double sigma(double x) {
  if (x == 1.0) return INFINITY;
  double y = 1;
  double z = x;
  double former = 0;
  do {
    x *= x;
    former = z;
    z += x * y;
    y += y;
  } while (former != z);
  return z;
}

}  // namespace

Result<HyperLogLog> HyperLogLog::read(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic)) return not_one();
  const char encoding = bytes[4];
  if (encoding != kDense && encoding != kSparse) return not_one();
  HyperLogLog read;
  if (encoding == kSparse) {
    STELE_RETURN_IF_ERROR(read.read_sparse(bytes.substr(kHeaderBytes)));
    return read;
  }
  if (bytes.size() != kDenseBytes) return not_one();
  read.is_dense_ = true;
  const std::string_view packed = bytes.substr(kHeaderBytes);
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const std::size_t bit = i * 6;
    unsigned value = static_cast<unsigned char>(packed[bit / 8]);
    if (bit / 8 + 1 < packed.size())
      value |= static_cast<unsigned>(static_cast<unsigned char>(packed[bit / 8 + 1])) << 8U;
    read.registers_[i] = static_cast<std::uint8_t>((value >> (bit % 8)) & 63U);
  }
  return read;
}

Result<void> HyperLogLog::read_sparse(std::string_view opcodes) {
  std::size_t next = 0;
  while (!opcodes.empty()) {
    const auto opcode = static_cast<unsigned char>(opcodes[0]);
    std::size_t run = 0;
    std::uint8_t value = 0;
    if ((opcode & 0x80U) != 0) {
      value = static_cast<std::uint8_t>(((opcode >> 2U) & 31U) + 1);
      run = (opcode & 3U) + 1;
    } else if ((opcode & 0x40U) == 0) {
      run = (opcode & 63U) + 1;
    } else {
      if (opcodes.size() < 2) return corrupted();
      run = ((opcode & 63U) << 8U | static_cast<unsigned char>(opcodes[1])) + 1;
      opcodes.remove_prefix(1);
    }
    opcodes.remove_prefix(1);
    if (run > kRegisters - next) return corrupted();
    std::memset(registers_.data() + next, value, run);
    next += run;
  }
  if (next != kRegisters) return corrupted();
  return {};
}

bool HyperLogLog::add(std::string_view element) {
  const std::uint64_t hash = murmur(element);
  const std::size_t index = hash & (kRegisters - 1);
  // The bit beyond the hash ends the run of zeros in any case.
  const std::uint64_t rest = (hash >> kIndexBits) | (1ULL << kRankMax);
  const auto rank = static_cast<std::uint8_t>(std::countr_zero(rest) + 1);
  if (registers_[index] >= rank) return false;
  registers_[index] = rank;
  return true;
}

void HyperLogLog::merge(const HyperLogLog& other) {
  for (std::size_t i = 0; i < kRegisters; ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
  is_dense_ |= other.is_dense_;
}

std::uint64_t HyperLogLog::count() const {
  std::array<int, 64> histogram{};
  for (const std::uint8_t value : registers_) ++histogram[value & 63U];
  constexpr auto m = static_cast<double>(kRegisters);
  constexpr double kAlpha = 0.721347520444481703680;
  double z = m * tau((m - histogram[kRankMax + 1]) / m);
  for (unsigned i = kRankMax; i >= 1; --i) {
    z += histogram[i];
    z *= 0.5;
  }
  z += m * sigma(histogram[0] / m);
  return static_cast<std::uint64_t>(std::llroundl(static_cast<long double>(kAlpha * m * m / z)));
}

std::string HyperLogLog::write(std::size_t sparse_bytes_max) {
  if (!is_dense_) {
    if (auto sparse = write_sparse(sparse_bytes_max)) return *std::move(sparse);
    is_dense_ = true;
  }
  return write_dense();
}

std::optional<std::string> HyperLogLog::write_sparse(std::size_t bytes_max) const {
  std::string bytes = header(kSparse);
  for (std::size_t i = 0; i < kRegisters;) {
    const std::uint8_t value = registers_[i];
    std::size_t run = 1;
    while (i + run < kRegisters && registers_[i + run] == value) ++run;
    i += run;
    if (value > kSparseValueMax) return std::nullopt;
    while (run > 0) {
      const std::size_t some = std::min(run, value > 0 ? kValueRunMax : kLongZeroRunMax);
      if (value > 0) {
        bytes += static_cast<char>(0x80U | static_cast<unsigned>(value - 1) << 2U | (some - 1));
      } else if (some <= kZeroRunMax) {
        bytes += static_cast<char>(some - 1);
      } else {
        bytes += static_cast<char>(0x40U | (some - 1) >> 8U);
        bytes += static_cast<char>((some - 1) & 0xffU);
      }
      run -= some;
    }
    if (bytes.size() - kHeaderBytes > bytes_max) return std::nullopt;
  }
  return bytes;
}

std::string HyperLogLog::write_dense() const {
  std::string bytes = header(kDense);
  std::string packed(kDenseBytes - kHeaderBytes, '\0');
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const std::size_t bit = i * 6;
    const unsigned value = static_cast<unsigned>(registers_[i]) << (bit % 8);
    packed[bit / 8] = static_cast<char>(static_cast<unsigned char>(packed[bit / 8]) | value);
    if (bit % 8 > 2) packed[bit / 8 + 1] = static_cast<char>(value >> 8U);
  }
  return bytes + packed;
}

std::optional<std::uint64_t> kept_count(std::string_view bytes) {
  std::uint64_t count = 0;
  for (std::size_t i = 8; i-- > 0;) count = count << 8U | static_cast<unsigned char>(bytes[kCountPlace + i]);
  if ((count >> 63U) != 0) return std::nullopt;
  return count;
}

std::string count_bytes(std::uint64_t count) {
  std::string bytes;
  for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(count >> (8 * i));
  return bytes;
}

}  // namespace stele::redis
