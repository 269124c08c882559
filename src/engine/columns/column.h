#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/columns/document_set.h"
#include "engine/columns/packed_integers.h"

namespace stele::engine {

// Which values has a document? Of a segment and field: a DocumentSet of those with any; where one has
// more than one, the number of values before each of them (and at the end); the values. All numbers are
// unsigned here: see to_ordered. Section: the number of values (8 bytes), whether there are counts (8 bytes),
// the set, the counts, the values. Borrows its bytes. Threads: immutable, share freely.
class ColumnReader {
 public:
  ColumnReader() = default;
  ColumnReader(std::string_view section, std::size_t documents);

  const DocumentSet& documents() const { return set_; }
  bool is_single() const { return begin_.size() == 0; }
  std::size_t value_count() const { return values_.size(); }
  // Where a document's values lie: [first, second) of value(). Empty for one that has none.
  std::pair<std::size_t, std::size_t> range(DocOrdinal document) const {
    if (!set_.contains(document)) return {0, 0};
    const std::size_t rank = set_.rank(document);
    if (is_single()) return {rank, rank + 1};
    return {begin_[rank], std::min<std::size_t>(begin_[rank + 1], values_.size())};
  }
  std::uint64_t value(std::size_t i) const { return values_[i]; }

 private:
  DocumentSet set_;
  PackedIntegers begin_;
  PackedIntegers values_;
};

// Gathers the values of documents that come in order. Confined to its thread.
class ColumnWriter {
 public:
  // Values of one document ascending, one call each.
  void add(DocOrdinal document, std::uint64_t value) {
    if (documents_.empty() || documents_.back() != document) {
      documents_.push_back(document);
      begin_.push_back(values_.size());
    }
    values_.push_back(value);
  }
  bool empty() const { return values_.empty(); }
  std::string finish(std::size_t documents);

 private:
  std::vector<DocOrdinal> documents_;
  std::vector<std::uint64_t> begin_;
  std::vector<std::uint64_t> values_;
};

}  // namespace stele::engine
