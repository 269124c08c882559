#include <algorithm>

#include "engine/query/best_documents.h"
#include "engine/query/count_documents.h"
#include "engine/reference/matcher.h"
#include "engine/reference/text_matcher.h"

namespace stele::engine::reference {
namespace {

// Sums are made in double and rounded once, as Lucene's conjunctions and disjunctions do.
struct Sums {
  std::vector<DocOrdinal> documents;
  std::vector<double> scores;  // empty in filter context
};

Sums to_sums(Matches matches) {
  return {std::move(matches.documents), std::vector<double>(matches.scores.begin(), matches.scores.end())};
}

// The documents in both; scores of both, where they have any, are added.
Sums intersect(const Sums& left, const Sums& right) {
  Sums common;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.documents.size() && j < right.documents.size()) {
    if (left.documents[i] < right.documents[j]) {
      ++i;
    } else if (right.documents[j] < left.documents[i]) {
      ++j;
    } else {
      common.documents.push_back(left.documents[i]);
      if (!left.scores.empty() || !right.scores.empty())
        common.scores.push_back((left.scores.empty() ? 0 : left.scores[i]) +
                                (right.scores.empty() ? 0 : right.scores[j]));
      ++i;
      ++j;
    }
  }
  return common;
}

// Adds the scores of `optional` to the documents that are there anyway.
void add_scores(Sums& required, const Sums& optional) {
  if (optional.scores.empty()) return;
  required.scores.resize(required.documents.size());
  std::size_t j = 0;
  for (std::size_t i = 0; i < required.documents.size(); ++i) {
    while (j < optional.documents.size() && optional.documents[j] < required.documents[i]) ++j;
    if (j < optional.documents.size() && optional.documents[j] == required.documents[i])
      required.scores[i] += optional.scores[j];
  }
}

void remove_documents(Sums& sums, const std::vector<DocOrdinal>& unwanted) {
  std::size_t kept = 0;
  std::size_t j = 0;
  for (std::size_t i = 0; i < sums.documents.size(); ++i) {
    while (j < unwanted.size() && unwanted[j] < sums.documents[i]) ++j;
    if (j < unwanted.size() && unwanted[j] == sums.documents[i]) continue;
    sums.documents[kept] = sums.documents[i];
    if (!sums.scores.empty()) sums.scores[kept] = sums.scores[i];
    ++kept;
  }
  sums.documents.resize(kept);
  if (!sums.scores.empty()) sums.scores.resize(kept);
}

// A union over a window of counters: good where the lists hold a fair part of the segment.
Sums unite_dense(const std::vector<Matches>& lists, std::size_t minimum, std::size_t segment_size,
                 bool scored) {
  std::vector<std::uint32_t> counts(segment_size);
  std::vector<double> scores(scored ? segment_size : 0);
  for (const Matches& list : lists) {
    for (std::size_t i = 0; i < list.documents.size(); ++i) {
      ++counts[list.documents[i]];
      if (scored) scores[list.documents[i]] += static_cast<double>(list.scores[i]);
    }
  }
  Sums united;
  for (DocOrdinal document = 0; document < segment_size; ++document) {
    if (counts[document] < minimum) continue;
    united.documents.push_back(document);
    if (scored) united.scores.push_back(scores[document]);
  }
  return united;
}

struct Entry {
  DocOrdinal document;
  std::uint32_t list;  // keeps the order of the clauses, on which a sum of floats depends
  float score;
};

Sums unite_sparse(const std::vector<Matches>& lists, std::size_t minimum, bool scored) {
  std::vector<Entry> entries;
  for (std::uint32_t list = 0; list < lists.size(); ++list)
    for (std::size_t i = 0; i < lists[list].documents.size(); ++i)
      entries.push_back({lists[list].documents[i], list, scored ? lists[list].scores[i] : 0});
  std::sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) {
    return left.document != right.document ? left.document < right.document : left.list < right.list;
  });
  Sums united;
  for (std::size_t i = 0; i < entries.size();) {
    double sum = 0;
    std::size_t end = i;
    for (; end < entries.size() && entries[end].document == entries[i].document; ++end)
      sum += static_cast<double>(entries[end].score);
    if (end - i >= minimum) {
      united.documents.push_back(entries[i].document);
      if (scored) united.scores.push_back(sum);
    }
    i = end;
  }
  return united;
}

constexpr std::size_t kRareShare = 16;

class BoolMatcher final : public Matcher {
 public:
  explicit BoolMatcher(BoolClauses clauses) : clauses_(std::move(clauses)) {}

  Matches match(const Segment& segment, Context context) const override {
    Sums sums = positive(segment, context);
    for (const MatcherPtr& matcher : clauses_.must_not) {
      if (sums.documents.empty()) break;
      remove_documents(sums, matcher->match(segment, Context::kFilter).documents);
    }
    Matches matches{std::move(sums.documents), {}};
    if (context == Context::kFilter) return matches;
    matches.scores.assign(sums.scores.begin(), sums.scores.end());
    matches.scores.resize(matches.documents.size());  // filters alone score zero
    return matches;
  }

  void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const override {
    const bool all = !clauses_.must.empty() && clauses_.should.empty() && clauses_.min_should == 0;
    const bool any = clauses_.must.empty() && !clauses_.should.empty() &&
                     (clauses_.filter.empty() ? clauses_.min_should <= 1 : clauses_.min_should == 1);
    const bool one = all && clauses_.must.size() == 1;
    std::vector<TermScorer> scorers;
    if (!one && !(all && add_all(segment, scorers)) && !(any && add_any(segment, scorers))) {
      Matcher::best(segment, allowed, top);
      return;
    }
    if (!one && scorers.empty()) return;
    const DocumentBits narrowed = narrow(segment, allowed);
    if (one) {
      clauses_.must[0]->best(segment, narrowed, top);
    } else if (all) {
      best_of_all(scorers, narrowed, top);
    } else {
      count_union_ahead(segment, scorers, narrowed, top);
      best_of_any(scorers, narrowed, top);
    }
  }

  std::size_t count(const Segment& segment, const DocumentBits& allowed) const override {
    if (is_union()) return count_union(segment, narrow(segment, allowed));
    if (clauses_.min_should > 0) return Matcher::count(segment, allowed);
    if (clauses_.must.size() == 1 && dynamic_cast<const TermMatcher*>(clauses_.must[0].get()) == nullptr)
      return clauses_.must[0]->count(segment, narrow(segment, allowed));
    return count_required(segment, allowed);
  }

  DocumentBits filter(const Segment& segment) const override {
    const bool required = !clauses_.must.empty() || !clauses_.filter.empty();
    const bool any = !clauses_.should.empty() || clauses_.min_should > 0;
    const std::size_t minimum =
        required || !any ? clauses_.min_should : std::max<std::size_t>(1, clauses_.min_should);
    DocumentBits bits = minimum > 0 ? optional_filter(segment, minimum) : DocumentBits::all(segment.size());
    for (const MatcherPtr& matcher : clauses_.must) bits.keep(matcher->filter(segment));
    narrow_here(segment, bits);
    return bits;
  }

 private:
  bool is_union() const {
    return clauses_.must.empty() && clauses_.filter.empty() && !clauses_.should.empty() &&
           clauses_.min_should <= 1;
  }

  // `narrowed`: filters are in it.
  std::size_t count_union(const Segment& segment, const DocumentBits& narrowed) const {
    if (clauses_.should.size() == 1) return clauses_.should[0]->count(segment, narrowed);
    return optional_filter(segment, 1).count_common(narrowed);
  }

  // Where all would have to be found to be counted and are many, bits count them, which needs no scores.
  void count_union_ahead(const Segment& segment, const std::vector<TermScorer>& scorers,
                         const DocumentBits& narrowed, TopScores& top) const {
    std::size_t most = 0;
    for (const TermScorer& scorer : scorers) most += scorer.document_count();
    if (top.uncounted() > most && most * kRareShare > segment.size())
      top.count_ahead(count_union(segment, narrowed));
  }

  // Terms by their postings, all else by bits.
  std::size_t count_required(const Segment& segment, const DocumentBits& allowed) const {
    std::vector<PostingsCursor> cursors;
    cursors.reserve(clauses_.must.size() + clauses_.filter.size() + 1);
    DocumentBits narrowed = allowed;
    for (const auto* matchers : {&clauses_.must, &clauses_.filter}) {
      for (const MatcherPtr& matcher : *matchers) {
        const TermMatcher::Lookup lookup = add_cursor(*matcher, segment, cursors);
        if (lookup == TermMatcher::Lookup::kAbsent) return 0;
        if (lookup == TermMatcher::Lookup::kPlain) narrowed.keep(matcher->filter(segment));
      }
    }
    if (cursors.empty()) return without_unwanted(segment, std::move(narrowed)).count();
    // All of a term less those that an unwanted one has: the rarer of the two leads.
    if (clauses_.must_not.size() == 1 && cursors.size() == 1 && narrowed.is_all()) {
      const std::size_t with_unwanted = cursors[0].document_count();
      switch (add_cursor(*clauses_.must_not[0], segment, cursors)) {
        case TermMatcher::Lookup::kAbsent:
          return with_unwanted;
        case TermMatcher::Lookup::kFound:
          return with_unwanted - std::min(with_unwanted, count_of_all(cursors, narrowed));
        case TermMatcher::Lookup::kPlain:
          break;
      }
    }
    return count_of_all(cursors, without_unwanted(segment, std::move(narrowed)));
  }

  // kPlain: not a term of a sealed segment.
  static TermMatcher::Lookup add_cursor(const Matcher& matcher, const Segment& segment,
                                        std::vector<PostingsCursor>& cursors) {
    const auto* term = dynamic_cast<const TermMatcher*>(&matcher);
    return term == nullptr ? TermMatcher::Lookup::kPlain : term->add_cursor(segment, cursors);
  }

  // False where they are not all terms of a sealed segment; no scorer where one is missing.
  bool add_all(const Segment& segment, std::vector<TermScorer>& scorers) const {
    bool absent = false;
    for (const MatcherPtr& matcher : clauses_.must) {
      const auto* term = dynamic_cast<const TermMatcher*>(matcher.get());
      if (term == nullptr) return false;
      const TermMatcher::Lookup lookup = term->add_scorer(segment, scorers);
      if (lookup == TermMatcher::Lookup::kPlain) return false;
      absent = absent || lookup == TermMatcher::Lookup::kAbsent;
    }
    if (absent) scorers.clear();
    return true;
  }

  bool add_any(const Segment& segment, std::vector<TermScorer>& scorers) const {
    return std::all_of(clauses_.should.begin(), clauses_.should.end(), [&](const MatcherPtr& matcher) {
      const auto* term = dynamic_cast<const TermMatcher*>(matcher.get());
      return term != nullptr && term->add_scorer(segment, scorers) != TermMatcher::Lookup::kPlain;
    });
  }

  DocumentBits narrow(const Segment& segment, const DocumentBits& allowed) const {
    DocumentBits narrowed = allowed;
    narrow_here(segment, narrowed);
    return narrowed;
  }

  void narrow_here(const Segment& segment, DocumentBits& bits) const {
    for (const MatcherPtr& matcher : clauses_.filter) bits.keep(matcher->filter(segment));
    for (const MatcherPtr& matcher : clauses_.must_not) bits.remove(matcher->filter(segment));
  }

  DocumentBits without_unwanted(const Segment& segment, DocumentBits bits) const {
    for (const MatcherPtr& matcher : clauses_.must_not) bits.remove(matcher->filter(segment));
    return bits;
  }

  // Those in so many of the optional clauses.
  DocumentBits optional_filter(const Segment& segment, std::size_t minimum) const {
    if (minimum == 1) {
      DocumentBits united = DocumentBits::none(segment.size());
      for (const MatcherPtr& matcher : clauses_.should) matcher->add_to(segment, united);
      return united;
    }
    std::vector<std::uint32_t> counts(segment.size());
    for (const MatcherPtr& matcher : clauses_.should)
      matcher->filter(segment).each([&](DocOrdinal document) { ++counts[document]; });
    std::vector<DocOrdinal> enough;
    for (DocOrdinal document = 0; document < counts.size(); ++document)
      if (counts[document] >= minimum) enough.push_back(document);
    return DocumentBits::of(segment.size(), enough);
  }

  Sums positive(const Segment& segment, Context context) const {
    if (clauses_.must.empty() && clauses_.filter.empty()) {
      if (clauses_.should.empty() && clauses_.min_should == 0) return {all_documents(segment), {}};
      return optional(segment, context, std::max<std::size_t>(1, clauses_.min_should));
    }
    Sums sums = required(segment, context);
    if (clauses_.should.empty() && clauses_.min_should == 0) return sums;
    if (sums.documents.empty()) return sums;
    if (clauses_.min_should > 0) return intersect(sums, optional(segment, context, clauses_.min_should));
    if (context == Context::kScore) add_scores(sums, optional(segment, context, 1));
    return sums;
  }

  Sums required(const Segment& segment, Context context) const {
    Sums sums;
    bool first = true;
    const auto narrow = [&](const std::vector<MatcherPtr>& matchers, Context clause_context) {
      for (const MatcherPtr& matcher : matchers) {
        if (!first && sums.documents.empty()) return;
        Sums next = to_sums(matcher->match(segment, clause_context));
        sums = first ? std::move(next) : intersect(sums, next);
        first = false;
      }
    };
    narrow(clauses_.must, context);
    narrow(clauses_.filter, Context::kFilter);
    return sums;
  }

  Sums optional(const Segment& segment, Context context, std::size_t minimum) const {
    if (minimum > clauses_.should.size()) return {};
    const bool scored = context == Context::kScore;
    std::vector<Matches> lists;
    std::size_t total = 0;
    for (const MatcherPtr& matcher : clauses_.should) {
      lists.push_back(matcher->match(segment, context));
      total += lists.back().documents.size();
    }
    if (lists.size() == 1) return to_sums(std::move(lists[0]));
    if (total * 8 < segment.size()) return unite_sparse(lists, minimum, scored);
    return unite_dense(lists, minimum, segment.size(), scored);
  }

  BoolClauses clauses_;
};

}  // namespace

MatcherPtr match_bool(BoolClauses clauses) {
  return std::make_shared<BoolMatcher>(std::move(clauses));
}

}  // namespace stele::engine::reference
