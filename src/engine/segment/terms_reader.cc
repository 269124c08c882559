#include "engine/segment/terms_reader.h"

namespace stele::engine {
namespace {

// By ranks, for readers that have nothing better.
class RankCursor final : public TermsCursor {
 public:
  RankCursor(const TermsReader& terms, TermRank rank) : terms_(terms), rank_(rank) { read(); }
  bool at_end() const override { return rank_ >= terms_.term_count(); }
  std::string_view term() const override { return term_; }
  Postings postings(PostingsPart part, PostingsScratch& scratch) const override {
    return terms_.postings(rank_, part, scratch);
  }
  void advance() override {
    ++rank_;
    read();
  }

 private:
  void read() {
    if (!at_end()) term_ = terms_.term(rank_, scratch_);
  }

  const TermsReader& terms_;
  TermRank rank_;
  std::string scratch_;
  std::string_view term_;
};

}  // namespace

std::unique_ptr<TermsCursor> TermsReader::cursor(TermRank from) const {
  return std::make_unique<RankCursor>(*this, from);
}

TermRank TermsReader::find(std::string_view wanted) const {
  const TermRank rank = lower_bound(wanted);
  std::string scratch;
  return rank < term_count() && term(rank, scratch) == wanted ? rank : kDropped;
}

std::pair<TermRank, TermRank> TermsReader::prefix_range(std::string_view prefix) const {
  const TermRank first = lower_bound(prefix);
  // The least string above all that begin so: the prefix with its last byte raised.
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (end.empty()) return {first, static_cast<TermRank>(term_count())};
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return {first, lower_bound(end)};
}

}  // namespace stele::engine
