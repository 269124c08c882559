#include "engine/vectors/graph.h"

#include <algorithm>
#include <bit>

#include "engine/postings/varint.h"
#include "engine/vectors/graph_walk.h"

namespace stele::engine {
namespace {

constexpr std::size_t kHeaderWords = 4;

}  // namespace

std::uint32_t Graph::word(std::size_t i) const {
  return load_le<std::uint32_t>(section_.data() + i * 4);
}

Result<Graph> Graph::open(std::string_view section) {
  const auto corrupted = [] {
    return make_error(ErrorCode::kCorruption, "vector graph: sizes do not agree");
  };
  const std::size_t words = section.size() / 4;
  if (words < kHeaderWords + 1 || section.size() % 4 != 0) return corrupted();
  Graph graph;
  graph.section_ = section;
  graph.size_ = graph.word(0);
  graph.links_ = graph.word(1);
  graph.entry_ = graph.word(2);
  graph.levels_ = graph.word(3);
  if (graph.links_ == 0 || graph.links_ > 1024 || graph.levels_ > 64) return corrupted();
  if (graph.size_ > 0 && graph.entry_ >= graph.size_) return corrupted();
  graph.upper_at_ = kHeaderWords + std::size_t{graph.size_} * (1 + 2 * graph.links_);
  if (graph.upper_at_ >= words) return corrupted();
  graph.upper_count_ = graph.word(graph.upper_at_);
  if (graph.upper_at_ + 1 + std::size_t{graph.upper_count_} * 2 > words) return corrupted();
  return graph;
}

std::span<const std::uint32_t> Graph::links(std::uint32_t row, std::uint32_t level) const {
  const auto* words = reinterpret_cast<const std::uint32_t*>(section_.data());
  const std::size_t count = section_.size() / 4;
  std::size_t at = kHeaderWords + std::size_t{row} * (1 + 2 * links_);
  std::size_t most = 2 * std::size_t{links_};
  if (level > 0) {
    most = links_;
    const std::uint32_t* const rows = words + upper_at_ + 1;
    const auto* const found = std::lower_bound(rows, rows + upper_count_, row);
    if (found == rows + upper_count_ || *found != row) return {};
    at = words[upper_at_ + 1 + upper_count_ + static_cast<std::size_t>(found - rows)] +
         (level - 1) * (1 + std::size_t{links_});
  }
  if (at >= count) return {};
  const std::size_t size = std::min<std::size_t>(words[at], most);
  if (at + 1 + size > count) return {};
  return {words + at + 1, size};
}

std::vector<Neighbour> Graph::search(const VectorMetric& metric, const float* query, std::size_t count,
                                     std::size_t effort, std::span<const std::uint64_t> allowed) const {
  if (size_ == 0 || count == 0) return {};
  Neighbour start{metric.distance(query, entry_), entry_};
  for (std::uint32_t level = levels_; level-- > 1;)
    start = walk_down(metric, query, start, [&](std::uint32_t row) { return links(row, level); });
  SeenRows seen(size_);
  std::vector<Neighbour> nearest = walk_around(metric, query, start, std::max(count, effort), allowed, seen,
                                               [&](std::uint32_t row) { return links(row, 0); });
  if (nearest.size() > count) nearest.resize(count);
  return nearest;
}

std::vector<Neighbour> nearest_by_scan(const VectorMetric& metric, const float* query, std::size_t count,
                                       std::span<const std::uint64_t> allowed) {
  std::vector<Neighbour> best;  // a heap, the farthest first
  const auto look = [&](std::uint32_t row) {
    const Neighbour here{metric.distance(query, row), row};
    if (best.size() == count) {
      if (count == 0 || !(here < best.front())) return;
      std::pop_heap(best.begin(), best.end());
      best.pop_back();
    }
    best.push_back(here);
    std::push_heap(best.begin(), best.end());
  };
  if (allowed.empty()) {
    for (std::uint32_t row = 0; row < metric.size(); ++row) look(row);
  } else {
    for (std::size_t i = 0; i < allowed.size(); ++i)
      for (std::uint64_t bits = allowed[i]; bits != 0; bits &= bits - 1)
        look(static_cast<std::uint32_t>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))));
  }
  std::sort_heap(best.begin(), best.end());
  return best;
}

}  // namespace stele::engine
