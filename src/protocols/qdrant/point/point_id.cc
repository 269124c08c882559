#include "protocols/qdrant/point/point_id.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "crypto/hash.h"

namespace stele::qdrant {
namespace {

using engine::DocKey;
using engine::KeyType;

// The namespace of the UUIDs that keys of other kinds get: made once at random, never changed.
constexpr std::array<unsigned char, 16> kNamespace = {0x7a, 0x1c, 0x5b, 0x52, 0x3d, 0x0e, 0x4f, 0x6a,
                                                      0x9b, 0x1d, 0x8e, 0x42, 0xc6, 0x73, 0x50, 0xa9};

// RFC 9562, version 5.
DocKey named_uuid(std::string_view name) {
  std::string bytes(reinterpret_cast<const char*>(kNamespace.data()), kNamespace.size());
  bytes += name;
  const std::string digest = crypto::sha1(bytes);
  std::array<unsigned char, 16> uuid{};
  std::memcpy(uuid.data(), digest.data(), uuid.size());
  uuid[6] = static_cast<unsigned char>((uuid[6] & 0x0FU) | 0x50U);
  uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3FU) | 0x80U);
  return DocKey::from_uuid(uuid);
}

Failure not_an_id(std::string_view text) {
  return format_error(fmt::format(
      "value {} is not a valid point ID, valid values are either an unsigned integer or a UUID", text));
}

}  // namespace

Outcome<PointId> PointId::from_json(json::Value value) {
  if (value.is_integer()) {
    const auto number = value.as_uint64();
    if (!number) return not_an_id(value.raw());
    return PointId(DocKey::from_u64(*number));
  }
  if (!value.is_string()) return not_an_id(std::string(value.raw().substr(0, 100)));
  auto uuid = DocKey::parse({KeyType::kUuid}, value.string());
  if (!uuid) return not_an_id(value.raw().substr(0, 100));
  return PointId(*std::move(uuid));
}

Outcome<PointId> PointId::from_text(std::string_view text) {
  auto key = DocKey::parse({KeyType::kPoint}, text);
  if (!key) return bad_request(fmt::format("Can not recognize \"{}\" as point id", text));
  return PointId(*std::move(key));
}

PointId PointId::of(const DocKey& key) {
  switch (key.type()) {
    case KeyType::kU64:
    case KeyType::kUuid:
      return PointId(key);
    case KeyType::kI64:
      if (key.as_i64() >= 0) return PointId(DocKey::from_u64(static_cast<std::uint64_t>(key.as_i64())));
      break;
    case KeyType::kText:
      if (auto same = DocKey::parse({KeyType::kPoint}, key.as_text());
          same && same->to_string() == key.as_text())
        return PointId(*std::move(same));
      break;
    case KeyType::kTuple:
    case KeyType::kPoint:
      break;
  }
  return PointId(named_uuid(key.to_string()));
}

void PointId::write(json::Writer& writer) const {
  if (is_number()) {
    writer.unsigned_integer(number());
  } else {
    writer.string(text());
  }
}

}  // namespace stele::qdrant
