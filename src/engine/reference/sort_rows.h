#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/columns/column_filter.h"
#include "engine/query/stage.h"
#include "engine/reference/compiler.h"
#include "engine/reference/ranked_list.h"
#include "engine/reference/reference_collection.h"
#include "engine/segment/term_cache.h"

namespace stele::engine::reference {

// One sort value, borrowed from a column where it is text.
struct SortCell {
  enum class Kind : std::uint8_t { kMissing, kInteger, kReal, kText };
  Kind kind = Kind::kMissing;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
};

// What reading cells needs and what they borrow from. Confined to its search.
struct SortScratch {
  TermCache texts;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  std::vector<TermRank> ranks;
};

// In which order do a request's sort keys put documents? Resolves fields in every target, reads the cells of
// an entry and compares rows of them. Confined to one search; cells live as long as the snapshot and this
// object.
class SortOrder {
 public:
  // kInvalidArgument: a field that is not there (unless unmapped_ok), one that cannot be sorted by,
  // search_after of another length or with a value of another type.
  static Result<SortOrder> create(const Select& select, const std::vector<const ReferenceView*>& views,
                                  std::vector<Compiler>& compilers);

  std::size_t key_count() const { return keys_.size(); }
  // Writes key_count() cells.
  void read(const Entry& entry, SortCell* row) const;
  // Below zero: left sorts before right.
  int compare(const SortCell* left, const SortCell* right) const;
  // Whether a row comes after search_after, where that is given.
  bool is_after(const SortCell* row) const { return after_.empty() || compare(after_.data(), row) < 0; }
  // Of the first key's packed column in a segment, which values documents have that can come before the row
  // `last` (null: any row) and after search_after; and whether those without a value can. None where the
  // column does not tell.
  struct Range {
    const ColumnReader* column;
    OrderedInterval values;
    bool missing;
  };
  std::optional<Range> first_key_range(const Segment& segment, std::size_t target,
                                       const SortCell* last) const;
  const Segment& segment(std::size_t target, std::size_t index) const {
    return *(*views_)[target]->segments()[index];
  }
  // As search_after takes it back.
  std::vector<Value> values(const Entry& entry, const SortCell* row) const;

 private:
  struct FieldInTarget {
    std::optional<FieldId> id;
    SortCell missing;
  };

  Result<void> resolve(SortKey& key, std::vector<Compiler>& compilers);
  Result<void> set_after(const std::vector<Value>& after);
  SortCell field_cell(std::size_t key, const Entry& entry) const;
  static SortMode effective_mode(const SortKey& key);
  int compare_cells(const SortKey& key, const SortCell& left, const SortCell& right) const;

  std::vector<SortKey> keys_;
  const std::vector<const ReferenceView*>* views_ = nullptr;
  std::vector<std::vector<FieldInTarget>> fields_;  // by key, by target
  std::vector<Value> after_values_;
  std::vector<SortCell> after_;
  mutable SortScratch scratch_;
};

// The cell of the least (or greatest) value of a field; missing without one. Text lives in the scratch.
SortCell read_cell(const Segment& segment, FieldId field, DocOrdinal document, SortMode mode,
                   SortScratch& scratch);

}  // namespace stele::engine::reference
