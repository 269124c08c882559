#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keyspace/sorted_sets.h"

namespace stele::redis {

struct GeoPoint {
  double longitude = 0;
  double latitude = 0;
};

// What lies where on the globe, as scores of a sorted set: 26 bits of longitude and of latitude, interleaved,
// so that what is near is often near in order too. Source: Redis 7.0 geohash.c, geohash_helper.c; the
// Web-Mercator limits of latitude.
constexpr double kLatitudeMax = 85.05112878;
constexpr double kLongitudeMax = 180;
constexpr double kEarthRadiusMeters = 6372797.560856;

inline bool is_on_map(const GeoPoint& point) {
  return point.longitude >= -kLongitudeMax && point.longitude <= kLongitudeMax &&
         point.latitude >= -kLatitudeMax && point.latitude <= kLatitudeMax;
}
std::uint64_t geo_score(const GeoPoint& point);
// The middle of the cell.
GeoPoint geo_point(double score);
// The eleven letters that others know a place by, for latitudes up to 90 degrees.
std::string geo_letters(const GeoPoint& point);

double geo_distance(const GeoPoint& a, const GeoPoint& b);
// Along a meridian alone.
double latitude_distance(double a, double b);

// Scores that all points within a distance of a point have, and some farther ones: at most some dozen ranges.
std::vector<keyspace::ScoreRange> geo_ranges(const GeoPoint& center, double meters);

}  // namespace stele::redis
