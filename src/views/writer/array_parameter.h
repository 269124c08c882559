#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "postgres/parameters.h"

namespace stele::views {

// One array of a statement's parameters in PostgreSQL's binary format: no quoting, one pass. Source:
// array_recv in src/backend/utils/adt/arrayfuncs.c.
class ArrayParameter {
 public:
  explicit ArrayParameter(postgres::Oid element);
  void add(
      std::string_view element);  // as the element's type has it in binary: text and json are their bytes
  void add_int64(std::int64_t element);
  void add_null();
  // Adds the array to `parameters` as a value of `array_type`.
  void bind(postgres::Parameters& parameters, postgres::Oid array_type);
  std::size_t size() const { return count_; }

 private:
  postgres::Oid element_;
  std::string elements_;
  std::uint32_t count_ = 0;
  bool has_null_ = false;
};

constexpr postgres::Oid kJsonArrayOid = 199;

}  // namespace stele::views
