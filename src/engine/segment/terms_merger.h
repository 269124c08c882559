#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/segment/terms_reader.h"

namespace stele::engine {

struct TermsPart {
  const TermsReader* terms;
  std::span<const DocOrdinal> renumbered;  // kDropped: left out
};

// Walks the terms of several segments as if they were one: each term once, in order, with what is left of its
// postings, renumbered. Terms that nothing is left of are passed over. Confined to its thread. Cost: a heap
// of the parts, a copy of the postings.
class TermsMerger {
 public:
  TermsMerger(std::vector<TermsPart> parts, bool with_positions);

  // False at the end.
  bool next();
  const std::string& term() const { return term_; }
  // Until the next call of next().
  const Postings& postings() const { return postings_; }

 private:
  bool is_after(std::size_t left, std::size_t right) const;
  void append(std::size_t part);

  std::vector<TermsPart> parts_;
  bool with_positions_;
  std::vector<std::unique_ptr<TermsCursor>> cursors_;
  std::vector<std::size_t> heap_;  // of the parts that are not at their end, the least term first
  std::vector<std::size_t> here_;  // the parts that have the term
  std::string term_;
  PostingsScratch read_scratch_;
  PostingsScratch merged_;
  Postings postings_;
};

}  // namespace stele::engine
