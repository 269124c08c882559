#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/postings/length.h"
#include "engine/segment/terms_reader.h"

namespace stele::engine::reference {

// Where does a term occur? The terms of one field in one segment, sorted by bytes, each with its documents in
// order and, for text, the positions in each. Immutable, share freely. Cost: look-up is a binary search.
class InvertedIndex final : public TermsReader {
 public:
  std::size_t term_count() const override { return term_offsets_.size() - 1; }
  std::string_view term(TermRank rank) const {
    return std::string_view(term_bytes_)
        .substr(term_offsets_[rank], term_offsets_[rank + 1] - term_offsets_[rank]);
  }
  std::string_view term(TermRank rank, std::string&) const override { return term(rank); }
  TermRank lower_bound(std::string_view term) const override;
  std::uint32_t document_count(TermRank rank) const override {
    return posting_begin_[rank + 1] - posting_begin_[rank];
  }
  std::uint32_t document_count(std::string_view term) const override {
    const TermRank rank = find(term);
    return rank == kDropped ? 0 : document_count(rank);
  }
  std::span<const DocOrdinal> documents(TermRank rank) const {
    return std::span(documents_).subspan(posting_begin_[rank], document_count(rank));
  }
  Postings postings(TermRank rank, PostingsPart part, PostingsScratch& scratch) const override;
  void mark_documents(TermRank first, TermRank end, std::span<std::uint64_t> words) const override {
    for (std::uint32_t i = posting_begin_[first]; i < posting_begin_[end]; ++i)
      words[documents_[i] / 64] |= std::uint64_t{1} << (documents_[i] % 64);
  }

  std::uint8_t encoded_length(DocOrdinal document) const override { return lengths_[document]; }
  std::uint64_t documents_with_terms() const override { return documents_with_terms_; }
  std::uint64_t total_term_frequency() const override { return total_term_frequency_; }
  std::size_t memory_bytes() const;

  // An index and the numbers that its documents get (kDropped: left out), ascending.
  struct Part {
    const InvertedIndex* index;
    std::span<const DocOrdinal> renumbered;
  };
  // What the parts hold, over `documents` documents, whose numbers ascend from part to part. Cost: one pass
  // over the terms, which are sorted already, and a copy of what is kept.
  static InvertedIndex join(std::span<const Part> parts, std::size_t documents, bool with_positions);

 private:
  friend class InvertedIndexBuilder;
  // Appends the postings of `rank` in `part` to those of the term that is last.
  void append_postings(const Part& part, TermRank rank, bool with_positions);
  void count_totals(bool with_positions);

  std::string term_bytes_;
  std::vector<std::uint32_t> term_offsets_ = {0};
  std::vector<std::uint32_t> posting_begin_ = {0};
  std::vector<DocOrdinal> documents_;
  std::vector<std::uint32_t> position_begin_;
  std::vector<std::uint32_t> positions_;
  std::vector<std::uint8_t> lengths_;
  std::uint64_t documents_with_terms_ = 0;
  std::uint64_t total_term_frequency_ = 0;
};

// Gathers occurrences, document after document, and sorts them by term at the end. Confined to its thread.
class InvertedIndexBuilder {
 public:
  // Without positions an occurrence counts once a document.
  InvertedIndexBuilder(std::size_t documents, bool with_positions);

  // Documents in ascending order; positions ascending within a document and term.
  void add(std::string_view term, DocOrdinal document, std::uint32_t position);
  void set_length(DocOrdinal document, std::uint32_t length) { lengths_[document] = encode_length(length); }
  InvertedIndex finish();

 private:
  struct Occurrence {
    std::uint32_t term;
    DocOrdinal document;
    std::uint32_t position;
  };

  std::uint32_t intern(std::string_view term);
  void grow_slots();
  std::string_view interned(std::uint32_t id) const {
    return std::string_view(bytes_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  std::vector<std::uint32_t> sorted_terms() const;
  void fill_postings(InvertedIndex& index, std::span<const Occurrence> sorted,
                     std::span<const std::uint32_t> begin) const;

  bool with_positions_;
  std::string bytes_;
  std::vector<std::uint32_t> offsets_ = {0};
  std::vector<std::uint64_t> slots_;  // upper half: hash, lower half: id + 1; zero: free
  std::vector<Occurrence> occurrences_;
  std::vector<std::uint8_t> lengths_;
};

}  // namespace stele::engine::reference
