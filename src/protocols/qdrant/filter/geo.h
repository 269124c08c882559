#pragma once

#include "protocols/qdrant/filter/filter.h"

namespace stele::qdrant {

// On a sphere of the earth's mean radius, as Qdrant measures.
bool is_within(const GeoPoint& point, const GeoRadius& circle);
// A box whose west is east of its east crosses the date line.
bool is_within(const GeoPoint& point, const GeoBox& box);
// Within the exterior and in none of the interiors; degrees as a plane.
bool is_within(const GeoPoint& point, const GeoPolygon& polygon);

}  // namespace stele::qdrant
