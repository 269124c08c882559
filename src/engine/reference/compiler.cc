#include "engine/reference/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/reference/function_score.h"
#include "engine/reference/vector_search.h"

namespace stele::engine::reference {
namespace {

bool is_below(std::string_view path, std::string_view parent) {
  return path.starts_with(parent) && (path.size() == parent.size() || path[parent.size()] == '.');
}

}  // namespace

Error unsupported(std::string_view what) {
  return make_error(ErrorCode::kUnsupported, fmt::format("{} is not supported yet", what));
}

std::optional<FieldId> Compiler::find(std::string_view path) const {
  const auto id = view_.schema().find(path);
  if (!id || !mask_) return id;
  const bool visible = std::any_of(mask_->begin(), mask_->end(),
                                   [path](const std::string& allowed) { return is_below(path, allowed); });
  return visible ? id : std::nullopt;
}

std::vector<FieldId> Compiler::find_all(std::string_view path) const {
  std::vector<FieldId> ids;
  const std::vector<FieldDefinition>& fields = view_.schema().fields();
  for (std::uint32_t i = 0; i < fields.size(); ++i)
    if (is_below(fields[i].path, path) && find(fields[i].path)) ids.emplace_back(i);
  return ids;
}

Result<void> Compiler::check_searchable(FieldId id) const {
  const FieldDefinition& field = definition(id);
  if (field.indexed) return {};
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("Cannot search on field [{}] since it is not indexed.", field.path));
}

Result<MatcherPtr> Compiler::compile(const Query& query, float boost) {
  STELE_RETURN_IF_ERROR(budget_.check());
  if (depth_ >= kDepthMax)
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("query: nested more than {} levels deep", kDepthMax));
  ++depth_;
  auto compiled = dispatch(query, boost * query.boost);
  --depth_;
  return compiled;
}

Result<MatcherPtr> Compiler::compile_filter(const Query& query) {
  const Context outer = std::exchange(context_, Context::kFilter);
  auto compiled = compile(query);
  context_ = outer;
  return compiled;
}

const FieldScoring* Compiler::scoring(FieldId id) {
  if (context_ == Context::kFilter) return nullptr;
  for (const FieldScoring& known : scorings_)
    if (known.field == id) return &known;
  return &scorings_.emplace_back(field_scoring(view_, id));
}

Result<MatcherPtr> Compiler::dispatch(const Query& query, float boost) {
  return std::visit([&](const auto& node) { return compile_node(node, boost); }, query.node);
}

Result<std::vector<MatcherPtr>> Compiler::compile_all(const std::vector<QueryPtr>& queries, float boost) {
  std::vector<MatcherPtr> matchers;
  for (const QueryPtr& query : queries) {
    STELE_TRY(MatcherPtr matcher, compile(*query, boost));
    matchers.push_back(std::move(matcher));
  }
  return matchers;
}

Result<std::vector<MatcherPtr>> Compiler::compile_filters(const std::vector<QueryPtr>& queries) {
  const Context outer = std::exchange(context_, Context::kFilter);
  auto compiled = compile_all(queries, 1);
  context_ = outer;
  return compiled;
}

Result<MatcherPtr> Compiler::compile_node(const MatchAll&, float boost) {
  return match_all(boost);
}

Result<MatcherPtr> Compiler::compile_node(const MatchNone&, float) {
  return match_none();
}

Result<MatcherPtr> Compiler::compile_node(const Bool& node, float boost) {
  BoolClauses clauses;
  STELE_TRY(clauses.must, compile_all(node.must, boost));
  STELE_TRY(clauses.filter, compile_filters(node.filter));
  STELE_TRY(clauses.should, compile_all(node.should, boost));
  STELE_TRY(clauses.must_not, compile_filters(node.must_not));
  // No clause at all is match_all, with its score.
  if (node.must.empty() && node.filter.empty() && node.should.empty() && node.must_not.empty())
    return match_all(boost);
  const bool needs_one = node.must.empty() && node.filter.empty() && !node.should.empty();
  clauses.min_should = node.minimum_should_match.resolve(node.should.size(), needs_one ? 1 : 0);
  return match_bool(std::move(clauses));
}

Result<MatcherPtr> Compiler::compile_node(const MinShould& node, float boost) {
  BoolClauses clauses;
  STELE_TRY(clauses.should, compile_filters(node.conditions));
  clauses.min_should = node.min_count;
  if (node.min_count == 0) return match_all(boost);
  return match_constant(match_bool(std::move(clauses)), boost);
}

Result<MatcherPtr> Compiler::compile_node(const Where& node, float boost) {
  MatcherPtr within;
  if (node.within) {
    STELE_TRY(within, compile_filter(*node.within));
  }
  const auto select = [within, test = node.test](const Segment& segment) {
    std::vector<DocOrdinal> documents =
        within ? within->match(segment, Context::kFilter).documents : all_documents(segment);
    std::erase_if(documents, [&](DocOrdinal ordinal) { return !test->matches(*segment.document(ordinal)); });
    return documents;
  };
  return std::make_shared<ConstantMatcher>(select, boost);
}

Result<MatcherPtr> Compiler::compile_node(const ConstantScore& node, float boost) {
  STELE_TRY(MatcherPtr filter, compile_filter(*node.filter));
  return match_constant(std::move(filter), boost);
}

Result<MatcherPtr> Compiler::compile_node(const DisMax& node, float boost) {
  STELE_TRY(std::vector<MatcherPtr> queries, compile_all(node.queries, boost));
  return match_best(std::move(queries), node.tie_breaker);
}

Result<MatcherPtr> Compiler::compile_node(const Boosting& node, float boost) {
  STELE_TRY(MatcherPtr positive, compile(*node.positive, boost));
  STELE_TRY(MatcherPtr negative, compile_filter(*node.negative));
  return match_boosting(std::move(positive), std::move(negative), node.negative_boost);
}

Result<MatcherPtr> Compiler::compile_node(const FunctionScore& node, float boost) {
  STELE_TRY(MatcherPtr query, compile(*node.query));
  FunctionScorer scorer(node, boost);
  for (const ScoreFunction& function : node.functions) {
    MatcherPtr filter;
    if (function.filter) {
      STELE_TRY(filter, compile_filter(*function.filter));
    }
    const auto field = find(function.field);
    if (FunctionScorer::needs_field(function) && !field && !function.missing)
      return make_error(
          ErrorCode::kInvalidArgument,
          fmt::format("function_score: no field [{}] and nothing given for missing", function.field));
    scorer.add(std::move(filter), field);
  }
  return std::move(scorer).matcher(std::move(query));
}

Result<MatcherPtr> Compiler::compile_node(const KnnClause& node, float boost) {
  MatcherPtr filter;
  if (node.filter) {
    STELE_TRY(filter, compile_filter(*node.filter));
  }
  const auto field = find(node.field);
  if (!field) return match_none();
  STELE_TRY(VectorScorer scorer,
            VectorScorer::create(view_.schema().field(*field), node.vector, ScoreForm::kElastic));
  return match_fixed(nearest_of_view(view_, *field, scorer, filter.get(),
                                     {.count = node.k, .effort = node.ef, .exact = exact_}, boost));
}

Result<MatcherPtr> Compiler::compile_node(const Nested&, float) {
  return unsupported("[nested] query");
}

}  // namespace stele::engine::reference
