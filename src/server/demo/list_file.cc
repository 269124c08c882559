#include "server/demo/list_file.h"

#include <fmt/format.h>
#include <lz4frame.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

namespace stele::server::demo {

namespace {

constexpr std::size_t kStepBytes = 1 << 20;

Error too_large(const std::filesystem::path& path, std::size_t max_bytes) {
  return make_error(ErrorCode::kTooLarge,
                    fmt::format("{} holds more than {} bytes", path.string(), max_bytes));
}

Error broken(const std::filesystem::path& path, std::string_view why) {
  return make_error(ErrorCode::kCorruption, fmt::format("{} cannot be unpacked: {}", path.string(), why));
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return make_error(ErrorCode::kIo, fmt::format("cannot read {}", path.string()));
  std::string bytes;
  while (file) {
    const std::size_t had = bytes.size();
    bytes.resize(had + kStepBytes);
    file.read(bytes.data() + had, kStepBytes);
    bytes.resize(had + static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > max_bytes) return too_large(path, max_bytes);
  }
  if (file.bad()) return make_error(ErrorCode::kIo, fmt::format("cannot read {}", path.string()));
  return bytes;
}

// Frames one after the other, as the lz4 tool writes them.
Result<std::string> unpack_lz4(const std::filesystem::path& path, std::string_view packed,
                               std::size_t max_bytes) {
  LZ4F_dctx* context = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) {
    return make_error(ErrorCode::kResourceExhausted, "no memory to unpack an lz4 file");
  }
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> owner(
      context, &LZ4F_freeDecompressionContext);
  std::string text;
  std::size_t hint = 0;
  while (!packed.empty()) {
    const std::size_t had = text.size();
    text.resize(had + kStepBytes);
    std::size_t written = kStepBytes;
    std::size_t read = packed.size();
    hint = LZ4F_decompress(context, text.data() + had, &written, packed.data(), &read, nullptr);
    if (LZ4F_isError(hint)) return broken(path, LZ4F_getErrorName(hint));
    text.resize(had + written);
    packed.remove_prefix(read);
    if (text.size() > max_bytes) return too_large(path, max_bytes);
    if (read == 0 && written == 0) return broken(path, "no progress");
  }
  if (hint != 0) return broken(path, "it ends too early");
  return text;
}

// One gzip member or several.
Result<std::string> unpack_gzip(const std::filesystem::path& path, std::string_view packed,
                                std::size_t max_bytes) {
  constexpr int kGzipWindow = 15 + 16;
  std::string text;
  while (!packed.empty()) {
    z_stream stream{};
    if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
      return make_error(ErrorCode::kResourceExhausted, "no memory to unpack a gzip file");
    }
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> owner(&stream, &inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1u << 30));
    int status = Z_OK;
    while (status == Z_OK) {
      const std::size_t had = text.size();
      text.resize(had + kStepBytes);
      stream.next_out = reinterpret_cast<Bytef*>(text.data() + had);
      stream.avail_out = kStepBytes;
      status = inflate(&stream, Z_NO_FLUSH);
      text.resize(had + kStepBytes - stream.avail_out);
      if (text.size() > max_bytes) return too_large(path, max_bytes);
    }
    if (status != Z_STREAM_END) return broken(path, status == Z_BUF_ERROR ? "it ends too early" : "bad data");
    packed.remove_prefix(packed.size() - stream.avail_in);
  }
  return text;
}

}  // namespace

Compression compression_of(std::string_view file_name) {
  if (file_name.ends_with(".lz4")) return Compression::kLz4;
  if (file_name.ends_with(".gz")) return Compression::kGzip;
  for (const std::string_view other : {".xz", ".bz2", ".zst", ".lzma"}) {
    if (file_name.ends_with(other)) return Compression::kUnknown;
  }
  return Compression::kNone;
}

Result<std::string> read_list(const std::filesystem::path& path, std::size_t max_bytes) {
  const Compression compression = compression_of(path.filename().string());
  if (compression == Compression::kUnknown) {
    return make_error(ErrorCode::kUnsupported,
                      fmt::format("{} is packed in a way that is not read here", path.string()));
  }
  STELE_TRY(std::string bytes, read_file(path, max_bytes));
  if (compression == Compression::kLz4) return unpack_lz4(path, bytes, max_bytes);
  if (compression == Compression::kGzip) return unpack_gzip(path, bytes, max_bytes);
  return bytes;
}

}  // namespace stele::server::demo
