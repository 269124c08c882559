#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/vectors/vector_metric.h"

namespace stele::engine {

struct GraphOptions {
  std::uint32_t links = 16;    // of a node on the upper levels; twice as many on the lowest
  std::uint32_t effort = 100;  // candidates looked at when a node is linked
};

// A row found, nearest first.
struct Neighbour {
  float distance;
  std::uint32_t row;
  bool operator<(const Neighbour& other) const {
    return distance != other.distance ? distance < other.distance : row < other.row;
  }
  bool operator>(const Neighbour& other) const { return other < *this; }
};

// Which rows are near a vector, without looking at all of them? A hierarchical navigable small world graph
// (Malkov and Yashunin, 2016). Section (little-endian 32-bit words): rows, links, entry row, levels; the
// lowest level's lists, each its size and then room for twice `links` rows; the number of rows that stand
// above, those rows ascending, for each the word at which its lists begin, and behind that the lists, one a
// level. Borrows its bytes. Threads: immutable, share freely. Cost: a search looks at some twenty rows a unit
// of effort; a bit a row of memory.
class Graph {
 public:
  // kCorruption: other sizes than the section's own words say.
  static Result<Graph> open(std::string_view section);
  // The section for these rows. Takes about 0.1 ms a row of 128 dimensions, on one thread.
  static std::string build(const VectorMetric& metric, GraphOptions options = {});

  std::size_t size() const { return size_; }

  // About the `count` nearest rows among those that `allowed` (a bit a row; empty: all) lets in, nearest
  // first. `effort` candidates are kept, at least `count`: the more, the surer. Rows that are not allowed are
  // walked over, not returned.
  std::vector<Neighbour> search(const VectorMetric& metric, const float* query, std::size_t count,
                                std::size_t effort, std::span<const std::uint64_t> allowed = {}) const;

 private:
  friend class GraphBuilder;
  std::span<const std::uint32_t> links(std::uint32_t row, std::uint32_t level) const;
  std::uint32_t word(std::size_t i) const;

  std::string_view section_;
  std::uint32_t size_ = 0;
  std::uint32_t links_ = 0;
  std::uint32_t entry_ = 0;
  std::uint32_t levels_ = 0;
  std::uint32_t upper_count_ = 0;
  std::size_t upper_at_ = 0;  // word
};

// What `search` would find if it looked at all: for few allowed rows it is also faster.
std::vector<Neighbour> nearest_by_scan(const VectorMetric& metric, const float* query, std::size_t count,
                                       std::span<const std::uint64_t> allowed = {});

}  // namespace stele::engine
