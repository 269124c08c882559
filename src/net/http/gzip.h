#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::net {

// Decompresses a gzip (RFC 1952) or zlib (RFC 1950) stream piece by piece. Confined to one thread. Cost:
// about 40 KB of memory; 300 MB/s.
class GzipDecoder {
 public:
  GzipDecoder();
  ~GzipDecoder();
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  // Appends to `out`, which never grows beyond `out_bytes_max`: kTooLarge. kProtocol for what is no such
  // stream, or for bytes after its end.
  Result<void> feed(std::string_view bytes, std::string& out, std::size_t out_bytes_max);
  // The stream's own end was reached.
  bool is_complete() const;
  // Some bytes were fed.
  bool has_begun() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// `level` 1 (fast) to 9.
std::string gzip(std::string_view bytes, int level);

}  // namespace stele::net
