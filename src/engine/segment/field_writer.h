#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/segment/sealed_field.h"
#include "engine/segment/sections.h"

namespace stele::engine {

// What a segment that goes into a join has of a field, and the numbers its documents get there (kDropped:
// left out), ascending from part to part.
struct FieldPart {
  const FieldReader* field;
  std::span<const DocOrdinal> renumbered;
};

// Joins one field of several segments and writes its sections. Confined to its thread.
class FieldWriter {
 public:
  // `documents`: of the result. `index_vectors`: if there are enough of them, which takes its time.
  FieldWriter(const FieldDefinition& definition, std::vector<FieldPart> parts, std::size_t documents,
              bool index_vectors)
      : definition_(definition),
        type_(definition.type),
        parts_(std::move(parts)),
        documents_(documents),
        index_vectors_(index_vectors) {}

  void write(std::uint32_t id, SectionWriter& sections);

 private:
  void write_sets(std::uint32_t id, SectionWriter& sections) const;
  void write_terms(std::uint32_t id, SectionWriter& sections);
  void write_numbers(std::uint32_t id, SectionWriter& sections) const;
  void write_vectors(std::uint32_t id, SectionWriter& sections);
  void write_ranks(std::uint32_t id, SectionWriter& sections) const;
  std::string joined_lengths() const;

  const FieldDefinition& definition_;
  FieldType type_;
  std::vector<FieldPart> parts_;
  std::size_t documents_;
  bool index_vectors_;
  bool has_terms_ = false;
  std::uint32_t dimension_ = 0;
  std::uint64_t documents_with_terms_ = 0;
  std::uint64_t total_term_frequency_ = 0;
  // Of keywords: the documents of each rank, in the order of ranks.
  std::vector<std::pair<DocOrdinal, TermRank>> ranks_;
};

}  // namespace stele::engine
