#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::engine {

enum class KeyType : std::uint8_t { kU64 = 1, kI64 = 2, kUuid = 3, kText = 4, kTuple = 5, kPoint = 6 };

// The key columns of a collection, in order: one element for a plain key, several for a tuple. kPoint occurs
// in layouts alone: each key is a kU64 or a kUuid, as Qdrant's points have them.
using KeyLayout = std::vector<KeyType>;

// Which row is it? A type tag and bytes whose order is the order of the keys: integers big-endian (signed
// ones with the sign bit flipped), UUIDs as 16 bytes, text as it is; the elements of a tuple one after
// another, each with its tag, text in it escaped and ended so that a prefix sorts first. Text form
// (Elasticsearch's _id): decimal, canonical UUID, the text itself; tuple elements are joined by ':' with '\'
// before ':' and '\' inside an element. Value type; at most kBytesMax long.
class DocKey {
 public:
  static constexpr std::size_t kBytesMax = 4096;

  DocKey() = default;
  static DocKey from_u64(std::uint64_t value);
  static DocKey from_i64(std::int64_t value);
  static DocKey from_uuid(std::span<const unsigned char, 16> bytes);
  static DocKey from_text(std::string_view text);
  // kInvalidArgument for fewer than two elements or a tuple inside.
  static Result<DocKey> from_tuple(std::span<const DocKey> elements);

  // Of what bytes() gave before. kInvalidArgument for a tag that is none or too many bytes.
  static Result<DocKey> from_bytes(std::string_view bytes);

  // The key whose text form `text` is, for a collection whose key is laid out so. kInvalidArgument when the
  // text does not fit: for a look-up that means that there is no such document.
  static Result<DocKey> parse(const KeyLayout& layout, std::string_view text);
  std::string to_string() const;

  bool is_none() const { return bytes_.empty(); }
  KeyType type() const { return static_cast<KeyType>(bytes_.at(0)); }
  // The values, for heads that show more than text. The type must be the one named.
  std::uint64_t as_u64() const;
  std::int64_t as_i64() const;
  std::string_view as_text() const;
  // Tag and order-preserving bytes: equal and ordered exactly as the keys are.
  std::string_view bytes() const { return bytes_; }

  bool operator==(const DocKey&) const = default;
  std::strong_ordering operator<=>(const DocKey& other) const { return bytes_.compare(other.bytes_) <=> 0; }

 private:
  explicit DocKey(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string bytes_;
};

}  // namespace stele::engine

template <>
struct std::hash<stele::engine::DocKey> {
  std::size_t operator()(const stele::engine::DocKey& key) const noexcept {
    return std::hash<std::string_view>{}(key.bytes());
  }
};
