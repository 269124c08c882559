#include "engine/columns/column.h"

#include <algorithm>

namespace stele::engine {

std::string ColumnWriter::finish(std::size_t documents) {
  const bool single = values_.size() == documents_.size();
  std::string section;
  append_le(section, static_cast<std::uint64_t>(values_.size()));
  append_le(section, std::uint64_t{single ? 0U : 1U});
  DocumentSet::append(section, documents_, documents);
  if (!single) {
    begin_.push_back(values_.size());
    PackedIntegers::append(section, begin_);
  }
  PackedIntegers::append(section, values_);
  return section;
}

ColumnReader::ColumnReader(std::string_view section, std::size_t documents) {
  if (section.size() < 16) return;
  const auto values = load_le<std::uint64_t>(section.data());
  const bool has_counts = load_le<std::uint64_t>(section.data() + 8) != 0;
  section.remove_prefix(16);
  const DocumentSet set(section, documents);
  section.remove_prefix(std::min(section.size(), set.section_bytes()));
  PackedIntegers begin;
  if (has_counts) {
    begin = PackedIntegers(section, set.count() + 1);
    if (begin.size() == 0) return;
    section.remove_prefix(begin.section_bytes());
    if (begin[set.count()] != values) return;
  } else if (set.count() != values) {
    return;
  }
  const PackedIntegers packed(section, values);
  if (packed.size() != values) return;
  set_ = set;
  begin_ = begin;
  values_ = packed;
}

}  // namespace stele::engine
