#include "engine/vectors/graph.h"

#include <algorithm>
#include <functional>

namespace stele::engine {
namespace {

constexpr std::size_t kHeaderWords = 16;

// What a bridge costs beside a row whose distance is taken: its list of links is about as long as a row.
constexpr std::size_t kBridgesARow = 1;

}  // namespace

Result<Graph> Graph::open(std::string_view section) {
  const auto corrupted = [] {
    return make_error(ErrorCode::kCorruption, "vector graph: sizes do not agree");
  };
  const std::size_t count = section.size() / 4;
  if (count < kHeaderWords + 1 || section.size() % 4 != 0) return corrupted();
  Graph graph;
  graph.words_ = {reinterpret_cast<const std::uint32_t*>(section.data()), count};
  graph.size_ = graph.words_[0];
  graph.links_ = graph.words_[1];
  graph.entry_ = graph.words_[2];
  graph.levels_ = graph.words_[3];
  graph.cost_ = graph.words_[4];
  graph.effort_ = graph.words_[5];
  if (graph.links_ == 0 || graph.links_ > 1024 || graph.levels_ > 64) return corrupted();
  if (graph.size_ > 0 && graph.entry_ >= graph.size_) return corrupted();
  graph.upper_at_ = kHeaderWords + std::size_t{graph.size_} * 2 * graph.links_;
  if (graph.upper_at_ >= count) return corrupted();
  graph.upper_count_ = graph.words_[graph.upper_at_];
  if (graph.upper_at_ + 1 + std::size_t{graph.upper_count_} * 2 > count) return corrupted();
  // A flipped bit may point to a wrong row, never outside.
  const auto outside = [&](std::uint32_t row) { return row >= graph.size_ && row != kNoRow; };
  const auto lowest = graph.words_.subspan(kHeaderWords, graph.upper_at_ - kHeaderWords);
  if (std::any_of(lowest.begin(), lowest.end(), outside)) return corrupted();
  const auto upper = graph.words_.subspan(graph.upper_at_ + 1 + std::size_t{graph.upper_count_} * 2);
  if (std::any_of(upper.begin(), upper.end(), outside)) return corrupted();
  return graph;
}

std::span<const std::uint32_t> Graph::lowest(std::uint32_t row) const {
  const std::size_t room = 2 * std::size_t{links_};
  return words_.subspan(kHeaderWords + row * room, room);
}

std::span<const std::uint32_t> Graph::links(std::uint32_t row, std::uint32_t level) const {
  if (level == 0) return lowest(row);
  const std::uint32_t* const rows = words_.data() + upper_at_ + 1;
  const auto* const found = std::lower_bound(rows, rows + upper_count_, row);
  if (found == rows + upper_count_ || *found != row) return {};
  const std::size_t at = words_[upper_at_ + 1 + upper_count_ + static_cast<std::size_t>(found - rows)] +
                         (level - 1) * std::size_t{links_};
  if (at + links_ > words_.size()) return {};
  return words_.subspan(at, links_);
}

Neighbour Graph::descend(const VectorCodes& codes, const CodeQuery& query, WalkScratch& scratch) const {
  scratch.looked_at = 0;
  scratch.fresh.assign(1, entry_);
  Neighbour start{scratch.measure(codes, query)[0], entry_};
  for (std::uint32_t level = levels_; level-- > 1;)
    start = walk_down(codes, query, start, scratch, [&](std::uint32_t row) { return links(row, level); });
  return start;
}

void Graph::nearest(const VectorCodes& codes, const CodeQuery& query, std::size_t effort,
                    WalkScratch& scratch) const {
  scratch.nearest.clear(effort);
  if (size_ == 0 || effort == 0) return;
  const Neighbour start = descend(codes, query, scratch);
  walk_around(codes, query, start, effort, scratch, [&](std::uint32_t row) { return lowest(row); });
}

void Graph::gather_all(const VectorCodes& codes, std::uint32_t row, WalkScratch& scratch) const {
  for (const std::uint32_t other : lowest(row)) {
    if (other == kNoRow) break;
    if (!scratch.seen.insert(other)) continue;
    codes.prefetch(other);
    scratch.fresh.push_back(other);
  }
}

// Two hops, over rows that are not allowed, until there are as many as one hop would give.
void Graph::gather_allowed(std::uint32_t row, const RowSet& allowed, WalkScratch& scratch) const {
  scratch.bridges.clear();
  for (const std::uint32_t other : lowest(row)) {
    if (other == kNoRow) break;
    if (!scratch.seen.insert(other)) continue;
    if (allowed.contains(other)) {
      scratch.fresh.push_back(other);
    } else {
      prefetch_list(lowest(other));
      scratch.bridges.push_back(other);
    }
  }
  const std::size_t enough = 2 * std::size_t{links_};
  for (std::size_t i = 0; i < scratch.bridges.size() && scratch.fresh.size() < enough; ++i) {
    scratch.looked_at += kBridgesARow;
    for (const std::uint32_t other : lowest(scratch.bridges[i])) {
      if (other == kNoRow) break;
      if (allowed.contains(other) && scratch.seen.insert(other)) scratch.fresh.push_back(other);
    }
  }
}

bool Graph::nearest_allowed(const VectorCodes& codes, const CodeQuery& query, std::size_t effort,
                            const RowSet& allowed, Over over, std::size_t budget,
                            WalkScratch& scratch) const {
  std::vector<Neighbour>& found = scratch.found;        // a heap, the farthest first
  std::vector<Neighbour>& frontier = scratch.frontier;  // a heap, the nearest first
  found.clear();
  frontier.clear();
  if (size_ == 0 || effort == 0) return true;
  const Neighbour start = descend(codes, query, scratch);
  scratch.seen.clear(size_);
  scratch.seen.insert(start.row);
  frontier.push_back(start);
  if (allowed.contains(start.row)) found.push_back(start);
  while (!frontier.empty()) {
    const Neighbour here = frontier.front();
    if (found.size() == effort && found.front() < here) break;
    std::pop_heap(frontier.begin(), frontier.end(), std::greater<>());
    frontier.pop_back();
    scratch.fresh.clear();
    if (over == Over::kAll)
      gather_all(codes, here.row, scratch);
    else
      gather_allowed(here.row, allowed, scratch);
    const auto distances = scratch.measure(codes, query);
    if (scratch.looked_at > budget) return false;
    for (std::size_t i = 0; i < distances.size(); ++i) {
      const Neighbour other{distances[i], scratch.fresh[i]};
      if (found.size() == effort && found.front() < other) continue;
      frontier.push_back(other);
      std::push_heap(frontier.begin(), frontier.end(), std::greater<>());
      if (over == Over::kAll && !allowed.contains(other.row)) continue;
      found.push_back(other);
      std::push_heap(found.begin(), found.end());
      if (found.size() <= effort) continue;
      std::pop_heap(found.begin(), found.end());
      found.pop_back();
    }
  }
  std::sort_heap(found.begin(), found.end());
  return found.size() >= std::min(effort, allowed.count);
}

}  // namespace stele::engine
