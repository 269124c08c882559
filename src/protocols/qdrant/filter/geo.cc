#include "protocols/qdrant/filter/geo.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stele::qdrant {
namespace {

constexpr double kEarthMeters = 6371008.8;

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

// By how often a ray to the east crosses the line.
bool is_inside(const GeoPoint& point, const std::vector<GeoPoint>& line) {
  bool inside = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const GeoPoint& a = line[i];
    const GeoPoint& b = line[i + 1];
    if ((a.lat > point.lat) == (b.lat > point.lat)) continue;
    const double crossing = a.lon + (point.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon);
    if (point.lon < crossing) inside = !inside;
  }
  return inside;
}

}  // namespace

bool is_within(const GeoPoint& point, const GeoRadius& circle) {
  const double half_lat = std::sin(radians(point.lat - circle.center.lat) / 2);
  const double half_lon = std::sin(radians(point.lon - circle.center.lon) / 2);
  const double a = half_lat * half_lat +
                   std::cos(radians(point.lat)) * std::cos(radians(circle.center.lat)) * half_lon * half_lon;
  return 2 * kEarthMeters * std::asin(std::min(1.0, std::sqrt(a))) < circle.meters;
}

bool is_within(const GeoPoint& point, const GeoBox& box) {
  const bool crosses = box.top_left.lon > box.bottom_right.lon;
  const bool lon = crosses ? point.lon > box.top_left.lon || point.lon < box.bottom_right.lon
                           : point.lon > box.top_left.lon && point.lon < box.bottom_right.lon;
  return lon && point.lat > box.bottom_right.lat && point.lat < box.top_left.lat;
}

bool is_within(const GeoPoint& point, const GeoPolygon& polygon) {
  return is_inside(point, polygon.exterior) &&
         std::ranges::none_of(polygon.interiors,
                              [&point](const auto& line) { return is_inside(point, line); });
}

}  // namespace stele::qdrant
