#include "server/identity.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "crypto/base64.h"
#include "crypto/random.h"

namespace stele::server {

namespace {

constexpr std::string_view kFile = "identity";
constexpr std::size_t kBytes = 16;
constexpr std::size_t kNodeIdBytes = 6;

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// The file holds the base64 of the bytes.
Result<std::string> read_or_draw(io::Directory& directory) {
  auto stored = io::read_all(directory, kFile);
  if (stored) {
    const std::optional<std::string> bytes = crypto::base64_decode(*stored);
    if (!bytes || bytes->size() != kBytes) {
      return make_error(ErrorCode::kCorruption, directory.path() + "/identity is not what this node wrote");
    }
    return *bytes;
  }
  if (stored.error().code != ErrorCode::kNotFound) return std::move(stored).error();
  std::string bytes = crypto::random_bytes(kBytes);
  STELE_RETURN_IF_ERROR(io::write_atomically(directory, kFile, crypto::base64_encode(bytes)));
  return bytes;
}

}  // namespace

Result<Identity> Identity::of(io::Directory& directory) {
  STELE_TRY(const std::string bytes, read_or_draw(directory));
  std::string uuid = crypto::base64_encode(bytes).substr(0, 22);
  std::ranges::replace(uuid, '+', '-');
  std::ranges::replace(uuid, '/', '_');
  return Identity{hex(std::string_view(bytes).substr(0, kNodeIdBytes)), uuid};
}

}  // namespace stele::server
