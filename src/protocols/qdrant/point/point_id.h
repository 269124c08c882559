#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/doc_key.h"
#include "json/document.h"
#include "json/writer.h"
#include "protocols/qdrant/failure.h"

namespace stele::qdrant {

// Which point, as a client names it: a number or a UUID. Value type; ordered as Qdrant orders ids: numbers,
// then UUIDs.
class PointId {
 public:
  // kInvalidArgument-like failures word it as Qdrant does.
  static Outcome<PointId> from_json(json::Value value);
  static Outcome<PointId> from_text(std::string_view text);  // of a path: "5", "550e8400-…"

  // What a row's key is called: u64 and UUID keys as they are, integers from 0 on as numbers, text that is a
  // number or UUID in its canonical form as that; any other key a UUIDv5 of its text.
  static PointId of(const engine::DocKey& key);

  bool is_number() const { return key_.type() == engine::KeyType::kU64; }
  std::uint64_t number() const { return key_.as_u64(); }
  // Canonical text: decimal, or the UUID in lower case.
  std::string text() const { return key_.to_string(); }
  void write(json::Writer& writer) const;

  // The same as a key of a Qdrant collection.
  const engine::DocKey& key() const { return key_; }
  auto operator<=>(const PointId& other) const = default;

 private:
  explicit PointId(engine::DocKey key) : key_(std::move(key)) {}
  engine::DocKey key_;  // kU64 or kUuid
};

}  // namespace stele::qdrant

template <>
struct std::hash<stele::qdrant::PointId> {
  std::size_t operator()(const stele::qdrant::PointId& id) const noexcept {
    return std::hash<stele::engine::DocKey>{}(id.key());
  }
};
