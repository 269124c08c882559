#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/segment/ordinal.h"

namespace stele::engine {

// Where a term occurs: its documents ascending; how often in each, and at which positions, as far as that was
// asked for. Borrowed from the index or from the scratch that was given.
struct Postings {
  std::span<const DocOrdinal> documents;
  // One a document and the end, into `positions`; empty where an occurrence counts once a document.
  std::span<const std::uint32_t> begin;
  std::span<const std::uint32_t> positions;

  std::uint32_t frequency(std::size_t i) const { return begin.empty() ? 1 : begin[i + 1] - begin[i]; }
  std::span<const std::uint32_t> positions_of(std::size_t i) const {
    return begin.empty() ? positions : positions.subspan(begin[i], begin[i + 1] - begin[i]);
  }
};
enum class PostingsPart : std::uint8_t { kDocuments, kFrequencies, kPositions };
struct PostingsScratch {
  std::vector<DocOrdinal> documents;
  std::vector<std::uint32_t> begin;
  std::vector<std::uint32_t> positions;
};

// Walks the terms of a field in their order, one after another. Confined to its thread; its reader outlives
// it.
class TermsCursor {
 public:
  virtual ~TermsCursor() = default;
  virtual bool at_end() const = 0;
  // Of the term it stands on, until the next step.
  virtual std::string_view term() const = 0;
  virtual Postings postings(PostingsPart part, PostingsScratch& scratch) const = 0;
  virtual void advance() = 0;
};

// Which terms has a field in a segment, and where do they occur? Terms are sorted by bytes and named by their
// rank. Threads: immutable, share freely. Cost: a look-up is a binary search.
class TermsReader {
 public:
  virtual ~TermsReader() = default;

  virtual std::size_t term_count() const = 0;
  // The bytes of a term; in `scratch` where the index does not hold them in one piece.
  virtual std::string_view term(TermRank rank, std::string& scratch) const = 0;
  // The first rank whose term is not below; term_count() if none.
  virtual TermRank lower_bound(std::string_view term) const = 0;
  virtual std::uint32_t document_count(TermRank rank) const = 0;
  // Zero where there is no such term.
  virtual std::uint32_t document_count(std::string_view term) const = 0;
  virtual Postings postings(TermRank rank, PostingsPart part, PostingsScratch& scratch) const = 0;
  // On the term of this rank.
  virtual std::unique_ptr<TermsCursor> cursor(TermRank from) const;
  // Marks the documents of the terms in [first, end) in `words`, a bit a document.
  virtual void mark_documents(TermRank first, TermRank end, std::span<std::uint64_t> words) const = 0;

  // Of a document, as encode_length made it; zero where it has no term.
  virtual std::uint8_t encoded_length(DocOrdinal document) const = 0;
  // For BM25, dropped versions never counted, dead ones that are still here always.
  virtual std::uint64_t documents_with_terms() const = 0;
  virtual std::uint64_t total_term_frequency() const = 0;

  // The rank of exactly this term, or kDropped.
  TermRank find(std::string_view term) const;
  // Ranks of the terms that begin so: [first, second).
  std::pair<TermRank, TermRank> prefix_range(std::string_view prefix) const;
};

}  // namespace stele::engine
