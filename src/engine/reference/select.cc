#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "engine/reference/executor.h"

namespace stele::engine::reference {
namespace {

// Where the hits asked for lie in a list of `size`: with `from_first`, from its beginning.
std::pair<std::size_t, std::size_t> page(const Select& step, std::size_t size, bool from_first) {
  const std::size_t begin = from_first ? 0 : std::min(step.offset, size);
  const std::size_t skipped = std::min(step.offset, size);
  const std::size_t end = skipped + std::min(step.limit, size - skipped);
  return {begin, end};
}

struct ValueLess {
  bool operator()(const Value& left, const Value& right) const { return compare_values(left, right) < 0; }
};

}  // namespace

Result<RankedList> Executor::filtered(const Select& step, RankedList list) {
  if (step.post_filter) {
    STELE_TRY(const auto found, match_entries(*step.post_filter, list.entries, Context::kFilter));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < list.entries.size(); ++i)
      if (found[i]) list.entries[kept++] = list.entries[i];
    list.entries.resize(kept);
  }
  if (step.min_score)
    std::erase_if(list.entries,
                  [&](const Entry& entry) { return !list.at_least(entry.score, *step.min_score); });
  return list;
}

Result<Executor::Selection> Executor::select(const Select& step, RankedList list, bool from_first) {
  if (step.collapse) return collapse(step, std::move(list), from_first);
  if (step.sort.empty() && step.search_after.empty())
    return select_by_score(step, std::move(list), from_first);
  return select_sorted(step, std::move(list), from_first);
}

Executor::Selection Executor::select_by_score(const Select& step, RankedList list, bool from_first) {
  const auto [begin, end] = page(step, list.entries.size(), from_first);
  list.keep_best(end);
  Selection selection;
  selection.scored = list.scored;
  selection.direction = list.direction;
  selection.entries.assign(list.entries.begin() + static_cast<std::ptrdiff_t>(begin), list.entries.end());
  return selection;
}

Result<Executor::Selection> Executor::select_sorted(const Select& step, RankedList list, bool from_first) {
  STELE_TRY(const SortOrder order, SortOrder::create(step, views_, compilers_));
  const std::size_t width = order.key_count();
  budget_.charge(list.entries.size() * width * sizeof(SortCell));
  STELE_RETURN_IF_ERROR(budget_.check());
  std::vector<SortCell> cells(list.entries.size() * width);
  std::vector<std::uint32_t> rows;
  rows.reserve(list.entries.size());
  for (std::uint32_t i = 0; i < list.entries.size(); ++i) {
    order.read(list.entries[i], &cells[i * width]);
    if (order.is_after(&cells[i * width])) rows.push_back(i);
  }
  const auto before = [&](std::uint32_t left, std::uint32_t right) {
    const int compared = order.compare(&cells[left * width], &cells[right * width]);
    return compared != 0 ? compared < 0 : list.entries[left].place() < list.entries[right].place();
  };
  const auto [begin, end] = page(step, rows.size(), from_first);
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(end), rows.end(), before);
  Selection selection;
  selection.scored = list.scored;
  selection.direction = list.direction;
  for (std::size_t i = begin; i < end; ++i) {
    const Entry& entry = list.entries[rows[i]];
    selection.entries.push_back(entry);
    selection.sort_values.push_back(order.values(entry, &cells[rows[i] * width]));
  }
  return selection;
}

Value Executor::collapse_value(const std::string& field, const Entry& entry) {
  const auto id = compilers_[entry.target].find(field);
  if (!id) return {};
  SortScratch scratch;
  const SortCell cell = read_cell(segment_of(entry), *id, entry.document, SortMode::kMin, scratch);
  switch (cell.kind) {
    case SortCell::Kind::kInteger:
      return cell.integer;
    case SortCell::Kind::kReal:
      return cell.real;
    case SortCell::Kind::kText:
      return cell.text;
    case SortCell::Kind::kMissing:
      break;
  }
  return {};
}

Result<Executor::Selection> Executor::collapse(const Select& step, RankedList list, bool from_first) {
  const std::string& field = step.collapse->field;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const auto id = compilers_[i].find(field);
    if (!id || !views_[i]->schema().field(*id).doc_values ||
        views_[i]->schema().field(*id).type == FieldType::kText)
      return make_error(ErrorCode::kInvalidArgument,
                        fmt::format("no mapping found for `{}` in order to collapse on", field));
  }
  // All in order first: a group's best hit is known only then.
  Select everything = step;
  everything.collapse.reset();
  everything.offset = 0;
  everything.limit = list.entries.size();
  STELE_TRY(const Selection ordered, select(everything, std::move(list), true));
  std::map<Value, std::vector<std::size_t>, ValueLess> members;
  std::vector<Value> groups;
  for (std::size_t i = 0; i < ordered.entries.size(); ++i) {
    Value value = collapse_value(field, ordered.entries[i]);
    if (value.is_null() && step.collapse->skip_missing) continue;
    std::vector<std::size_t>& group = members[value];
    if (group.empty()) groups.push_back(std::move(value));
    if (group.size() < step.collapse->group_size) group.push_back(i);
  }
  const auto [begin, end] = page(step, groups.size(), from_first);
  Selection selection;
  selection.scored = ordered.scored;
  selection.direction = ordered.direction;
  for (std::size_t i = begin; i < end; ++i) {
    for (const std::size_t member : members[groups[i]]) {
      selection.entries.push_back(ordered.entries[member]);
      if (!ordered.sort_values.empty()) selection.sort_values.push_back(ordered.sort_values[member]);
      selection.groups.push_back(groups[i]);
    }
  }
  return selection;
}

}  // namespace stele::engine::reference
