#include "protocols/redis/commands/debug_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "keyspace/errors.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/object_encoding.h"
#include "protocols/redis/commands/values.h"

namespace stele::redis {

namespace {

using keyspace::KeyRef;
using keyspace::ValueType;

constexpr std::size_t kDigestBytes = 20;
constexpr std::int64_t kPopulatedMax = 10'000'000;

// One that equal values share, in whatever order they were made: empty for no value.
Result<std::string> digest_of(Call& call, KeyRef key) {
  STELE_TRY(const ValueType type, call.group().keys().type(key));
  if (type == ValueType::kNone) return std::string();
  STELE_TRY(rdb::Value value, read_value(call.group(), key, type));
  if (type == ValueType::kSet) std::ranges::sort(value.elements);
  std::ranges::sort(value.fields, {}, [](const auto& field) { return field.name; });
  // The limits are nobody's: they decide on the form of what is hashed only.
  std::string text = rdb::encode_value(value, {});
  STELE_TRY(const auto expiry, call.group().keys().expiry(key));
  if (expiry.at) text += "!!expire!!";
  return crypto::sha256(text).substr(0, kDigestBytes);
}

}  // namespace

void debug_object(Call& call) {
  const auto encoding = encoding_of_object(call);
  if (!encoding) return call.fail(encoding.error());
  STELE_REDIS_TRY(const ValueType type, call, call.group().keys().type(call.key(2)));
  STELE_REDIS_TRY(const rdb::Value value, call, read_value(call.group(), call.key(2), type));
  const std::size_t bytes = rdb::encode_value(value, encoding_limits(call.head().settings())).size() - 1;
  STELE_REDIS_TRY(const auto usage, call, call.group().keys().usage(call.key(2)));
  const std::uint64_t idle = usage ? usage->idle_ms / 1000 : 0;
  call.reply().simple(
      fmt::format("Value at:0x0 refcount:1 encoding:{} serializedlength:{} lru:0 "
                  "lru_seconds_idle:{}",
                  *encoding, bytes, idle));
}

void debug_digest_value(Call& call) {
  std::vector<std::string> digests;
  for (std::size_t i = 2; i < call.size(); ++i) {
    STELE_REDIS_TRY(std::string digest, call, digest_of(call, call.key(i)));
    digest.resize(kDigestBytes);
    digests.push_back(crypto::hex(digest));
  }
  call.reply().array(digests.size());
  for (const std::string& digest : digests) call.reply().bulk(digest);
}

// Of all databases, whatever the order of their keys.
void debug_digest(Call& call) {
  std::string sum(kDigestBytes, '\0');
  keyspace::Keys& keys = call.group().keys();
  for (std::uint16_t db = 0; db < kDatabases; ++db) {
    std::uint64_t cursor = 0;
    do {
      STELE_REDIS_TRY(const auto page, call,
                      keys.scan(keyspace::DatabaseNumber(db), cursor, {.count = 1000}));
      for (const std::string& name : page.names) {
        STELE_REDIS_TRY(const std::string value, call, digest_of(call, {keyspace::DatabaseNumber(db), name}));
        const std::string digest = crypto::sha256(fmt::format("{}\0{}\0{}", db, name, value));
        for (std::size_t i = 0; i < kDigestBytes; ++i) sum[i] = static_cast<char>(sum[i] ^ digest[i]);
      }
      cursor = page.cursor;
    } while (cursor != 0);
  }
  call.reply().simple(crypto::hex(sum));
}

// DEBUG POPULATE count [prefix] [size]: keys that are there already stay.
void debug_populate(Call& call) {
  if (call.size() > 5) return call.fail_syntax();
  STELE_REDIS_TRY(const std::int64_t count, call, integer_argument(call[2]));
  std::int64_t size = 0;
  if (call.size() == 5) {
    STELE_REDIS_TRY(size, call, integer_argument(call[4]));
  }
  if (count < 0 || count > kPopulatedMax || size < 0 || size > (1 << 20))
    return call.fail("value is out of range");
  const std::string_view prefix = call.size() > 3 ? call[3] : "key";
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string name = fmt::format("{}:{}", prefix, i);
    const KeyRef key{call.client().db, name};
    STELE_REDIS_TRY(const bool is_there, call, call.group().keys().exists(key));
    if (is_there) continue;
    std::string value = fmt::format("value:{}", i);
    if (size > 0) value.resize(static_cast<std::size_t>(size));
    const auto written = write_value(call.group(), key, {.type = ValueType::kString, .elements = {value}});
    if (!written) return call.fail(written.error());
  }
  call.reply().ok();
}

}  // namespace stele::redis
