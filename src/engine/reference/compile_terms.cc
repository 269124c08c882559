#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/query/edit_automaton.h"
#include "engine/reference/compiler.h"
#include "engine/reference/field_index.h"
#include "engine/reference/value_matcher.h"

namespace stele::engine::reference {
namespace {

constexpr std::size_t kExpansionsMax = 1024;  // Lucene's clauses of one query

// Elasticsearch's fuzziness, as edits for a term of so many characters.
Result<std::size_t> edits_of(std::string_view fuzziness, std::size_t characters) {
  const auto wrong = [&] {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("fuzziness [{}] is none of 0, 1, 2, AUTO and AUTO:low,high", fuzziness));
  };
  const auto number = [](std::string_view text, std::size_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  };
  std::string_view rest = fuzziness;
  const bool is_auto = rest.starts_with("AUTO") || rest.starts_with("auto");
  if (!is_auto) {
    std::size_t edits = 0;
    if (rest.ends_with(".0")) rest.remove_suffix(2);
    if (!number(rest, edits) || edits > 2) return wrong();
    return edits;
  }
  std::size_t low = 3;
  std::size_t high = 6;
  rest.remove_prefix(4);
  if (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (rest[0] != ':' || comma == std::string_view::npos || !number(rest.substr(1, comma - 1), low) ||
        !number(rest.substr(comma + 1), high) || low > high)
      return wrong();
  }
  if (characters < low) return std::size_t{0};
  return characters < high ? std::size_t{1} : std::size_t{2};
}

struct Expansion {
  std::string term;
  float similarity;
};

}  // namespace

Result<void> Compiler::check_has_terms(FieldId id, std::string_view query) const {
  STELE_RETURN_IF_ERROR(check_searchable(id));
  const FieldDefinition& field = definition(id);
  if (field.type == FieldType::kText || is_term_type(field.type)) return {};
  return make_error(
      ErrorCode::kInvalidArgument,
      fmt::format("Can only use {} queries on keyword and text fields - not on [{}] which is of type [{}]",
                  query, field.path, to_string(field.type)));
}

// The dictionaries are walked here, where there is somebody to tell of what went wrong.
Result<MatcherPtr> Compiler::match_pattern(FieldId id, TermPattern& pattern, std::string_view text,
                                           float boost) {
  std::map<const TermsReader*, std::vector<RankRange>> found;
  for (const auto& segment : view_.segments()) {
    STELE_RETURN_IF_ERROR(budget_.check());
    const FieldReader* field = segment->field(id);
    if (field == nullptr || field->terms() == nullptr) continue;
    std::vector<RankRange>& ranges = found[field->terms()];
    for (AcceptedTerms terms(*field->terms(), pattern); !terms.at_end(); terms.advance()) {
      if (!ranges.empty() && ranges.back().second == terms.rank())
        ++ranges.back().second;
      else
        ranges.emplace_back(terms.rank(), terms.rank() + 1);
    }
    if (pattern.is_exhausted())
      return make_error(ErrorCode::kInvalidArgument,
                        fmt::format("[{}]: determinizing [{}] would take more than {} states",
                                    definition(id).path, text, TermPattern::kStatesMax));
    budget_.charge(ranges.capacity() * sizeof(RankRange));
  }
  const auto select = [found = std::move(found)](const TermsReader& terms) {
    const auto ranges = found.find(&terms);
    return ranges == found.end() ? std::vector<RankRange>() : ranges->second;
  };
  return match_ranks(id, select, false, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Prefix& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_has_terms(*id, "prefix"));
  const std::string prefix = normalized_keyword(definition(*id), node.value);
  if (node.case_insensitive) {
    std::string pattern;
    for (const char c : prefix) pattern.append(c == '*' || c == '?' || c == '\\' ? "\\" : "").push_back(c);
    pattern.push_back('*');
    STELE_TRY(const std::unique_ptr<TermPattern> automaton, TermPattern::wildcard(pattern, true));
    return match_pattern(*id, *automaton, node.value, boost);
  }
  const auto select = [prefix](const TermsReader& terms) {
    return std::vector<RankRange>{terms.prefix_range(prefix)};
  };
  return match_ranks(*id, select, false, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Wildcard& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_has_terms(*id, "wildcard"));
  const std::string pattern = normalized_keyword(definition(*id), node.pattern);
  STELE_TRY(const std::unique_ptr<TermPattern> automaton,
            TermPattern::wildcard(pattern, node.case_insensitive));
  return match_pattern(*id, *automaton, node.pattern, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Regexp& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_has_terms(*id, "regexp"));
  const std::string pattern = normalized_keyword(definition(*id), node.pattern);
  STELE_TRY(const std::unique_ptr<TermPattern> automaton,
            TermPattern::regexp(pattern, node.case_insensitive));
  return match_pattern(*id, *automaton, node.pattern, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Fuzzy& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  Fuzzy normalized = node;
  normalized.value = normalized_keyword(definition(*id), node.value);
  return match_fuzzy(*id, normalized, boost);
}

// As Lucene's FuzzyQuery: of the terms near enough the nearest, ties by their bytes, each scored with the
// greatest of their document frequencies and weighed by how near it is.
Result<MatcherPtr> Compiler::match_fuzzy(FieldId id, const Fuzzy& node, float boost) {
  STELE_RETURN_IF_ERROR(check_has_terms(id, "fuzzy"));
  const std::size_t characters = count_characters(node.value);
  STELE_TRY(const std::size_t edits_max, edits_of(node.fuzziness, characters));
  if (edits_max == 0) return match_term(view_, id, scoring(id), node.value, boost);
  if (characters > EditAutomaton::kCharactersMax)
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("[{}]: a fuzzy term of more than {} characters", definition(id).path,
                                  EditAutomaton::kCharactersMax));
  EditAutomaton automaton(node.value, edits_max, node.prefix_length, node.transpositions);
  std::map<std::string, float, std::less<>> near;
  for (const auto& segment : view_.segments()) {
    STELE_RETURN_IF_ERROR(budget_.check());
    const FieldReader* field = segment->field(id);
    if (field == nullptr || field->terms() == nullptr) continue;
    for (AcceptedTerms terms(*field->terms(), automaton); !terms.at_end(); terms.advance()) {
      const auto edits = static_cast<float>(automaton.edits(terms.state()));
      const auto shorter = static_cast<float>(std::min(characters, count_characters(terms.term())));
      const float similarity = edits == 0 ? 1.0F : 1.0F - edits / shorter;
      if (similarity >= 0) near.emplace(terms.term(), similarity);
    }
  }
  if (automaton.is_exhausted())
    return make_error(ErrorCode::kResourceExhausted,
                      fmt::format("[{}]: too many states for a fuzzy term", definition(id).path));
  std::vector<Expansion> expansions;
  for (const auto& [term, similarity] : near) expansions.push_back({term, similarity});
  std::ranges::sort(expansions, [](const Expansion& left, const Expansion& right) {
    return left.similarity != right.similarity ? left.similarity > right.similarity : left.term < right.term;
  });
  const std::size_t most = std::min<std::size_t>(node.expansions_max, kExpansionsMax);
  if (expansions.size() > most) expansions.resize(most);
  if (expansions.empty()) return match_none();

  std::uint64_t frequency = 0;
  if (scoring(id) != nullptr)
    for (const Expansion& expansion : expansions)
      frequency = std::max(frequency, document_frequency(view_, id, expansion.term));
  BoolClauses clauses;
  clauses.min_should = 1;
  for (Expansion& expansion : expansions)
    clauses.should.push_back(match_term(view_, id, scoring(id), std::move(expansion.term),
                                        boost * expansion.similarity, frequency));
  return match_bool(std::move(clauses));
}

}  // namespace stele::engine::reference
