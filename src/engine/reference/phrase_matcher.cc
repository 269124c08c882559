#include <algorithm>
#include <deque>

#include "engine/query/phrase_term.h"
#include "engine/reference/text_matcher.h"

namespace stele::engine::reference {
namespace {

using Positions = std::vector<std::uint32_t>;

// How often the phrase stands in a document, given the positions at which each slot's terms do.
float exact_frequency(const std::vector<Positions>& slots, const std::vector<PhraseSlot>& phrase) {
  std::size_t count = 0;
  for (const std::uint32_t position : slots[0]) {
    // A position before the slot's own offset cannot be the first slot's anyway: its offset is the least.
    const std::uint32_t start = position - phrase[0].offset;
    bool all = position >= phrase[0].offset;
    for (std::size_t i = 1; i < slots.size() && all; ++i)
      all = std::binary_search(slots[i].begin(), slots[i].end(), start + phrase[i].offset);
    count += all ? 1 : 0;
  }
  return static_cast<float>(count);
}

// Lucene's SloppyPhraseMatcher: slots advance from the least adjusted position on; a match as wide as w adds
// 1 / (1 + w). Slots of the same term never stand on the same position: they begin at their term's first,
// second, … one, and where two meet later, the lesser moves on.
class SloppyCounter {
 public:
  SloppyCounter(const std::vector<Positions>& slots, const std::vector<PhraseSlot>& phrase,
                std::uint32_t slop)
      : slots_(slots), phrase_(phrase), slop_(slop), at_(slots.size()) {}

  float count() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) at_[i] += same_term(i, j) ? 1 : 0;
      if (at_[i] >= slots_[i].size()) return 0;
    }
    end_ = adjusted(0);
    for (std::size_t i = 1; i < slots_.size(); ++i) end_ = std::max(end_, adjusted(i));
    float frequency = 0;
    while (next_match()) frequency += 1.0F / (1.0F + static_cast<float>(width_));
    return frequency;
  }

 private:
  bool same_term(std::size_t left, std::size_t right) const {
    return phrase_[left].terms == phrase_[right].terms;
  }

  std::int64_t adjusted(std::size_t slot) const {
    return static_cast<std::int64_t>(slots_[slot][at_[slot]]) -
           static_cast<std::int64_t>(phrase_[slot].offset);
  }

  // Slots are in the order of their offsets, which decides among equals.
  std::size_t least(std::size_t but) const {
    std::size_t best = slots_.size();
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (i != but && (best == slots_.size() || adjusted(i) < adjusted(best))) best = i;
    return best;
  }

  // The slot of the same term at the same position, or the slot itself.
  std::size_t collision(std::size_t slot) const {
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (i != slot && same_term(i, slot) && slots_[i][at_[i]] == slots_[slot][at_[slot]]) return i;
    return slot;
  }

  bool step(std::size_t slot) {
    if (++at_[slot] >= slots_[slot].size()) return false;
    end_ = std::max(end_, adjusted(slot));
    return true;
  }

  bool advance(std::size_t slot) {
    if (!step(slot)) return false;
    for (std::size_t other = collision(slot); other != slot; other = collision(slot)) {
      const bool other_is_less =
          adjusted(other) < adjusted(slot) || (adjusted(other) == adjusted(slot) && other < slot);
      if (other_is_less) slot = other;
      if (!step(slot)) return false;
    }
    return true;
  }

  bool next_match() {
    if (done_) return false;
    std::size_t slot = least(slots_.size());
    width_ = end_ - adjusted(slot);
    std::int64_t next = adjusted(least(slot));
    while (advance(slot)) {
      if (adjusted(slot) > next) {
        if (width_ <= slop_) return true;
        slot = least(slots_.size());
        next = adjusted(least(slot));
        width_ = end_ - adjusted(slot);
      } else {
        width_ = std::min(width_, end_ - adjusted(slot));
      }
    }
    done_ = true;
    return width_ <= slop_;
  }

  const std::vector<Positions>& slots_;
  const std::vector<PhraseSlot>& phrase_;
  std::int64_t slop_;
  std::vector<std::size_t> at_;
  std::int64_t end_ = 0;
  std::int64_t width_ = 0;
  bool done_ = false;
};

class PhraseMatcher final : public Matcher {
 public:
  PhraseMatcher(FieldId field, std::vector<PhraseSlot> slots, std::uint32_t slop, Bm25 scorer)
      : field_(field), slots_(std::move(slots)), slop_(slop), scorer_(scorer) {}

  Matches match(const Segment& segment, Context context) const override {
    const FieldReader* field = segment.field(field_);
    if (field == nullptr || field->terms() == nullptr) return {};
    if (const auto* sealed = dynamic_cast<const SealedTerms*>(field->terms())) {
      std::vector<PhraseTerm> terms;
      switch (find_terms(*sealed, terms)) {
        case Found::kNone:
          return {};
        case Found::kAll:
          return match_sealed(terms, context);
        case Found::kAlternatives:
          break;
      }
    }
    std::vector<Slot> slots(slots_.size());
    std::vector<DocOrdinal> candidates;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      read_slot(slots_[i], *field->terms(), slots[i]);
      const std::vector<DocOrdinal> documents = documents_of(slots[i], segment.size());
      candidates = i == 0 ? documents : intersection(candidates, documents);
      if (candidates.empty()) return {};
    }
    Matches matches;
    std::vector<Positions> positions(slots_.size());
    for (const DocOrdinal document : candidates) {
      for (std::size_t i = 0; i < slots_.size(); ++i) positions[i] = positions_of(slots[i], document);
      const float frequency =
          slop_ == 0 ? exact_frequency(positions, slots_) : SloppyCounter(positions, slots_, slop_).count();
      if (frequency == 0) continue;
      matches.documents.push_back(document);
      if (context == Context::kScore)
        matches.scores.push_back(scorer_.score(frequency, field->terms()->encoded_length(document)));
    }
    return matches;
  }

 private:
  enum class Found : std::uint8_t { kNone, kAll, kAlternatives };

  // Of each slot its one term.
  Found find_terms(const SealedTerms& sealed, std::vector<PhraseTerm>& terms) const {
    for (const PhraseSlot& slot : slots_) {
      if (slot.terms.size() != 1) return Found::kAlternatives;
      const auto entry = sealed.dictionary().find(slot.terms[0]);
      if (!entry) return Found::kNone;
      terms.emplace_back(sealed, *entry, scorer_);
    }
    return Found::kAll;
  }

  // Places are read only where all terms stand.
  Matches match_sealed(std::vector<PhraseTerm>& terms, Context context) const {
    Matches matches;
    std::vector<Positions> positions(slots_.size());
    std::vector<TermScorer*> scorers;
    for (PhraseTerm& term : terms) scorers.push_back(&term.scorer());
    std::sort(scorers.begin(), scorers.end(), [](const TermScorer* left, const TermScorer* right) {
      return left->document_count() < right->document_count();
    });
    for (DocOrdinal document = meet(scorers); document != TermScorer::kEnd; document = meet(scorers)) {
      for (std::size_t i = 0; i < terms.size(); ++i) terms[i].read_positions(positions[i]);
      const float frequency =
          slop_ == 0 ? exact_frequency(positions, slots_) : SloppyCounter(positions, slots_, slop_).count();
      if (frequency != 0) {
        matches.documents.push_back(document);
        if (context == Context::kScore)
          matches.scores.push_back(scorer_.score(frequency, terms[0].scorer().encoded_length()));
      }
      scorers[0]->next();
    }
    return matches;
  }

  // The next document on which all stand, from the first's on.
  static DocOrdinal meet(const std::vector<TermScorer*>& scorers) {
    for (std::size_t i = 1; i < scorers.size();) {
      const DocOrdinal document = scorers[0]->document();
      if (document == TermScorer::kEnd) return document;
      scorers[i]->advance(document);
      if (scorers[i]->document() == document) {
        ++i;
        continue;
      }
      scorers[0]->advance(scorers[i]->document());
      i = 1;
    }
    return scorers[0]->document();
  }

  // The postings of a slot's terms in this segment.
  struct Slot {
    std::deque<PostingsScratch> scratch;
    std::vector<Postings> terms;
  };

  static void read_slot(const PhraseSlot& phrase_slot, const TermsReader& terms, Slot& slot) {
    for (const std::string& term : phrase_slot.terms)
      if (const TermRank rank = terms.find(term); rank != kDropped)
        slot.terms.push_back(terms.postings(rank, PostingsPart::kPositions, slot.scratch.emplace_back()));
  }

  static std::vector<DocOrdinal> documents_of(const Slot& slot, std::size_t segment_size) {
    std::vector<std::vector<DocOrdinal>> lists;
    for (const Postings& postings : slot.terms)
      lists.emplace_back(postings.documents.begin(), postings.documents.end());
    if (lists.empty()) return {};
    return at_least(lists, 1, segment_size);
  }

  static Positions positions_of(const Slot& slot, DocOrdinal document) {
    Positions positions;
    for (const Postings& postings : slot.terms) {
      const auto found = std::lower_bound(postings.documents.begin(), postings.documents.end(), document);
      if (found == postings.documents.end() || *found != document) continue;
      const auto here = postings.positions_of(static_cast<std::size_t>(found - postings.documents.begin()));
      positions.insert(positions.end(), here.begin(), here.end());
    }
    if (slot.terms.size() > 1) std::sort(positions.begin(), positions.end());
    return positions;
  }

  FieldId field_;
  std::vector<PhraseSlot> slots_;
  std::uint32_t slop_;
  Bm25 scorer_;
};

}  // namespace

MatcherPtr match_phrase(const ReferenceView& view, FieldId field, std::vector<PhraseSlot> slots,
                        std::uint32_t slop, float boost) {
  const FieldStatistics statistics = field_statistics(view, field);
  // Lucene adds the idf of every term, repeated ones each time, in double.
  double idf = 0;
  for (const PhraseSlot& slot : slots) {
    for (const std::string& term : slot.terms) {
      const std::uint64_t frequency = document_frequency(view, field, term);
      if (frequency > 0) idf += static_cast<double>(Bm25::idf(frequency, statistics.documents));
    }
  }
  const FieldDefinition& definition = view.schema().field(field);
  return std::make_shared<PhraseMatcher>(
      field, std::move(slots), slop,
      Bm25(statistics, definition.bm25, static_cast<float>(idf), boost, definition.norms));
}

}  // namespace stele::engine::reference
