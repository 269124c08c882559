#include "protocols/redis/rdb/file_reader.h"

#include <fmt/format.h>

#include <charconv>

#include "protocols/redis/rdb/crc64.h"
#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/reader.h"

namespace stele::redis::rdb {

namespace {

constexpr std::string_view kMagic = "REDIS";
constexpr std::size_t kVersionDigits = 4;
constexpr int kVersionMax = 12;
constexpr int kVersionWithChecksum = 5;
constexpr std::size_t kChecksumBytes = 8;
// A value that has more bytes than this and is not whole is measured anew only when they have doubled.
constexpr std::size_t kTriedAtOnceBytes = 1U << 20;

Error corrupt(std::uint64_t position, std::string_view what) {
  return make_error(ErrorCode::kCorruption, fmt::format("the RDB file at byte {}: {}", position, what));
}

// What an opcode has behind it and nobody needs.
void skip_extra(Reader& in, Opcode opcode) {
  switch (opcode) {
    case Opcode::kIdle:
      in.length();
      return;
    case Opcode::kFrequency:
      in.byte();
      return;
    case Opcode::kResize:
      in.length();
      in.length();
      return;
    case Opcode::kAux:
      in.skip_string();
      in.skip_string();
      return;
    default:
      in.fail();
  }
}

// As release candidates of 7.0 wrote a library: name, engine, maybe a description, code.
std::string older_library(Reader& in) {
  const std::string name(in.string());
  const std::string engine(in.string());
  if (in.length() > 0) in.skip_string();
  return fmt::format("#!{} name={}\n{}", engine, name, in.string());
}

}  // namespace

void FileReader::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += bytes;
}

FileReader::Step FileReader::needs_more() {
  const std::size_t has = rest().size();
  wanted_ = has < kTriedAtOnceBytes ? has + 1 : 2 * has;
  return Step::kNeedsMore;
}

void FileReader::pass(std::size_t count) {
  checksum_ = crc64(checksum_, rest().substr(0, count));
  at_ += count;
  position_ += count;
  wanted_ = 1;
}

Result<std::optional<FileItem>> FileReader::next() {
  while (!is_at_end_ && rest().size() >= wanted_) {
    texts_.clear();
    FileItem item;
    auto step = version_ == 0 ? read_header() : read_one(item);
    if (!step) return std::move(step).error();
    if (*step == Step::kItem) return std::optional(item);
    if (*step == Step::kNeedsMore) break;
  }
  return std::optional<FileItem>();
}

Result<FileReader::Step> FileReader::read_header() {
  if (rest().size() < kMagic.size() + kVersionDigits) return Step::kNeedsMore;
  const std::string_view digits = rest().substr(kMagic.size(), kVersionDigits);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), version_);
  if (!rest().starts_with(kMagic) || error != std::errc() || end != digits.end() || version_ < 1) {
    return corrupt(0, "it does not begin as one");
  }
  if (version_ > kVersionMax) {
    return make_error(ErrorCode::kUnsupported, fmt::format("an RDB file of version {}: newer than {}, which "
                                                           "is read",
                                                           version_, kVersionMax));
  }
  pass(kMagic.size() + kVersionDigits);
  return Step::kDone;
}

Result<FileReader::Step> FileReader::read_one(FileItem& item) {
  const std::string_view bytes = rest();
  Reader in(bytes, texts_, decoded_bytes_max(bytes.size()));
  const std::uint8_t first = in.byte();
  const auto opcode = static_cast<Opcode>(first);
  const auto taken = [&] { return bytes.size() - in.remaining(); };
  const auto outcome = [&](Step step) -> Result<Step> {
    if (in.is_short()) return needs_more();
    if (!in.ok()) return corrupt(position_, fmt::format("what begins with {} is not understood", first));
    pass(taken());
    return step;
  };
  if (opcode == Opcode::kEnd) return read_end(taken());
  if (opcode == Opcode::kExpiryMs || opcode == Opcode::kExpirySeconds) {
    const std::int64_t at = opcode == Opcode::kExpiryMs
                                ? in.little_endian<std::int64_t>()
                                : std::int64_t{1000} * in.little_endian<std::int32_t>();
    if (in.ok()) expires_at_ms_ = at > 0 ? at : 1;
    return outcome(Step::kDone);
  }
  if (opcode == Opcode::kDatabase) {
    const std::uint64_t db = in.length();
    if (in.ok()) db_ = db;
    return outcome(Step::kDone);
  }
  if (opcode == Opcode::kFunction || opcode == Opcode::kFunctionBefore7) {
    item.kind = FileItem::Kind::kLibrary;
    item.content = opcode == Opcode::kFunction ? in.string() : in.keep(older_library(in));
    return outcome(Step::kItem);
  }
  if (first >= static_cast<std::uint8_t>(Opcode::kIdle)) {
    skip_extra(in, opcode);
    return outcome(Step::kDone);
  }
  // What a module keeps beside the keys has the form of its values.
  const bool is_aux = opcode == Opcode::kModuleAux;
  item.type = is_aux ? Type::kModule2 : static_cast<Type>(first);
  if (!is_aux) item.key = in.string();
  if (!in.ok()) return outcome(Step::kDone);
  auto measured = measure_content(item.type, bytes.substr(taken()));
  if (!measured) return corrupt(position_, measured.error().message);
  if (!*measured) return needs_more();
  item.content = in.take(**measured);
  item.db = db_;
  item.expires_at_ms = is_aux ? 0 : std::exchange(expires_at_ms_, 0);
  return outcome(is_aux ? Step::kDone : Step::kItem);
}

Result<FileReader::Step> FileReader::read_end(std::size_t taken) {
  if (version_ >= kVersionWithChecksum) {
    if (rest().size() < taken + kChecksumBytes) return needs_more();
    std::deque<std::string> unused;
    const std::string_view end = rest().substr(0, taken);
    const std::uint64_t computed = crc64(checksum_, end);
    const auto stored =
        Reader(rest().substr(taken, kChecksumBytes), unused, 0).little_endian<std::uint64_t>();
    // 0: it was written without one.
    if (stored != 0 && stored != computed) return corrupt(position_, "its checksum is another one");
    taken += kChecksumBytes;
  }
  pass(taken);
  is_at_end_ = true;
  return Step::kDone;
}

}  // namespace stele::redis::rdb
