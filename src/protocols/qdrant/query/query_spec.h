#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "json/document.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/filter/filter.h"
#include "protocols/qdrant/point/point_id.h"
#include "protocols/qdrant/query/order_by.h"

namespace stele::qdrant {

// A vector as a query names it: its elements, or a point that has it.
struct VectorInput {
  std::vector<float> elements;
  std::vector<std::uint32_t> indices = {};  // of a sparse one
  std::optional<PointId> id = {};
};

// Of the candidates that are near, those that are far from each other.
struct Diversity {
  static constexpr std::size_t kCandidatesMax = 16'384;
  float diversity = 0.5F;
  std::optional<std::size_t> candidates = {};  // none: as many as are wanted, and no more than that
};
struct NearestQuery {
  VectorInput vector;
  std::optional<Diversity> mmr = {};
};
struct RecommendQuery {
  enum class Strategy : std::uint8_t { kAverageVector, kBestScore, kSumScores };
  std::vector<VectorInput> positive, negative;
  Strategy strategy = Strategy::kAverageVector;
};
struct ContextPair {
  VectorInput positive, negative;
};
// With a target: discover; without one: context.
struct DiscoverQuery {
  std::optional<VectorInput> target;
  std::vector<ContextPair> pairs;
};
struct FusionQuery {
  bool by_distribution = false;  // dbsf, else rrf
  double k = 2;
  std::vector<double> weights = {};
};
struct SampleQuery {};
struct ByIdQuery {};  // none: in the order of ids

// What does a search ask for? Qdrant's query requests, and its older search and recommend requests, as one
// tree.
struct QuerySpec {
  std::vector<QuerySpec> prefetch;
  std::variant<ByIdQuery, NearestQuery, RecommendQuery, DiscoverQuery, OrderBy, FusionQuery, SampleQuery>
      query;
  const VectorParams* using_vector = nullptr;  // of the collection; null where the query needs none
  FilterPtr filter;
  std::optional<float> score_threshold = {};
  // Of `params`: how approximate a search may be.
  std::size_t ef = 0;  // 0: as the collection has it
  bool exact = false;
  bool indexed_only = false;
  std::size_t limit = 10;
  std::size_t offset = 0;
  CollectionPtr lookup = nullptr;  // where points named by id are looked up; null: the collection itself
  const VectorParams* lookup_vector = nullptr;

  // All points that are named as examples, here and below.
  void each_id(auto&& found) const;
};

// POST …/points/query. 400, 422.
Outcome<QuerySpec> parse_query(const Call& call, const CollectionPtr& collection, json::Value body);
// The older POST …/points/search, …/recommend and …/discover.
Outcome<QuerySpec> parse_search(const Call& call, const CollectionPtr& collection, json::Value body);
Outcome<QuerySpec> parse_recommend(const Call& call, const CollectionPtr& collection, json::Value body);
Outcome<QuerySpec> parse_discover(const Call& call, const CollectionPtr& collection, json::Value body);

void QuerySpec::each_id(auto&& found) const {
  const auto input = [&](const VectorInput& vector) {
    if (vector.id) found(lookup, *vector.id);
  };
  if (const auto* nearest = std::get_if<NearestQuery>(&query)) input(nearest->vector);
  if (const auto* recommend = std::get_if<RecommendQuery>(&query)) {
    for (const VectorInput& vector : recommend->positive) input(vector);
    for (const VectorInput& vector : recommend->negative) input(vector);
  }
  if (const auto* discover = std::get_if<DiscoverQuery>(&query)) {
    if (discover->target) input(*discover->target);
    for (const ContextPair& pair : discover->pairs) {
      input(pair.positive);
      input(pair.negative);
    }
  }
  for (const QuerySpec& each : prefetch) each.each_id(found);
}

}  // namespace stele::qdrant
