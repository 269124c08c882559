#pragma once

#include <string_view>

#include "base/result.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/geo_cells.h"

namespace stele::redis {

// GEOSEARCH and its elder sisters, which word the same question differently.
struct GeoForm {
  enum class Kind : std::uint8_t { kRadius, kRadiusByMember, kSearch, kSearchStore };
  Kind kind = Kind::kSearch;
  bool may_store = false;  // STORE and STOREDIST
};
// Answers.
void search_places(Call& call, const GeoForm& form);

Result<GeoPoint> point_argument(std::string_view longitude, std::string_view latitude);
// How many meters it has.
Result<double> unit_argument(std::string_view text);
void answer_point(Call& call, const GeoPoint& point);

}  // namespace stele::redis
