#include "net/http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "base/check.h"

namespace stele::net {

namespace {

constexpr int kWindowBits = 15;
constexpr int kGzip = 16;        // added to the window bits: write the gzip format
constexpr int kGzipOrZlib = 32;  // added to the window bits: read either
constexpr std::size_t kStepBytes = 64 * 1024;

Bytef* zlib_bytes(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib's interface predates const
}

}  // namespace

struct GzipDecoder::State {
  z_stream stream{};
  bool complete = false;
  bool begun = false;
};

GzipDecoder::GzipDecoder() : state_(std::make_unique<State>()) {
  STELE_CHECK(inflateInit2(&state_->stream, kWindowBits + kGzipOrZlib) == Z_OK);
}

GzipDecoder::~GzipDecoder() {
  inflateEnd(&state_->stream);
}

bool GzipDecoder::is_complete() const {
  return state_->complete;
}

bool GzipDecoder::has_begun() const {
  return state_->begun;
}

Result<void> GzipDecoder::feed(std::string_view bytes, std::string& out, std::size_t out_bytes_max) {
  z_stream& stream = state_->stream;
  state_->begun = state_->begun || !bytes.empty();
  stream.next_in = zlib_bytes(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  while (stream.avail_in > 0 || stream.avail_out == 0) {
    if (state_->complete)
      return make_error(ErrorCode::kProtocol, "bytes after the end of the compressed body");
    const std::size_t before = out.size();
    // One byte more than allowed, so that exactly the limit is not an error.
    const std::size_t step = std::min(kStepBytes, out_bytes_max + 1 - before);
    out.resize(before + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(step);
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + step - stream.avail_out);
    if (out.size() > out_bytes_max) return make_error(ErrorCode::kTooLarge, "decompressed body is too large");
    if (result == Z_STREAM_END) {
      state_->complete = true;
      stream.avail_out = 1;
      continue;
    }
    if (result == Z_BUF_ERROR) break;  // nothing more to do with what there is
    if (result != Z_OK) return make_error(ErrorCode::kProtocol, "body is not a valid compressed stream");
  }
  stream.avail_out = 1;
  return {};
}

std::string gzip(std::string_view bytes, int level) {
  z_stream stream{};
  STELE_CHECK(deflateInit2(&stream, level, Z_DEFLATED, kWindowBits + kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = zlib_bytes(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  STELE_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace stele::net
