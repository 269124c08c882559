#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/query/query.h"
#include "engine/query/stage.h"
#include "engine/query/term_pattern.h"
#include "engine/reference/budget.h"
#include "engine/reference/matcher.h"
#include "engine/reference/reference_collection.h"
#include "engine/reference/text_matcher.h"
#include "text/token.h"

namespace stele::text {
class Analyzer;
}

namespace stele::engine::reference {

// What does a query mean for this view? Resolves fields under the target's column mask, converts values,
// analyzes text, takes statistics, and gives a tree of matchers. Confined to one search.
class Compiler {
 public:
  using FieldMask = std::optional<std::vector<std::string>>;
  // `exact`: vectors are searched without their indexes.
  Compiler(const ReferenceView& view, const FieldMask& mask, Budget& budget, bool exact = true)
      : view_(view), mask_(mask), budget_(budget), exact_(exact) {}

  // kInvalidArgument, kUnsupported, kDeadlineExceeded.
  Result<MatcherPtr> compile(const Query& query, float boost = 1);
  // For filter context alone: of a matcher that is not asked for scores; cheaper.
  Result<MatcherPtr> compile_filter(const Query& query);
  Result<MatcherPtr> compile(const Query& query, Context context) {
    return context == Context::kScore ? compile(query) : compile_filter(query);
  }

  // The field, or none if there is none of that path or the mask hides it.
  std::optional<FieldId> find(std::string_view path) const;

 private:
  using Compiled = Result<MatcherPtr>;
  static constexpr int kDepthMax = 100;

  Compiled dispatch(const Query& query, float boost);
  // One overload a node of query.h; `boost` is the product of the boosts above and of the node itself.
  Compiled compile_node(const MatchAll& node, float boost);
  Compiled compile_node(const MatchNone& node, float boost);
  Compiled compile_node(const Match& node, float boost);
  Compiled compile_node(const MatchPhrase& node, float boost);
  Compiled compile_node(const MultiMatch& node, float boost);
  Compiled compile_node(const Term& node, float boost);
  Compiled compile_node(const Terms& node, float boost);
  Compiled compile_node(const TermsExcept& node, float boost);
  Compiled compile_node(const Range& node, float boost);
  Compiled compile_node(const Exists& node, float boost);
  Compiled compile_node(const Ids& node, float boost);
  Compiled compile_node(const Prefix& node, float boost);
  Compiled compile_node(const Wildcard& node, float boost);
  Compiled compile_node(const Regexp& node, float boost);
  Compiled compile_node(const Fuzzy& node, float boost);
  Compiled compile_node(const Bool& node, float boost);
  Compiled compile_node(const ConstantScore& node, float boost);
  Compiled compile_node(const DisMax& node, float boost);
  Compiled compile_node(const Boosting& node, float boost);
  Compiled compile_node(const FunctionScore& node, float boost);
  Compiled compile_node(const Nested& node, float boost);
  Compiled compile_node(const KnnClause& node, float boost);
  Compiled compile_node(const MatchText& node, float boost);
  Compiled compile_node(const ValuesCount& node, float boost);
  Compiled compile_node(const IsEmpty& node, float boost);
  Compiled compile_node(const IsNull& node, float boost);
  Compiled compile_node(const HasVector& node, float boost);
  Compiled compile_node(const MinShould& node, float boost);
  Compiled compile_node(const Where& node, float boost);

  Result<std::vector<MatcherPtr>> compile_all(const std::vector<QueryPtr>& queries, float boost);
  Result<std::vector<MatcherPtr>> compile_filters(const std::vector<QueryPtr>& queries);
  // Null where nobody asks for scores.
  const FieldScoring* scoring(FieldId id);
  // The fields that a path stands for: itself, or all below it.
  std::vector<FieldId> find_all(std::string_view path) const;
  const FieldDefinition& definition(FieldId id) const { return view_.schema().field(id); }
  Result<void> check_searchable(FieldId id) const;

  Result<text::Tokens> analyze(FieldId id, std::string_view text, const std::string& analyzer) const;
  Compiled match_tokens(FieldId id, const text::Tokens& tokens, const Match& node, float boost);
  Compiled match_slots(FieldId id, std::vector<PhraseSlot> slots, std::uint32_t slop, float boost);
  Compiled match_exact(FieldId id, const Value& value, float boost);
  Compiled match_any_of(FieldId id, const std::vector<Value>& values, bool outside, float boost);
  std::vector<std::string> expand_prefix(FieldId id, std::string_view prefix, std::size_t limit) const;
  // compile_terms.cc
  // Terms of a text, keyword or uuid field; kInvalidArgument of others.
  Result<void> check_has_terms(FieldId id, std::string_view query) const;
  Compiled match_pattern(FieldId id, TermPattern& pattern, std::string_view text, float boost);
  Compiled match_fuzzy(FieldId id, const Fuzzy& node, float boost);
  Compiled multi_match_field(const MultiMatch& node, const FieldBoost& field, float boost);

  const ReferenceView& view_;
  const FieldMask& mask_;
  Budget& budget_;
  bool exact_;
  int depth_ = 0;
  Context context_ = Context::kScore;
  std::vector<FieldScoring> scorings_;
};

Error unsupported(std::string_view what);

}  // namespace stele::engine::reference
