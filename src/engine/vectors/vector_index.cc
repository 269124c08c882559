#include "engine/vectors/vector_index.h"

#include <algorithm>
#include <bit>

namespace stele::engine {
namespace {

// How many candidates are looked at in full precision: the codes' rounding moves a row by few places.
std::size_t ranked(std::size_t count) {
  return 2 * count + 8;
}

// Costs in the unit of a row met by a walk, measured by bench_vectors (128 and 768 dimensions).
constexpr double kScanned = 0.08;          // one of a run of rows
constexpr double kScannedSparsely = 0.12;  // one of a few far from each other
constexpr double kBridged = 2.5;           // an allowed row of a walk over allowed rows alone
constexpr double kWalkAllowedMost = 0.2;   // beyond this share most neighbours are allowed anyway

WalkScratch& scratch_of_thread() {
  thread_local WalkScratch scratch;
  return scratch;
}

}  // namespace

bool is_worth_index(const FieldDefinition& definition, const VectorRows& rows) {
  return definition.type == FieldType::kDenseVector && definition.indexed && !rows.documents.empty() &&
         rows.elements.size() * sizeof(float) >= std::size_t{definition.vector_index.scan_kilobytes} * 1024;
}

Result<VectorIndex> VectorIndex::open(const VectorRows& rows, std::string_view codes,
                                      std::string_view graph) {
  STELE_TRY(VectorCodes opened, VectorCodes::open(codes));
  STELE_TRY(const Graph walked, Graph::open(graph));
  if (opened.size() != rows.documents.size() || walked.size() != opened.size() ||
      opened.dimension() != rows.dimension)
    return make_error(ErrorCode::kCorruption, "vector index: another number of rows than vectors");
  const VectorMetric metric(opened.similarity(), rows);
  return VectorIndex(metric, std::move(opened), walked);
}

// More than asked for where some of the rows found will not count.
std::size_t VectorIndex::effort_of(const VectorSearch& search) const {
  const std::size_t asked = search.effort > 0 ? search.effort : graph_.effort();
  const std::size_t hidden = std::min(search.hidden, size() - size() / 4);
  return std::min(std::max(search.count, asked) * size() / (size() - hidden), size());
}

double VectorIndex::scan_cost(const VectorSearch& search) const {
  if (search.allowed == nullptr) return kScanned * static_cast<double>(size());
  const auto count = static_cast<double>(search.allowed->count);
  return (search.allowed->count * 8 >= size() ? kScanned : kScannedSparsely) * count;
}

VectorWay VectorIndex::choose(const VectorSearch& search) const {
  const double scan = scan_cost(search);
  const auto walk = static_cast<double>(graph_.cost(effort_of(search)));
  if (search.allowed == nullptr) return scan < walk ? VectorWay::kScan : VectorWay::kWalk;
  if (search.allowed->count == 0) return VectorWay::kScan;
  const double share = static_cast<double>(search.allowed->count) / static_cast<double>(size());
  const double over_all = walk / share;
  const double over_allowed = share < kWalkAllowedMost ? walk * kBridged : over_all;
  if (scan <= std::min(over_all, over_allowed)) return VectorWay::kScan;
  return over_allowed < over_all ? VectorWay::kWalkAllowed : VectorWay::kWalk;
}

std::vector<Neighbour> VectorIndex::nearest(const VectorSearch& search) const {
  if (search.count == 0 || size() == 0) return {};
  WalkScratch& scratch = scratch_of_thread();
  const CodeQuery query = codes_.query(search.vector);
  const VectorWay way = search.way.value_or(choose(search));
  if (way != VectorWay::kScan && search.allowed == nullptr) return walk(query, search, scratch);
  if (way != VectorWay::kScan) {
    const auto over = way == VectorWay::kWalk ? Graph::Over::kAll : Graph::Over::kAllowed;
    // A walk that finds the matches far away may look at as many rows as the scan would, then the scan it is.
    const auto budget = static_cast<std::size_t>(std::max(scan_cost(search), 500.0));
    if (graph_.nearest_allowed(codes_, query, effort_of(search), *search.allowed, over, budget, scratch))
      return rank(search, scratch.found);
  }
  scan(query, search, scratch);
  return rank(search, scratch.nearest.finish());
}

// Again with more effort where too much of what is found does not count.
std::vector<Neighbour> VectorIndex::walk(const CodeQuery& query, const VectorSearch& search,
                                         WalkScratch& scratch) const {
  for (std::size_t effort = effort_of(search); effort * 4 < size(); effort *= 4) {
    graph_.nearest(codes_, query, effort, scratch);
    std::vector<Neighbour> found = rank(search, scratch.nearest.finish());
    if (!search.visible || found.size() == search.count) return found;
  }
  scan(query, search, scratch);
  return rank(search, scratch.nearest.finish());
}

void VectorIndex::scan(const CodeQuery& query, const VectorSearch& search, WalkScratch& scratch) const {
  constexpr std::size_t kBatch = 256;
  NearestRows& nearest = scratch.nearest;
  nearest.clear(ranked(search.count));
  scratch.fresh.clear();
  const auto flush = [&] {
    const auto distances = scratch.measure(codes_, query);
    for (std::size_t i = 0; i < distances.size(); ++i) {
      if (!nearest.would_take(distances[i])) continue;
      if (search.visible && !search.visible(scratch.fresh[i])) continue;
      nearest.insert({distances[i], scratch.fresh[i]});
    }
    scratch.fresh.clear();
  };
  if (search.allowed == nullptr) {
    for (std::uint32_t row = 0; row < size(); ++row) {
      scratch.fresh.push_back(row);
      if (scratch.fresh.size() == kBatch) flush();
    }
  } else {
    const std::span<const std::uint64_t> words = search.allowed->words;
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::uint64_t bits = words[i]; bits != 0; bits &= bits - 1)
        scratch.fresh.push_back(
            static_cast<std::uint32_t>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))));
      if (scratch.fresh.size() >= kBatch) flush();
    }
  }
  flush();
}

// The best of the candidates, nearest by codes first, that count.
std::vector<Neighbour> VectorIndex::rank(const VectorSearch& search,
                                         std::span<const Neighbour> candidates) const {
  constexpr std::size_t kAhead = 2;
  const std::size_t wanted = ranked(search.count);
  std::vector<Neighbour> best;
  best.reserve(std::min(wanted, candidates.size()));
  for (const Neighbour& candidate : candidates) {
    if (best.size() == wanted) break;
    if (search.visible && !search.visible(candidate.row)) continue;
    if (best.size() < kAhead) metric_.prefetch(candidate.row);
    best.push_back(candidate);
  }
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (i + kAhead < best.size()) metric_.prefetch(best[i + kAhead].row);
    best[i].distance = metric_.distance(search.vector.data(), best[i].row);
  }
  const std::size_t count = std::min(search.count, best.size());
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(count), best.end());
  best.resize(count);
  return best;
}

std::vector<Neighbour> nearest_by_scan(const VectorMetric& metric, const float* query, std::size_t count,
                                       const RowSet* allowed) {
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
  if (allowed == nullptr) {
    for (std::uint32_t row = 0; row < metric.size(); ++row) look(row);
  } else {
    for (std::size_t i = 0; i < allowed->words.size(); ++i)
      for (std::uint64_t bits = allowed->words[i]; bits != 0; bits &= bits - 1)
        look(static_cast<std::uint32_t>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))));
  }
  std::sort_heap(best.begin(), best.end());
  return best;
}

}  // namespace stele::engine
