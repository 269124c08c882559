#pragma once

#include <cstdint>

namespace stele::redis::rdb {

// The newest version of the format that is written, as Redis 7.0 does, and that is read: 7.2's.
constexpr std::uint16_t kVersionWritten = 10;
constexpr std::uint16_t kVersionRead = 11;

// The first byte of a value. Source: Redis 7.2 rdb.h.
enum class Type : std::uint8_t {
  kString = 0,
  kList = 1,
  kSet = 2,
  kSortedSet = 3,  // scores as text
  kHash = 4,
  kSortedSet2 = 5,  // scores as eight bytes
  kModule = 6,
  kModule2 = 7,
  kHashZipmap = 9,
  kListZiplist = 10,
  kSetIntset = 11,
  kSortedSetZiplist = 12,
  kHashZiplist = 13,
  kListQuicklist = 14,
  kStream = 15,
  kHashListpack = 16,
  kSortedSetListpack = 17,
  kListQuicklist2 = 18,
  kStream2 = 19,
  kSetListpack = 20,
  kStream3 = 21,
};

// What stands in a file where no value begins.
enum class Opcode : std::uint8_t {
  kFunction = 245,
  kFunctionBefore7 = 246,
  kModuleAux = 247,
  kIdle = 248,
  kFrequency = 249,
  kAux = 250,
  kResize = 251,
  kExpiryMs = 252,
  kExpirySeconds = 253,
  kDatabase = 254,
  kEnd = 255,
};

// The two upper bits of a length, and what the lower ones say of a string that is none.
constexpr std::uint8_t kLength6 = 0;
constexpr std::uint8_t kLength14 = 1;
constexpr std::uint8_t kLength32 = 0x80;
constexpr std::uint8_t kLength64 = 0x81;
constexpr std::uint8_t kSpecial = 3;
enum class Special : std::uint8_t { kInt8 = 0, kInt16 = 1, kInt32 = 2, kLzf = 3 };

}  // namespace stele::redis::rdb
