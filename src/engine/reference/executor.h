#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/collection.h"
#include "engine/query/request.h"
#include "engine/query/result.h"
#include "engine/reference/best_rows.h"
#include "engine/reference/budget.h"
#include "engine/reference/compiler.h"
#include "engine/reference/ranked_list.h"
#include "engine/reference/sort_rows.h"

namespace stele::engine::reference {

// Runs one request over one snapshot: stages from the leaves up, each giving a ranked list; then totals,
// aggregations and the hits. Confined to one search, made for it.
class Executor {
 public:
  // kPlain: set at a time, all that match, as the oracle does it. kFast: what is asked for alone where a way
  // to find it is known.
  enum class Ways : std::uint8_t { kPlain, kFast };
  Executor(const Snapshot& snapshot, const Request& request, const Clock& clock, Ways ways = Ways::kPlain);

  Result<SearchResult> run();

 private:
  // What the root's Select chose: entries in order, their rows of cells, and their groups.
  struct Selection {
    std::vector<Entry> entries;
    std::vector<std::vector<Value>> sort_values;
    std::vector<Value> groups;
    bool scored = false;
    Direction direction = Direction::kDescending;
  };

  static bool needs_scores(const Select& step);
  Result<void> check_request();
  Result<Selection> run_root();
  Result<RankedList> execute(const Stage& stage, Context context);
  Result<RankedList> execute_inputs(const Stage& stage, Context context);
  Result<void> note(const std::string& stage_name, const RankedList& list);

  // retrieve.cc
  Result<RankedList> retrieve(const Retrieve& step, Context context);
  Result<std::vector<MatcherPtr>> filters(const Retrieve& step, std::size_t target);
  Result<RankedList> retrieve_target(const Retrieve& step, std::size_t target, Context context);
  Result<RankedList> search_text(const TextSearch& source, std::size_t target, const MatcherPtr& filter,
                                 Context context);
  Result<RankedList> search_vector(const Retrieve& step, const std::string& field, std::vector<float> vector,
                                   ScoreForm form, std::size_t target, const MatcherPtr& filter,
                                   const std::vector<DocKey>& without);
  Result<RankedList> recommend(const Recommend& source, const Retrieve& step, std::size_t target,
                               const MatcherPtr& filter);
  Result<RankedList> order_by(const OrderBy& source, std::size_t target, const MatcherPtr& filter);
  Result<RankedList> sample(const Sample& source, std::size_t target, const MatcherPtr& filter);
  Result<std::vector<float>> vector_of(const DocKey& key, const std::string& field,
                                       const std::string& lookup_from, std::size_t target);
  Result<const ReferenceView*> lookup_view(const std::string& lookup_from, std::size_t target) const;
  void append(RankedList& list, std::size_t target, std::size_t segment, Matches matches);
  void append(RankedList& list, std::size_t target, std::size_t segment, DocumentBits matches);

  // select_best.cc
  const Retrieve* best_only() const;
  Result<Selection> select_best(const Select& step, const Retrieve& retrieve);
  Result<Selection> select_first(const Select& step, const Retrieve& retrieve);
  void note_count(std::size_t count);
  Result<void> find_best(const Retrieve& retrieve, std::size_t target, TopScores& top);
  Result<std::size_t> find_first(const Retrieve& retrieve, std::size_t target, BestRows& rows);

  // rescore.cc
  Result<RankedList> rescore(const Rescore& step, RankedList list);
  Result<void> rescore_by_query(const Rescore& step, RankedList& window);
  Result<void> rescore_by_vector(const Nearest& nearest, RankedList& window);

  // select.cc
  Result<RankedList> filtered(const Select& step, RankedList list);
  Result<Selection> select(const Select& step, RankedList list, bool from_first);
  Selection select_by_score(const Select& step, RankedList list, bool from_first);
  Result<Selection> select_sorted(const Select& step, RankedList list, bool from_first);
  Result<Selection> collapse(const Select& step, RankedList list, bool from_first);
  Value collapse_value(const std::string& field, const Entry& entry);

  // fetch.cc
  Result<std::vector<Hit>> fetch(const Selection& selection);
  Result<void> add_matched_names(std::vector<Hit>& hits, const std::vector<Entry>& entries);

  // Which of the entries a query matches, and with what score (none: no match).
  Result<std::vector<std::optional<float>>> match_entries(const Query& query,
                                                          const std::vector<Entry>& entries, Context context);
  const Segment& segment_of(const Entry& entry) const {
    return *views_[entry.target]->segments()[entry.segment];
  }

  const Snapshot& snapshot_;
  const Request& request_;
  Budget budget_;
  Ways ways_;
  std::vector<const ReferenceView*> views_;
  std::vector<Compiler> compilers_;
  SearchResult result_;
};

}  // namespace stele::engine::reference
