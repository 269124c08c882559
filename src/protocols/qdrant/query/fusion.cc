#include "protocols/qdrant/query/fusion.h"

#include <cmath>
#include <unordered_map>

namespace stele::qdrant {
namespace {

class Sums {
 public:
  void add(const Scored& scored, float score) {
    const auto [found, added] = places_.try_emplace(scored.document->key, list_.size());
    if (added) {
      list_.push_back({scored.document, score});
    } else {
      list_[found->second].score += score;
    }
  }
  std::vector<Scored> take() {
    sort_by_score(list_);
    return std::move(list_);
  }

 private:
  std::vector<Scored> list_;
  std::unordered_map<engine::DocKey, std::size_t> places_;
};

struct Span {
  float low = 0;
  float high = 0;
};

// Welford's sums, as Qdrant has them.
Span three_deviations(const std::vector<Scored>& list) {
  float mean = 0;
  float aggregate = 0;
  float count = 0;
  for (const Scored& scored : list) {
    const float before = scored.score - mean;
    mean += before / ++count;
    aggregate += before * (scored.score - mean);
  }
  const float deviation = std::sqrt(aggregate / (count - 1));
  return {mean - 3 * deviation, mean + 3 * deviation};
}

}  // namespace

std::vector<Scored> fuse_by_rank(const std::vector<std::vector<Scored>>& lists, double k,
                                 const std::vector<double>& weights) {
  Sums sums;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    double place = 1;
    for (const Scored& scored : lists[i])
      sums.add(scored, weight <= 0 ? 0.0F : static_cast<float>(1 / (place++ / weight + k - 1)));
  }
  return sums.take();
}

std::vector<Scored> fuse_by_distribution(const std::vector<std::vector<Scored>>& lists) {
  Sums sums;
  for (const std::vector<Scored>& list : lists) {
    const Span span = list.size() > 1 ? three_deviations(list) : Span{};
    for (const Scored& scored : list)
      sums.add(scored, span.low == span.high ? 0.5F : (scored.score - span.low) / (span.high - span.low));
  }
  return sums.take();
}

}  // namespace stele::qdrant
