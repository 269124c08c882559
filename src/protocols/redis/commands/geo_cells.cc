#include "protocols/redis/commands/geo_cells.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <string_view>

namespace stele::redis {

namespace {

constexpr unsigned kSteps = 26;
constexpr double kDegree = std::numbers::pi / 180;

// Which of 2^steps equal parts of -limit to limit.
std::uint64_t part_of(double value, double limit, unsigned steps) {
  const double parts = static_cast<double>(std::uint64_t{1} << steps);
  const double part = (value + limit) / (2 * limit) * parts;
  return static_cast<std::uint64_t>(std::clamp(part, 0.0, parts - 1));
}

std::uint64_t spread(std::uint64_t bits) {
  bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFFULL;
  bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FFULL;
  bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0FULL;
  bits = (bits | (bits << 2)) & 0x3333333333333333ULL;
  return (bits | (bits << 1)) & 0x5555555555555555ULL;
}

std::uint64_t gather(std::uint64_t bits) {
  bits &= 0x5555555555555555ULL;
  bits = (bits | (bits >> 1)) & 0x3333333333333333ULL;
  bits = (bits | (bits >> 2)) & 0x0F0F0F0F0F0F0F0FULL;
  bits = (bits | (bits >> 4)) & 0x00FF00FF00FF00FFULL;
  bits = (bits | (bits >> 8)) & 0x0000FFFF0000FFFFULL;
  return (bits | (bits >> 16)) & 0x00000000FFFFFFFFULL;
}

std::uint64_t interleave(std::uint64_t latitude, std::uint64_t longitude) {
  return spread(latitude) | (spread(longitude) << 1);
}

double middle_of(std::uint64_t part, double limit) {
  const double parts = static_cast<double>(std::uint64_t{1} << kSteps);
  const double scale = 2 * limit;
  const double min = -limit + (static_cast<double>(part) / parts) * scale;
  const double max = -limit + (static_cast<double>(part + 1) / parts) * scale;
  return std::clamp((min + max) / 2, -limit, limit);
}

struct Span {
  double from;
  double until;
};

// The longitudes within that angle of a place; two spans where they go over the date line.
std::vector<Span> longitudes_near(const GeoPoint& center, double angle) {
  const double latitude = center.latitude * kDegree;
  const double ratio = std::sin(std::min(angle, std::numbers::pi / 2)) / std::cos(latitude);
  const bool has_pole = std::abs(latitude) + angle >= std::numbers::pi / 2;
  if (has_pole || ratio >= 1) return {{-kLongitudeMax, kLongitudeMax}};
  const double degrees = std::asin(ratio) / kDegree;
  const double from = center.longitude - degrees;
  const double until = center.longitude + degrees;
  if (from < -kLongitudeMax) return {{-kLongitudeMax, until}, {from + 360, kLongitudeMax}};
  if (until > kLongitudeMax) return {{from, kLongitudeMax}, {-kLongitudeMax, until - 360}};
  return {{from, until}};
}

// How many, at most.
std::uint64_t cells_in(const Span& latitudes, const std::vector<Span>& spans, unsigned steps) {
  std::uint64_t columns = 0;
  for (const Span& span : spans) {
    columns += part_of(span.until, kLongitudeMax, steps) - part_of(span.from, kLongitudeMax, steps) + 1;
  }
  const std::uint64_t south = part_of(latitudes.from, kLatitudeMax, steps);
  return columns * (part_of(latitudes.until, kLatitudeMax, steps) - south + 1);
}

}  // namespace

std::uint64_t geo_score(const GeoPoint& point) {
  return interleave(part_of(point.latitude, kLatitudeMax, kSteps),
                    part_of(point.longitude, kLongitudeMax, kSteps));
}

GeoPoint geo_point(double stored) {
  // Whatever a client has put there.
  constexpr auto kCells = static_cast<double>(std::uint64_t{1} << (2 * kSteps));
  const auto score = static_cast<std::uint64_t>(std::clamp(stored, 0.0, kCells - 1));
  return {middle_of(gather(score >> 1), kLongitudeMax), middle_of(gather(score), kLatitudeMax)};
}

std::string geo_letters(const GeoPoint& point) {
  constexpr std::string_view kAlphabet = "0123456789bcdefghjkmnpqrstuvwxyz";
  constexpr unsigned kLetters = 10;
  const std::uint64_t bits =
      interleave(part_of(point.latitude, 90, kSteps), part_of(point.longitude, kLongitudeMax, kSteps));
  std::string letters;
  for (unsigned i = 1; i <= kLetters; ++i) letters += kAlphabet[(bits >> (52 - i * 5)) & 31];
  // Two bits are left, which Redis does not show.
  return letters + '0';
}

double latitude_distance(double a, double b) {
  return kEarthRadiusMeters * std::abs(b * kDegree - a * kDegree);
}

double geo_distance(const GeoPoint& a, const GeoPoint& b) {
  const double v = std::sin((b.longitude * kDegree - a.longitude * kDegree) / 2);
  if (v == 0) return latitude_distance(a.latitude, b.latitude);
  const double from = a.latitude * kDegree;
  const double to = b.latitude * kDegree;
  const double u = std::sin((to - from) / 2);
  return 2 * kEarthRadiusMeters * std::asin(std::sqrt(u * u + std::cos(from) * std::cos(to) * v * v));
}

std::vector<keyspace::ScoreRange> geo_ranges(const GeoPoint& center, double meters) {
  constexpr std::uint64_t kCellsMax = 12;
  constexpr double kSlack = 1.000001;  // for rounding
  const double angle = meters * kSlack / kEarthRadiusMeters + 1e-9;
  const Span latitudes{std::max(center.latitude - angle / kDegree, -kLatitudeMax),
                       std::min(center.latitude + angle / kDegree, kLatitudeMax)};
  const std::vector<Span> spans = longitudes_near(center, angle);
  // The finest cells of which few cover it.
  unsigned steps = kSteps;
  while (cells_in(latitudes, spans, steps) > kCellsMax) --steps;
  std::set<std::uint64_t> cells;
  for (const Span& longitudes : spans) {
    for (std::uint64_t y = part_of(latitudes.from, kLatitudeMax, steps);
         y <= part_of(latitudes.until, kLatitudeMax, steps); ++y) {
      for (std::uint64_t x = part_of(longitudes.from, kLongitudeMax, steps);
           x <= part_of(longitudes.until, kLongitudeMax, steps); ++x) {
        cells.insert(interleave(y, x));
      }
    }
  }
  const unsigned below = 2 * (kSteps - steps);
  // The center's own cell first: who takes any takes near ones.
  const std::uint64_t own = interleave(part_of(center.latitude, kLatitudeMax, steps),
                                       part_of(center.longitude, kLongitudeMax, steps));
  std::vector<std::uint64_t> in_turn = {own};
  cells.erase(own);
  in_turn.insert(in_turn.end(), cells.begin(), cells.end());
  std::vector<keyspace::ScoreRange> ranges;
  for (const std::uint64_t cell : in_turn) {
    ranges.push_back(
        {{static_cast<double>(cell << below), false}, {static_cast<double>((cell + 1) << below), true}});
  }
  return ranges;
}

}  // namespace stele::redis
