#include "crypto/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace stele::crypto {

namespace {

constexpr std::size_t kSha256Bytes = 32;

std::string digest(const EVP_MD* kind, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  STELE_CHECK(EVP_Digest(bytes.data(), bytes.size(), out, &size, kind, nullptr) == 1);
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace

std::string sha256(std::string_view bytes) {
  return digest(EVP_sha256(), bytes);
}

std::string md5(std::string_view bytes) {
  return digest(EVP_md5(), bytes);
}

std::string sha1(std::string_view bytes) {
  return digest(EVP_sha1(), bytes);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  // An empty key may come as a null pointer, which HMAC() takes for "the key of the last call".
  const char* key_bytes = key.empty() ? "" : key.data();
  STELE_CHECK(HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out,
                   &size) != nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

std::string pbkdf2_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  std::string out(kSha256Bytes, '\0');
  STELE_CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                                reinterpret_cast<const unsigned char*>(salt.data()),
                                static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                                static_cast<int>(out.size()),
                                reinterpret_cast<unsigned char*>(out.data())) == 1);
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

}  // namespace stele::crypto
