#include "engine/aggregation/aggregation.h"

#include <algorithm>
#include <iterator>

namespace stele::engine {
namespace {

void merge_metric(MetricState& whole, MetricState part) {
  if (part.count > 0) {
    whole.min = whole.count == 0 ? part.min : std::min(whole.min, part.min);
    whole.max = whole.count == 0 ? part.max : std::max(whole.max, part.max);
  }
  whole.count += part.count;
  whole.sum += part.sum;
  const auto less = [](const Value& left, const Value& right) { return compare_values(left, right) < 0; };
  std::vector<Value> distinct;
  std::set_union(whole.distinct.begin(), whole.distinct.end(), part.distinct.begin(), part.distinct.end(),
                 std::back_inserter(distinct), less);
  whole.distinct = std::move(distinct);
}

void finish_inner(const Aggregation& aggregation, AggregationResult& result) {
  for (Bucket& bucket : result.buckets)
    for (const Aggregation& inner : aggregation.inner)
      if (const auto found = bucket.inner.find(inner.name); found != bucket.inner.end())
        finish_aggregation(inner, found->second);
}

void finish_terms(const TermsBuckets& terms, AggregationResult& result) {
  std::erase_if(result.buckets, [&](const Bucket& bucket) { return bucket.documents < terms.min_count; });
  std::sort(result.buckets.begin(), result.buckets.end(), [&](const Bucket& left, const Bucket& right) {
    if (!terms.by_key && left.documents != right.documents) return left.documents > right.documents;
    return compare_values(left.key, right.key) < 0;
  });
  for (std::size_t i = terms.size; i < result.buckets.size(); ++i)
    result.documents_elsewhere += result.buckets[i].documents;
  if (result.buckets.size() > terms.size) result.buckets.resize(terms.size);
}

}  // namespace

void merge_aggregation(AggregationResult& whole, AggregationResult part) {
  merge_metric(whole.metric, std::move(part.metric));
  whole.documents_elsewhere += part.documents_elsewhere;
  for (Bucket& bucket : part.buckets) {
    const auto same = std::find_if(whole.buckets.begin(), whole.buckets.end(),
                                   [&](const Bucket& candidate) { return candidate.key == bucket.key; });
    if (same == whole.buckets.end()) {
      whole.buckets.push_back(std::move(bucket));
      continue;
    }
    same->documents += bucket.documents;
    for (auto& [name, inner] : bucket.inner) merge_aggregation(same->inner[name], std::move(inner));
  }
}

void finish_aggregation(const Aggregation& aggregation, AggregationResult& result) {
  if (const auto* terms = std::get_if<TermsBuckets>(&aggregation.kind)) finish_terms(*terms, result);
  if (const auto* histogram = std::get_if<HistogramBuckets>(&aggregation.kind)) {
    std::erase_if(result.buckets,
                  [&](const Bucket& bucket) { return bucket.documents < histogram->min_count; });
    std::sort(result.buckets.begin(), result.buckets.end(), [](const Bucket& left, const Bucket& right) {
      return compare_values(left.key, right.key) < 0;
    });
  }
  finish_inner(aggregation, result);
}

}  // namespace stele::engine
