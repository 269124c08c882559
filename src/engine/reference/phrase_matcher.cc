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

// Whether it is above zero; found sooner.
bool stands_exactly(const std::vector<Positions>& slots, const std::vector<PhraseSlot>& phrase) {
  for (const std::uint32_t position : slots[0]) {
    const std::uint32_t start = position - phrase[0].offset;
    bool all = position >= phrase[0].offset;
    for (std::size_t i = 1; i < slots.size() && all; ++i)
      all = std::binary_search(slots[i].begin(), slots[i].end(), start + phrase[i].offset);
    if (all) return true;
  }
  return false;
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
  // Without a scorer: for filters alone.
  PhraseMatcher(FieldId field, std::vector<PhraseSlot> slots, std::uint32_t slop, std::optional<Bm25> scorer)
      : field_(field), slots_(std::move(slots)), slop_(slop), scorer_(std::move(scorer)) {}

  Matches match(const Segment& segment, Context context) const override {
    const FieldReader* field = segment.field(field_);
    if (field == nullptr || field->terms() == nullptr) return {};
    if (const auto* sealed = dynamic_cast<const SealedTerms*>(field->terms())) {
      std::vector<PhraseTerm> terms;
      switch (find_terms(*sealed, terms)) {
        case Found::kNone:
          return {};
        case Found::kAll:
          return match_sealed(*sealed, terms, context);
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
        matches.scores.push_back(scorer_->score(frequency, field->terms()->encoded_length(document)));
    }
    return matches;
  }

  void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const override {
    std::vector<PhraseTerm> terms;
    const SealedTerms* sealed = nullptr;
    switch (find_sealed(segment, sealed, terms)) {
      case Found::kNone:
        return;
      case Found::kAlternatives:
        Matcher::best(segment, allowed, top);
        return;
      case Found::kAll:
        break;
    }
    walk(terms, allowed, [&](DocOrdinal document, std::vector<Positions>& positions) {
      const std::uint8_t length = sealed->encoded_length(document);
      // The phrase stands there at most as often as each of its terms.
      if (slop_ == 0 && top.may_skip() && !top.is_competitive(scorer_->score(least_frequency(terms), length)))
        return;
      const float frequency = read_frequency(terms, positions);
      if (frequency == 0) return;
      top.count(1);
      top.add(document, scorer_->score(frequency, length));
    });
  }

  std::size_t count(const Segment& segment, const DocumentBits& allowed) const override {
    std::vector<PhraseTerm> terms;
    const SealedTerms* sealed = nullptr;
    switch (find_sealed(segment, sealed, terms)) {
      case Found::kNone:
        return 0;
      case Found::kAlternatives:
        return Matcher::count(segment, allowed);
      case Found::kAll:
        break;
    }
    std::size_t count = 0;
    walk(terms, allowed,
         [&](DocOrdinal, std::vector<Positions>& positions) { count += stands(terms, positions) ? 1 : 0; });
    return count;
  }

 private:
  enum class Found : std::uint8_t { kNone, kAll, kAlternatives };

  Found find_sealed(const Segment& segment, const SealedTerms*& sealed,
                    std::vector<PhraseTerm>& terms) const {
    const FieldReader* field = segment.field(field_);
    if (field == nullptr || field->terms() == nullptr) return Found::kNone;
    sealed = dynamic_cast<const SealedTerms*>(field->terms());
    return sealed == nullptr ? Found::kAlternatives : find_terms(*sealed, terms);
  }

  // Of each slot its one term.
  Found find_terms(const SealedTerms& sealed, std::vector<PhraseTerm>& terms) const {
    terms.reserve(slots_.size());
    for (const PhraseSlot& slot : slots_) {
      if (slot.terms.size() != 1) return Found::kAlternatives;
      const auto entry = sealed.dictionary().find(slot.terms[0]);
      if (!entry) return Found::kNone;
      terms.emplace_back(sealed.list(*entry));
    }
    return Found::kAll;
  }

  Matches match_sealed(const SealedTerms& sealed, std::vector<PhraseTerm>& terms, Context context) const {
    Matches matches;
    walk(terms, DocumentBits::all(~std::size_t{0}),
         [&](DocOrdinal document, std::vector<Positions>& positions) {
           const float frequency = read_frequency(terms, positions);
           if (frequency == 0) return;
           matches.documents.push_back(document);
           if (context == Context::kScore)
             matches.scores.push_back(scorer_->score(frequency, sealed.encoded_length(document)));
         });
    return matches;
  }

  // Calls visit(document, scratch) where all terms stand, among `allowed`.
  template <class Visit>
  static void walk(std::vector<PhraseTerm>& terms, const DocumentBits& allowed, Visit&& visit) {
    std::vector<Positions> positions(terms.size());
    std::vector<PostingsCursor*> cursors;
    cursors.reserve(terms.size());
    for (PhraseTerm& term : terms) cursors.push_back(&term.cursor());
    std::sort(cursors.begin(), cursors.end(), [](const PostingsCursor* left, const PostingsCursor* right) {
      return left->document_count() < right->document_count();
    });
    for (DocOrdinal document = meet(cursors); document != PostingsCursor::kEnd; document = meet(cursors)) {
      if (allowed.contains(document)) visit(document, positions);
      cursors[0]->next();
    }
  }

  // Of the document on which all stand. Places are read only here.
  float read_frequency(std::vector<PhraseTerm>& terms, std::vector<Positions>& positions) const {
    for (std::size_t i = 0; i < terms.size(); ++i) terms[i].read_positions(positions[i]);
    return slop_ == 0 ? exact_frequency(positions, slots_) : SloppyCounter(positions, slots_, slop_).count();
  }

  bool stands(std::vector<PhraseTerm>& terms, std::vector<Positions>& positions) const {
    if (slop_ != 0) return read_frequency(terms, positions) != 0;
    for (std::size_t i = 0; i < terms.size(); ++i) terms[i].read_positions(positions[i]);
    return stands_exactly(positions, slots_);
  }

  static float least_frequency(std::vector<PhraseTerm>& terms) {
    std::uint32_t least = terms[0].frequency();
    for (PhraseTerm& term : terms) least = std::min(least, term.frequency());
    return static_cast<float>(least);
  }

  // The next document on which all stand, from the first's on.
  static DocOrdinal meet(const std::vector<PostingsCursor*>& cursors) {
    for (std::size_t i = 1; i < cursors.size();) {
      const DocOrdinal document = cursors[0]->document();
      if (document == PostingsCursor::kEnd) return document;
      cursors[i]->advance(document);
      if (cursors[i]->document() == document) {
        ++i;
        continue;
      }
      cursors[0]->advance(cursors[i]->document());
      i = 1;
    }
    return cursors[0]->document();
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
  std::optional<Bm25> scorer_;
};

}  // namespace

MatcherPtr match_phrase(const ReferenceView& view, FieldId field, const FieldScoring* scoring,
                        std::vector<PhraseSlot> slots, std::uint32_t slop, float boost) {
  if (scoring == nullptr)
    return std::make_shared<PhraseMatcher>(field, std::move(slots), slop, std::optional<Bm25>());
  // Lucene adds the idf of every term, repeated ones each time, in double.
  double idf = 0;
  for (const PhraseSlot& slot : slots) {
    for (const std::string& term : slot.terms) {
      const std::uint64_t frequency = document_frequency(view, field, term);
      if (frequency > 0) idf += static_cast<double>(Bm25::idf(frequency, scoring->statistics.documents));
    }
  }
  const FieldDefinition& definition = view.schema().field(field);
  return std::make_shared<PhraseMatcher>(
      field, std::move(slots), slop,
      Bm25(scoring->inverse_norms, definition.bm25.k1, static_cast<float>(idf), boost, definition.norms));
}

}  // namespace stele::engine::reference
