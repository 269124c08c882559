#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/columns/column_filter.h"
#include "engine/query/document_bits.h"
#include "engine/reference/ranked_list.h"
#include "engine/reference/sort_rows.h"

namespace stele::engine::reference {

// The first k of what a search finds in the order of its sort keys. Where the first key's field has a packed
// column, documents that cannot come in are told by their value there, sixty-four at once, and nothing else
// of them is read. Confined to its search. Targets, segments and documents come in order: of equal rows the
// one that came first stays.
class BestRows {
 public:
  BestRows(const SortOrder& order, std::size_t k) : order_(order), k_(k) {}

  bool is_for_none() const { return k_ == 0; }
  // What matches in a segment.
  void add(std::uint32_t target, std::uint32_t segment, const DocumentBits& matches);

  struct Row {
    Entry entry;
    std::vector<SortCell> cells;
  };
  // In order. To be called once.
  std::vector<Row> finish();

 private:
  void add(const Entry& entry);
  bool is_before(const Row& left, const Row& right) const;
  // What of the first key's column can still come in.
  void narrow(const Segment& segment, std::uint32_t target);

  const SortOrder& order_;
  std::size_t k_;
  std::vector<Row> heap_;  // the last in order on top
  Row candidate_;
  bool changed_ = true;  // the top, since narrow()
  const ColumnReader* column_ = nullptr;
  OrderedInterval wanted_{};
  bool missing_wanted_ = true;
};

}  // namespace stele::engine::reference
