#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stele::crypto {

// One-shot digests as raw bytes (hex() to print them). Any thread. Cost: one pass, no allocation beyond the
// result. MD5 is for PostgreSQL's old password method alone, SHA-1 for UUIDs
// that are made of names.
std::string sha256(std::string_view bytes);
std::string md5(std::string_view bytes);
std::string sha1(std::string_view bytes);
// RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// RFC 8018 with HMAC-SHA-256, one block: 32 bytes. Takes about 1 ms per 4,000 iterations: not for a reactor's
// thread when the peer chooses a large count (see ScramClient).
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations);

// Lower-case.
std::string hex(std::string_view bytes);

}  // namespace stele::crypto
