#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/reference/compiler.h"
#include "engine/reference/field_index.h"
#include "engine/reference/value_matcher.h"

namespace stele::engine::reference {
namespace {

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return lower_ascii(c); });
  return lower;
}

SelectRanks select_terms(std::vector<std::string> wanted) {
  return [wanted = std::move(wanted)](const TermsReader& terms) {
    std::vector<RankRange> ranges;
    for (const std::string& term : wanted)
      if (const TermRank rank = terms.find(term); rank != kDropped) ranges.emplace_back(rank, rank + 1);
    return ranges;
  };
}

// Of the terms in [first, end), those for which `accept` holds.
template <class Accept>
std::vector<RankRange> accepted_ranks(const TermsReader& terms, TermRank first, TermRank end,
                                      Accept&& accept) {
  std::vector<RankRange> ranges;
  if (first >= end) return ranges;
  const std::unique_ptr<TermsCursor> cursor = terms.cursor(first);
  for (TermRank rank = first; rank < end; ++rank, cursor->advance()) {
    if (!accept(cursor->term())) continue;
    if (!ranges.empty() && ranges.back().second == rank)
      ++ranges.back().second;
    else
      ranges.emplace_back(rank, rank + 1);
  }
  return ranges;
}

// Every term for which `accept` holds: a walk over all of them.
SelectRanks select_matching(std::function<bool(std::string_view)> accept) {
  return [accept = std::move(accept)](const TermsReader& terms) {
    return accepted_ranks(terms, 0, static_cast<TermRank>(terms.term_count()), accept);
  };
}

bool is_whole(const Value& value) {
  const auto real = coerce(FieldType::kDouble, value);
  return !real || std::trunc(*real->real()) == *real->real();
}

// A bound on whole numbers, rounded so that it means the same: "> 1.5" is "> 1", ">= 1.5" is ">= 2". False
// where nothing can lie beyond it; one that leaves out nothing goes away.
bool round_bound(std::optional<Value>& bound, bool lower, bool up) {
  if (!bound) return true;
  const auto real = coerce(FieldType::kDouble, *bound);
  if (!real) return true;  // the conversion to the field's type reports it
  const double value = *real->real();
  if (std::isnan(value)) return false;
  if (!coerce(FieldType::kLong, *bound)) {
    const bool nothing_beyond = lower == (value > 0);
    bound.reset();
    return !nothing_beyond;
  }
  if (std::trunc(value) != value)
    bound = Value(static_cast<std::int64_t>(up ? std::ceil(value) : std::floor(value)));
  return true;
}

bool round_bounds(Range& range) {
  return round_bound(range.gt, true, false) && round_bound(range.gte, true, true) &&
         round_bound(range.lt, false, true) && round_bound(range.lte, false, false);
}

SelectRanks select_range(const Range& range) {
  return [range](const TermsReader& terms) -> std::vector<RankRange> {
    TermRank first = 0;
    auto end = static_cast<TermRank>(terms.term_count());
    const auto above = [&](const std::string& term) {
      std::string scratch;
      const TermRank rank = terms.lower_bound(term);
      return rank < terms.term_count() && terms.term(rank, scratch) == term ? rank + 1 : rank;
    };
    if (range.gte) first = std::max(first, terms.lower_bound(*range.gte->string()));
    if (range.gt) first = std::max(first, above(*range.gt->string()));
    if (range.lt) end = std::min(end, terms.lower_bound(*range.lt->string()));
    if (range.lte) end = std::min(end, above(*range.lte->string()));
    if (first >= end) return {};
    return {{first, end}};
  };
}

template <class Column>
bool count_fits(const ValuesCount& node, Column count) {
  return (!node.gt || count > *node.gt) && (!node.gte || count >= *node.gte) &&
         (!node.lt || count < *node.lt) && (!node.lte || count <= *node.lte);
}

std::uint64_t count_values(const Document& document, FieldId id) {
  for (const FieldValues& field : document.fields)
    if (field.field == id) return field.values.size();
  for (const VectorValue& vector : document.vectors)
    if (vector.field == id) return 1;
  return 0;
}

}  // namespace

Result<MatcherPtr> Compiler::match_exact(FieldId id, const Value& value, float boost) {
  const FieldDefinition& field = definition(id);
  if (field.type == FieldType::kText || is_term_type(field.type)) {
    STELE_TRY(Value term, coerce(field.type, value));
    std::string text =
        field.type == FieldType::kKeyword ? normalized_keyword(field, *term.string()) : *term.string();
    return match_term(view_, id, scoring(id), std::move(text), boost);
  }
  return match_any_of(id, {value}, false, boost);
}

Result<MatcherPtr> Compiler::match_any_of(FieldId id, const std::vector<Value>& values, bool outside,
                                          float boost) {
  const FieldDefinition& field = definition(id);
  std::vector<std::string> terms;
  std::vector<Interval<std::int64_t>> integers;
  std::vector<Interval<double>> reals;
  for (const Value& value : values) {
    STELE_TRY(Value coerced, coerce(field.type, value));
    if (const auto* text = coerced.string()) terms.push_back(normalized_keyword(field, *text));
    if (const auto* boolean = coerced.boolean()) integers.push_back({*boolean ? 1 : 0, *boolean ? 1 : 0});
    if (const auto* real = coerced.real()) reals.push_back({*real, *real});
    if (const auto* integer = coerced.integer();
        integer && (field.type != FieldType::kLong || is_whole(value)))
      integers.push_back({*integer, *integer});
  }
  if (is_integer_type(field.type)) return match_integers(id, std::move(integers), outside, boost);
  if (is_real_type(field.type)) return match_reals(id, std::move(reals), outside, boost);
  if (field.type == FieldType::kText || is_term_type(field.type))
    return match_ranks(id, select_terms(std::move(terms)), outside, boost);
  return make_error(
      ErrorCode::kInvalidArgument,
      fmt::format("field [{}] of type [{}] has no values to compare", field.path, to_string(field.type)));
}

Result<MatcherPtr> Compiler::compile_node(const Term& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_searchable(*id));
  const FieldDefinition& field = definition(*id);
  if (!node.case_insensitive || !(field.type == FieldType::kText || is_term_type(field.type)))
    return match_exact(*id, node.value, boost);
  STELE_TRY(Value term, coerce(field.type, node.value));
  return match_ranks(*id, select_matching([wanted = lower_ascii(*term.string())](std::string_view candidate) {
    return candidate.size() == wanted.size() && lower_ascii(candidate) == wanted;
  }),
                     false, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Terms& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_searchable(*id));
  return match_any_of(*id, node.values, false, boost);
}

Result<MatcherPtr> Compiler::compile_node(const TermsExcept& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  if (definition(*id).type == FieldType::kText) return unsupported("[match except] on a text field");
  return match_any_of(*id, node.values, true, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Range& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  STELE_RETURN_IF_ERROR(check_searchable(*id));
  const FieldDefinition& field = definition(*id);
  Range range = node;
  if (field.type == FieldType::kLong && !round_bounds(range)) return match_none();
  for (std::optional<Value>* bound : {&range.gt, &range.gte, &range.lt, &range.lte}) {
    if (!*bound) continue;
    STELE_TRY(*bound, coerce(field.type, **bound));
  }
  if (is_integer_type(field.type)) return match_integers(*id, {integer_interval(range)}, false, boost);
  if (is_real_type(field.type)) return match_reals(*id, {real_interval(range)}, false, boost);
  if (field.type == FieldType::kText || is_term_type(field.type))
    return match_ranks(*id, select_range(range), false, boost);
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("Field [{}] of type [{}] does not support range queries", field.path,
                                to_string(field.type)));
}

Result<MatcherPtr> Compiler::compile_node(const Exists& node, float boost) {
  const std::vector<FieldId> ids = find_all(node.field);
  const auto select = [ids](const Segment& segment) {
    std::vector<std::vector<DocOrdinal>> lists;
    std::vector<DocOrdinal> scratch;
    for (const FieldId id : ids) {
      const FieldReader* field = segment.field(id);
      if (field == nullptr) continue;
      const auto present = field->present(scratch);
      lists.emplace_back(present.begin(), present.end());
    }
    if (lists.empty()) return std::vector<DocOrdinal>();
    return at_least(lists, 1, segment.size());
  };
  return std::make_shared<ConstantMatcher>(select, boost);
}

Result<MatcherPtr> Compiler::compile_node(const HasVector& node, float boost) {
  return compile_node(Exists{node.field}, boost);
}

Result<MatcherPtr> Compiler::compile_node(const IsEmpty& node, float boost) {
  const std::vector<FieldId> ids = find_all(node.field);
  const auto select = [ids](const Segment& segment) {
    std::vector<DocOrdinal> rest = all_documents(segment);
    std::vector<DocOrdinal> scratch;
    for (const FieldId id : ids)
      if (const FieldReader* field = segment.field(id)) rest = difference(rest, field->present(scratch));
    return rest;
  };
  return std::make_shared<ConstantMatcher>(select, boost);
}

Result<MatcherPtr> Compiler::compile_node(const IsNull& node, float boost) {
  const auto id = find(node.field);
  if (!id) return match_none();
  const auto select = [id = *id](const Segment& segment) {
    const FieldReader* field = segment.field(id);
    if (field == nullptr) return std::vector<DocOrdinal>();
    std::vector<DocOrdinal> scratch;
    const auto nulls = field->nulls(scratch);
    return std::vector<DocOrdinal>(nulls.begin(), nulls.end());
  };
  return std::make_shared<ConstantMatcher>(select, boost);
}

Result<MatcherPtr> Compiler::compile_node(const ValuesCount& node, float boost) {
  const auto id = find(node.field);
  const auto select = [id, node](const Segment& segment) {
    std::vector<DocOrdinal> documents;
    for (DocOrdinal i = 0; i < segment.size(); ++i)
      if (count_fits(node, id ? count_values(*segment.document(i), *id) : 0)) documents.push_back(i);
    return documents;
  };
  return std::make_shared<ConstantMatcher>(select, boost);
}

Result<MatcherPtr> Compiler::compile_node(const Ids& node, float boost) {
  const auto select = [keys = node.keys](const Segment& segment) {
    std::vector<DocOrdinal> documents;
    for (const DocKey& key : keys) {
      segment.find(key, [&](DocOrdinal ordinal) {
        documents.push_back(ordinal);
        return false;
      });
    }
    std::sort(documents.begin(), documents.end());
    documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
    return documents;
  };
  return std::make_shared<ConstantMatcher>(select, boost);
}

}  // namespace stele::engine::reference
