#include "crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace stele::crypto {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  STELE_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace stele::crypto
