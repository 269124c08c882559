#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/reference/compiler.h"
#include "engine/reference/field_index.h"
#include "text/analyzer.h"

namespace stele::engine::reference {
namespace {

// Tokens at the same position are alternatives of one place.
std::vector<PhraseSlot> slots_of(const text::Tokens& tokens) {
  std::vector<PhraseSlot> slots;
  for (const text::Token& token : tokens) {
    if (slots.empty() || slots.back().offset != token.position) slots.push_back({{}, token.position});
    slots.back().terms.push_back(token.term);
  }
  if (slots.empty()) return slots;
  const std::uint32_t first = slots.front().offset;
  for (PhraseSlot& slot : slots) slot.offset -= first;
  return slots;
}

constexpr std::size_t kClausesMax = 4096;

}  // namespace

Result<text::Tokens> Compiler::analyze(FieldId id, std::string_view text, const std::string& analyzer) const {
  const FieldDefinition& field = definition(id);
  if (field.type != FieldType::kText && analyzer.empty())
    return text::Tokens{text::Token{normalized_keyword(field, text), 0, 0, text.size()}};
  std::string name = analyzer;
  if (name.empty()) name = field.search_analyzer.empty() ? field.analyzer : field.search_analyzer;
  const auto found = text::find_analyzer(name);
  if (!found)
    return make_error(ErrorCode::kInvalidArgument, fmt::format("[match] analyzer [{}] not found", name));
  text::Tokens tokens = (*found)->analyze(text);
  if (tokens.size() > kClausesMax)
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("query: {} terms are more than {}", tokens.size(), kClausesMax));
  return tokens;
}

Result<MatcherPtr> Compiler::compile_node(const Match& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_searchable(*id));
  const FieldDefinition& field = definition(*id);
  if (field.type != FieldType::kText && !is_term_type(field.type)) {
    auto matcher = match_exact(*id, node.text, boost);
    if (!matcher && node.lenient) return match_none();
    return matcher;
  }
  auto text = coerce(field.type == FieldType::kUuid ? FieldType::kKeyword : field.type, node.text);
  if (!text) return std::move(text).error();
  STELE_TRY(text::Tokens tokens, analyze(*id, *text->string(), node.analyzer));
  return match_tokens(*id, tokens, node, boost);
}

Result<MatcherPtr> Compiler::match_tokens(FieldId id, const text::Tokens& tokens, const Match& node,
                                          float boost) {
  if (tokens.empty()) return node.all_if_no_terms ? match_all(boost) : match_none();
  BoolClauses clauses;
  std::vector<MatcherPtr>& matchers = node.op == Operator::kAnd ? clauses.must : clauses.should;
  for (const text::Token& token : tokens) {
    if (node.fuzziness.empty()) {
      matchers.push_back(match_term(view_, id, scoring(id), token.term, boost));
      continue;
    }
    const Fuzzy fuzzy{.field = {},
                      .value = token.term,
                      .fuzziness = node.fuzziness,
                      .prefix_length = node.prefix_length,
                      .expansions_max = node.expansions_max,
                      .transpositions = node.transpositions};
    STELE_TRY(MatcherPtr matcher, match_fuzzy(id, fuzzy, boost));
    matchers.push_back(std::move(matcher));
  }
  if (node.op == Operator::kAnd) return match_bool(std::move(clauses));
  clauses.min_should = node.minimum_should_match.resolve(tokens.size(), 1);
  return match_bool(std::move(clauses));
}

std::vector<std::string> Compiler::expand_prefix(FieldId id, std::string_view prefix,
                                                 std::size_t limit) const {
  std::set<std::string, std::less<>> terms;
  std::string scratch;
  for (const auto& segment : view_.segments()) {
    const FieldReader* field = segment->field(id);
    if (field == nullptr || field->terms() == nullptr) continue;
    const auto [first, end] = field->terms()->prefix_range(prefix);
    for (TermRank rank = first; rank < end && rank - first < limit; ++rank)
      terms.emplace(field->terms()->term(rank, scratch));
  }
  std::vector<std::string> expanded(terms.begin(), terms.end());
  if (expanded.size() > limit) expanded.resize(limit);
  return expanded;
}

Result<MatcherPtr> Compiler::match_slots(FieldId id, std::vector<PhraseSlot> slots, std::uint32_t slop,
                                         float boost) {
  if (slots.empty()) return match_none();
  if (slots.size() > 1 && definition(id).type == FieldType::kText)
    return match_phrase(view_, id, scoring(id), std::move(slots), slop, boost);
  // One place is no phrase: its terms as alternatives, their scores added.
  BoolClauses clauses;
  for (const std::string& term : slots[0].terms)
    clauses.should.push_back(match_term(view_, id, scoring(id), term, boost));
  clauses.min_should = 1;
  return match_bool(std::move(clauses));
}

Result<MatcherPtr> Compiler::compile_node(const MatchPhrase& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_searchable(*id));
  const FieldDefinition& field = definition(*id);
  if (field.type != FieldType::kText && !is_term_type(field.type)) return match_exact(*id, node.text, boost);
  STELE_TRY(text::Tokens tokens, analyze(*id, node.text, node.analyzer));
  std::vector<PhraseSlot> slots = slots_of(tokens);
  if (node.prefix && !slots.empty()) {
    slots.back().terms = expand_prefix(*id, slots.back().terms.back(), node.expansions_max);
    if (slots.back().terms.empty()) return match_none();
  }
  return match_slots(*id, std::move(slots), node.slop, boost);
}

Result<MatcherPtr> Compiler::multi_match_field(const MultiMatch& node, const FieldBoost& field, float boost) {
  const bool is_phrase = node.type == MultiMatchType::kPhrase || node.type == MultiMatchType::kPhrasePrefix;
  if (!is_phrase)
    return compile_node(Match{.field = field.field,
                              .text = node.text,
                              .op = node.op,
                              .minimum_should_match = node.minimum_should_match,
                              .analyzer = node.analyzer,
                              .fuzziness = node.fuzziness,
                              .lenient = node.lenient,
                              .prefix_length = node.prefix_length,
                              .expansions_max = node.expansions_max,
                              .transpositions = node.transpositions},
                        boost * field.boost);
  STELE_TRY(Value text, coerce(FieldType::kText, node.text));
  auto phrase = compile_node(MatchPhrase{.field = field.field,
                                         .text = *text.string(),
                                         .slop = node.slop,
                                         .analyzer = node.analyzer,
                                         .prefix = node.type == MultiMatchType::kPhrasePrefix},
                             boost * field.boost);
  if (!phrase && node.lenient) return match_none();
  return phrase;
}

Result<MatcherPtr> Compiler::compile_node(const MultiMatch& node, float boost) {
  if (node.type == MultiMatchType::kCrossFields) return unsupported("[multi_match] of type [cross_fields]");
  if (node.type == MultiMatchType::kBoolPrefix) return unsupported("[multi_match] of type [bool_prefix]");
  std::vector<MatcherPtr> matchers;
  for (const FieldBoost& field : node.fields) {
    STELE_TRY(MatcherPtr matcher, multi_match_field(node, field, boost));
    matchers.push_back(std::move(matcher));
  }
  const float by_type = node.type == MultiMatchType::kMostFields ? 1.0F : 0.0F;
  return match_best(std::move(matchers), node.tie_breaker.value_or(by_type));
}

Result<MatcherPtr> Compiler::compile_node(const MatchText& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_searchable(*id));
  if (node.mode == MatchText::Mode::kPhrase) {
    STELE_TRY(MatcherPtr phrase, compile_node(MatchPhrase{.field = node.field, .text = node.text}, 1));
    return match_constant(std::move(phrase), boost);
  }
  const Operator op = node.mode == MatchText::Mode::kAll ? Operator::kAnd : Operator::kOr;
  STELE_TRY(MatcherPtr match, compile_node(Match{.field = node.field, .text = node.text, .op = op}, 1));
  return match_constant(std::move(match), boost);
}

}  // namespace stele::engine::reference
