#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "engine/query/query.h"
#include "engine/value.h"

namespace stele::engine {

// What do the documents of a stage add up to? Trees of buckets with metrics in them; Qdrant's facet is a
// TermsBuckets.

struct Metric {
  enum class Kind : std::uint8_t { kMin, kMax, kSum, kAverage, kValueCount, kStats, kCardinality };
  Kind kind = Kind::kStats;
  std::string field;
};

// A bucket a value, the largest first, ties by value.
struct TermsBuckets {
  std::string field;
  std::size_t size = 10;
  std::size_t min_count = 1;
  bool by_key = false;  // order by value instead
};

struct RangeBuckets {
  struct Range {
    std::string key;
    std::optional<Value> from = {};  // included
    std::optional<Value> to = {};    // excluded
  };
  std::string field;
  std::vector<Range> ranges;
};

// floor((value - offset) / interval) × interval + offset; on dates in nanoseconds (fixed intervals).
struct HistogramBuckets {
  std::string field;
  double interval = 1;
  double offset = 0;
  std::size_t min_count = 0;
};

struct FilterBuckets {
  std::vector<std::pair<std::string, QueryPtr>> filters;  // name → filter
};

struct Aggregation {
  std::string name;
  std::variant<Metric, TermsBuckets, RangeBuckets, HistogramBuckets, FilterBuckets> kind;
  std::string stage = {};  // whose documents; empty: the root's input. Ignored inside another aggregation
  std::vector<Aggregation> inner = {};
};

// A state that can be merged: sums, not averages, and (before finish) all buckets, not the largest.
struct MetricState {
  std::uint64_t count = 0;
  double sum = 0;
  double min = 0;  // of nothing: meaningless, see count
  double max = 0;
  std::vector<Value> distinct = {};  // kCardinality: sorted, each value once
};

struct AggregationResult;
struct Bucket {
  Value key;
  std::uint64_t documents = 0;
  std::map<std::string, AggregationResult> inner;
};
struct AggregationResult {
  MetricState metric;
  std::vector<Bucket> buckets;
  std::uint64_t documents_elsewhere = 0;  // in buckets that were cut: Elasticsearch's sum_other_doc_count
};

// Adds `part` to `whole`: both of the same aggregation, over disjoint documents.
void merge_aggregation(AggregationResult& whole, AggregationResult part);
// Orders the buckets, drops those below min_count and cuts to size, all the way in.
void finish_aggregation(const Aggregation& aggregation, AggregationResult& result);

}  // namespace stele::engine
