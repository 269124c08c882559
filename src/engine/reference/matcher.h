#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/query/document_bits.h"
#include "engine/query/top_scores.h"
#include "engine/segment/segment.h"

namespace stele::engine::reference {

// Documents of one segment, ascending, and a score for each, or none at all in filter context.
struct Matches {
  std::vector<DocOrdinal> documents;
  std::vector<float> scores;
};

enum class Context : std::uint8_t { kScore, kFilter };

// Which documents of a segment match, and how well? A query compiled for one view: fields resolved, text
// analyzed, statistics taken over all its segments. Dead versions match too; the executor drops what is not
// visible. Threads: immutable, share freely.
class Matcher {
 public:
  virtual ~Matcher() = default;
  virtual Matches match(const Segment& segment, Context context) const = 0;
  // The best of what matches among `allowed`, into `top`, which says what may be passed over. The same
  // documents and scores as by match().
  virtual void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const;
  // The documents of match(), a bit each.
  virtual DocumentBits filter(const Segment& segment) const;
  // Adds them to `bits`.
  virtual void add_to(const Segment& segment, DocumentBits& bits) const { bits.add(filter(segment)); }
  // How many of them are among `allowed`.
  virtual std::size_t count(const Segment& segment, const DocumentBits& allowed) const;
};
using MatcherPtr = std::shared_ptr<const Matcher>;

// Documents at all where `documents` says so, each with the same score.
class ConstantMatcher final : public Matcher {
 public:
  using Select = std::function<std::vector<DocOrdinal>(const Segment&)>;
  using SelectBits = std::function<DocumentBits(const Segment&)>;
  ConstantMatcher(Select select, float score) : select_(std::move(select)), score_(score) {}
  ConstantMatcher(SelectBits select, float score) : select_bits_(std::move(select)), score_(score) {}
  Matches match(const Segment& segment, Context context) const override;
  void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const override;
  DocumentBits filter(const Segment& segment) const override;

 private:
  Select select_;
  SelectBits select_bits_;
  float score_;
};

MatcherPtr match_all(float score);
MatcherPtr match_none();
// What `inner` matches in filter context, each with `score`.
MatcherPtr match_constant(MatcherPtr inner, float score);

// See Bool of query.h; min_should is resolved.
struct BoolClauses {
  std::vector<MatcherPtr> must;
  std::vector<MatcherPtr> filter;
  std::vector<MatcherPtr> should;
  std::vector<MatcherPtr> must_not;
  std::size_t min_should = 0;
};
MatcherPtr match_bool(BoolClauses clauses);
MatcherPtr match_best(std::vector<MatcherPtr> inner, float tie_breaker);
MatcherPtr match_boosting(MatcherPtr positive, MatcherPtr negative, float negative_boost);
// Found before: the matches of each segment.
MatcherPtr match_fixed(std::unordered_map<const Segment*, Matches> matches);

// Sorted lists of documents.
std::vector<DocOrdinal> all_documents(const Segment& segment);
std::vector<DocOrdinal> intersection(const std::vector<DocOrdinal>& left,
                                     const std::vector<DocOrdinal>& right);
std::vector<DocOrdinal> difference(const std::vector<DocOrdinal>& left, std::span<const DocOrdinal> right);
// The documents in at least `minimum` of the lists.
std::vector<DocOrdinal> at_least(const std::vector<std::vector<DocOrdinal>>& lists, std::size_t minimum,
                                 std::size_t segment_size);

}  // namespace stele::engine::reference
