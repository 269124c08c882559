#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "postgres/wire/lists.h"

namespace stele::postgres {

using Oid = std::uint32_t;

// Type oids that never change (pg_type.dat).
namespace oid {
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kJson = 114;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kFloat4Array = 1021;
constexpr Oid kTextArray = 1009;
constexpr Oid kInt8Array = 1016;
constexpr Oid kJsonb = 3802;
}  // namespace oid

// The values for $1, $2, … of a statement, kept as they go over the wire: one buffer, no allocation a value.
// A type of 0 leaves the type to the server. At most 65,535 values.
class Parameters {
 public:
  Parameters() = default;
  // All as text, types left to the server.
  Parameters(std::initializer_list<std::string_view> texts) {
    for (const std::string_view value : texts) text(value);
  }

  Parameters& text(std::string_view value, Oid type = 0) { return add(value, wire::Format::kText, type); }
  Parameters& binary(std::string_view bytes, Oid type) { return add(bytes, wire::Format::kBinary, type); }
  Parameters& null(Oid type = 0) { return add(std::nullopt, wire::Format::kText, type); }
  Parameters& optional(wire::Cell value, Oid type = 0) { return add(value, wire::Format::kText, type); }
  Parameters& int64(std::int64_t value);
  Parameters& int32(std::int32_t value);
  Parameters& float64(double value);
  Parameters& boolean(bool value);

  std::size_t size() const { return formats_.size(); }
  std::size_t byte_size() const { return cells_.size(); }
  const std::vector<wire::Format>& formats() const { return formats_; }
  const std::vector<Oid>& types() const { return types_; }  // up to the last that is not 0
  std::string_view cells() const { return cells_; }         // each a length and its bytes

 private:
  Parameters& add(wire::Cell value, wire::Format format, Oid type);

  std::string cells_;
  std::vector<wire::Format> formats_;
  std::vector<Oid> types_;
};

// One statement of the extended protocol.
struct Statement {
  std::string sql;
  Parameters parameters;
  wire::Format result_format = wire::Format::kText;
  // Parsed once a connection and kept under its text; false: parsed anew each time (for one-off texts).
  bool keep = true;
};

}  // namespace stele::postgres
