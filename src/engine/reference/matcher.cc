#include "engine/reference/matcher.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <numeric>

namespace stele::engine::reference {
namespace {

// Documents that all score the same: of equals, those that come first stay.
void add_equal(DocumentBits matches, const DocumentBits& allowed, float score, TopScores& top) {
  matches.keep(allowed);
  top.count(matches.count());
  for (std::size_t i = 0; i < matches.word_count() && top.is_competitive(score); ++i)
    for (std::uint64_t bits = matches.word(i); bits != 0; bits &= bits - 1)
      top.add(static_cast<DocOrdinal>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))), score);
}

class InnerConstantMatcher final : public Matcher {
 public:
  InnerConstantMatcher(MatcherPtr inner, float score) : inner_(std::move(inner)), score_(score) {}
  Matches match(const Segment& segment, Context context) const override {
    Matches matches = inner_->match(segment, Context::kFilter);
    if (context == Context::kScore) matches.scores.assign(matches.documents.size(), score_);
    return matches;
  }
  void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const override {
    add_equal(inner_->filter(segment), allowed, score_, top);
  }
  DocumentBits filter(const Segment& segment) const override { return inner_->filter(segment); }

 private:
  MatcherPtr inner_;
  float score_;
};

class BestMatcher final : public Matcher {
 public:
  BestMatcher(std::vector<MatcherPtr> inner, float tie_breaker)
      : inner_(std::move(inner)), tie_breaker_(tie_breaker) {}

  Matches match(const Segment& segment, Context context) const override {
    if (context == Context::kFilter) {
      std::vector<std::vector<DocOrdinal>> lists;
      for (const MatcherPtr& matcher : inner_) lists.push_back(matcher->match(segment, context).documents);
      return {at_least(lists, 1, segment.size()), {}};
    }
    std::vector<std::pair<DocOrdinal, float>> scored;
    for (const MatcherPtr& matcher : inner_) {
      const Matches matches = matcher->match(segment, context);
      for (std::size_t i = 0; i < matches.documents.size(); ++i)
        scored.emplace_back(matches.documents[i], matches.scores[i]);
    }
    std::sort(scored.begin(), scored.end());
    return combine(scored);
  }
  DocumentBits filter(const Segment& segment) const override {
    DocumentBits united = DocumentBits::none(segment.size());
    for (const MatcherPtr& matcher : inner_) united.add(matcher->filter(segment));
    return united;
  }

 private:
  // `scored` is sorted: a document's best score is its last.
  Matches combine(const std::vector<std::pair<DocOrdinal, float>>& scored) const {
    Matches matches;
    double others = 0;
    for (std::size_t i = 0; i < scored.size(); ++i) {
      if (i + 1 < scored.size() && scored[i + 1].first == scored[i].first) {
        others += static_cast<double>(scored[i].second);
        continue;
      }
      const double best = static_cast<double>(scored[i].second);
      matches.documents.push_back(scored[i].first);
      matches.scores.push_back(static_cast<float>(best + others * static_cast<double>(tie_breaker_)));
      others = 0;
    }
    return matches;
  }

  std::vector<MatcherPtr> inner_;
  float tie_breaker_;
};

class BoostingMatcher final : public Matcher {
 public:
  BoostingMatcher(MatcherPtr positive, MatcherPtr negative, float negative_boost)
      : positive_(std::move(positive)), negative_(std::move(negative)), negative_boost_(negative_boost) {}

  Matches match(const Segment& segment, Context context) const override {
    Matches matches = positive_->match(segment, context);
    if (context == Context::kFilter) return matches;
    const std::vector<DocOrdinal> negative = negative_->match(segment, Context::kFilter).documents;
    for (std::size_t i = 0; i < matches.documents.size(); ++i)
      if (std::binary_search(negative.begin(), negative.end(), matches.documents[i]))
        matches.scores[i] *= negative_boost_;
    return matches;
  }
  DocumentBits filter(const Segment& segment) const override { return positive_->filter(segment); }

 private:
  MatcherPtr positive_;
  MatcherPtr negative_;
  float negative_boost_;
};

class FixedMatcher final : public Matcher {
 public:
  explicit FixedMatcher(std::unordered_map<const Segment*, Matches> matches) : matches_(std::move(matches)) {}
  Matches match(const Segment& segment, Context context) const override {
    const auto found = matches_.find(&segment);
    if (found == matches_.end()) return {};
    if (context == Context::kScore) return found->second;
    return {found->second.documents, {}};
  }

 private:
  std::unordered_map<const Segment*, Matches> matches_;
};

}  // namespace

void Matcher::best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const {
  const Matches matches = match(segment, Context::kScore);
  for (std::size_t i = 0; i < matches.documents.size(); ++i) {
    if (!allowed.contains(matches.documents[i])) continue;
    top.count(1);
    top.add(matches.documents[i], matches.scores[i]);
  }
}

DocumentBits Matcher::filter(const Segment& segment) const {
  return DocumentBits::of(segment.size(), match(segment, Context::kFilter).documents);
}

std::size_t Matcher::count(const Segment& segment, const DocumentBits& allowed) const {
  return filter(segment).count_common(allowed);
}

DocumentBits ConstantMatcher::filter(const Segment& segment) const {
  return select_bits_ ? select_bits_(segment) : DocumentBits::of(segment.size(), select_(segment));
}

Matches ConstantMatcher::match(const Segment& segment, Context context) const {
  Matches matches{select_bits_ ? select_bits_(segment).members() : select_(segment), {}};
  if (context == Context::kScore) matches.scores.assign(matches.documents.size(), score_);
  return matches;
}

void ConstantMatcher::best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const {
  add_equal(filter(segment), allowed, score_, top);
}

MatcherPtr match_all(float score) {
  return std::make_shared<ConstantMatcher>(
      [](const Segment& segment) { return DocumentBits::all(segment.size()); }, score);
}

MatcherPtr match_none() {
  return std::make_shared<ConstantMatcher>(
      [](const Segment& segment) { return DocumentBits::none(segment.size()); }, 0.0F);
}

MatcherPtr match_constant(MatcherPtr inner, float score) {
  return std::make_shared<InnerConstantMatcher>(std::move(inner), score);
}

MatcherPtr match_best(std::vector<MatcherPtr> inner, float tie_breaker) {
  return std::make_shared<BestMatcher>(std::move(inner), tie_breaker);
}

MatcherPtr match_boosting(MatcherPtr positive, MatcherPtr negative, float negative_boost) {
  return std::make_shared<BoostingMatcher>(std::move(positive), std::move(negative), negative_boost);
}

MatcherPtr match_fixed(std::unordered_map<const Segment*, Matches> matches) {
  return std::make_shared<FixedMatcher>(std::move(matches));
}

std::vector<DocOrdinal> all_documents(const Segment& segment) {
  std::vector<DocOrdinal> documents(segment.size());
  std::iota(documents.begin(), documents.end(), DocOrdinal{0});
  return documents;
}

std::vector<DocOrdinal> intersection(const std::vector<DocOrdinal>& left,
                                     const std::vector<DocOrdinal>& right) {
  std::vector<DocOrdinal> common;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(common));
  return common;
}

std::vector<DocOrdinal> difference(const std::vector<DocOrdinal>& left, std::span<const DocOrdinal> right) {
  std::vector<DocOrdinal> rest;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(rest));
  return rest;
}

std::vector<DocOrdinal> at_least(const std::vector<std::vector<DocOrdinal>>& lists, std::size_t minimum,
                                 std::size_t segment_size) {
  if (lists.size() == 1 && minimum == 1) return lists[0];
  std::vector<std::uint32_t> counts(segment_size);
  for (const auto& list : lists)
    for (const DocOrdinal document : list) ++counts[document];
  std::vector<DocOrdinal> enough;
  for (DocOrdinal document = 0; document < segment_size; ++document)
    if (counts[document] >= minimum) enough.push_back(document);
  return enough;
}

}  // namespace stele::engine::reference
