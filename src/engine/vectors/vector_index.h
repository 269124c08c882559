#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/vectors/graph.h"
#include "engine/vectors/row_set.h"
#include "engine/vectors/vector_codes.h"
#include "engine/vectors/vector_metric.h"

namespace stele::engine {

// How a search goes about it.
enum class VectorWay : std::uint8_t {
  kScan,         // the codes of all rows that are allowed
  kWalk,         // the graph, over all rows
  kWalkAllowed,  // the graph, over allowed rows and the rows between them
};

struct VectorSearch {
  std::span<const float> vector;
  std::size_t count = 10;
  std::size_t effort = 0;           // rows kept in a walk; 0: what the graph was built with
  const RowSet* allowed = nullptr;  // null: all, but for a few
  // Where few rows cannot be found: about how many, and which ones can. Empty: none.
  std::size_t hidden = 0;
  std::function<bool(std::uint32_t row)> visible = {};
  std::optional<VectorWay> way = {};  // for measurements; else the one expected to cost least
};

// Which rows of a field are about the nearest to a vector? Codes to walk or scan, a graph over them, and the
// rows themselves for the last word: what a search returns is ordered by full precision. Borrows all of it.
// Threads: immutable, share freely.
class VectorIndex {
 public:
  // kCorruption: sections that do not fit each other or the rows.
  static Result<VectorIndex> open(const VectorRows& rows, std::string_view codes, std::string_view graph);

  std::size_t size() const { return codes_.size(); }

  // Nearest first, no more than asked for.
  std::vector<Neighbour> nearest(const VectorSearch& search) const;
  // What nearest() would do.
  VectorWay choose(const VectorSearch& search) const;

 private:
  VectorIndex(VectorMetric metric, VectorCodes codes, Graph graph)
      : metric_(metric), codes_(std::move(codes)), graph_(graph) {}

  std::size_t effort_of(const VectorSearch& search) const;
  double scan_cost(const VectorSearch& search) const;
  void scan(const CodeQuery& query, const VectorSearch& search, WalkScratch& scratch) const;
  std::vector<Neighbour> walk(const CodeQuery& query, const VectorSearch& search, WalkScratch& scratch) const;
  std::vector<Neighbour> rank(const VectorSearch& search, std::span<const Neighbour> candidates) const;

  VectorMetric metric_;
  VectorCodes codes_;
  Graph graph_;
};

// Whether so many vectors of a field are worth an index.
bool is_worth_index(const FieldDefinition& definition, const VectorRows& rows);

// What nearest() would find if it looked at all rows in full precision.
std::vector<Neighbour> nearest_by_scan(const VectorMetric& metric, const float* query, std::size_t count,
                                       const RowSet* allowed = nullptr);

}  // namespace stele::engine
