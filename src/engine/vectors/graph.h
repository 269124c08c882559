#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/vectors/graph_walk.h"
#include "engine/vectors/row_set.h"
#include "engine/vectors/vector_codes.h"

namespace stele::engine {

struct GraphShape {
  std::uint32_t links = 16;    // of a node on the upper levels; twice as many on the lowest
  std::uint32_t effort = 100;  // candidates looked at when a node is linked
};

// Which rows are near a vector, without looking at all of them? A hierarchical navigable small world graph
// (Malkov and Yashunin, 2016). Section (little-endian 32-bit words): 16 of a header (rows, links, entry row,
// levels, rows looked at a hundred units of effort, effort of building, zeros); the lowest level's lists,
// each room for twice `links` rows, its end filled with kNoRow; the number of rows that stand above, those
// rows ascending, for each the word at which its lists begin, and behind that the lists, one a level, each
// room for `links` rows. Borrows its bytes. Threads: immutable, share freely. Cost of a search: some ten rows
// a unit of effort.
class Graph {
 public:
  // kCorruption: other sizes than the section's own words say.
  static Result<Graph> open(std::string_view section);
  // Takes about 0.1 ms a row of 128 dimensions, on one thread.
  static std::string build(const VectorCodes& codes, GraphShape shape = {});

  std::size_t size() const { return size_; }
  std::uint32_t effort() const { return effort_; }
  // Rows whose distance a search takes, measured when the graph was built.
  std::size_t cost(std::size_t effort) const { return kDescent + effort * cost_ / 100; }

  // About the `effort` nearest rows, nearest first: the more, the surer. In scratch.nearest.
  void nearest(const VectorCodes& codes, const CodeQuery& query, std::size_t effort,
               WalkScratch& scratch) const;

  // How rows that are not allowed are treated: walked over like others, or only as bridges to those behind
  // them, without taking their distance.
  enum class Over : std::uint8_t { kAll, kAllowed };
  // The same among allowed rows alone, in scratch.found. False, and nothing found, if that would look at
  // more than `budget` rows, or if the allowed rows hang together so badly that the walk ended early.
  bool nearest_allowed(const VectorCodes& codes, const CodeQuery& query, std::size_t effort,
                       const RowSet& allowed, Over over, std::size_t budget, WalkScratch& scratch) const;

 private:
  friend class GraphBuilder;
  static constexpr std::size_t kDescent = 200;  // rows looked at on the way to where the query is
  std::span<const std::uint32_t> links(std::uint32_t row, std::uint32_t level) const;
  std::span<const std::uint32_t> lowest(std::uint32_t row) const;
  Neighbour descend(const VectorCodes& codes, const CodeQuery& query, WalkScratch& scratch) const;
  void gather_all(const VectorCodes& codes, std::uint32_t row, WalkScratch& scratch) const;
  void gather_allowed(std::uint32_t row, const RowSet& allowed, WalkScratch& scratch) const;

  std::span<const std::uint32_t> words_;
  std::uint32_t size_ = 0;
  std::uint32_t links_ = 0;
  std::uint32_t entry_ = 0;
  std::uint32_t levels_ = 0;
  std::uint32_t cost_ = 0;
  std::uint32_t effort_ = 0;
  std::uint32_t upper_count_ = 0;
  std::size_t upper_at_ = 0;  // word
};

}  // namespace stele::engine
