#include <algorithm>
#include <map>

#include "engine/reference/executor.h"

namespace stele::engine::reference {
namespace {

// All nodes of a query that have a name.
void collect_named(const QueryPtr& query, std::vector<QueryPtr>& named);

void collect_named(const std::vector<QueryPtr>& queries, std::vector<QueryPtr>& named) {
  for (const QueryPtr& query : queries) collect_named(query, named);
}

void collect_named(const QueryPtr& query, std::vector<QueryPtr>& named) {
  if (!query) return;
  if (!query->name.empty()) named.push_back(query);
  if (const auto* node = std::get_if<Bool>(&query->node)) {
    for (const auto* clauses : {&node->must, &node->filter, &node->should, &node->must_not})
      collect_named(*clauses, named);
  } else if (const auto* best = std::get_if<DisMax>(&query->node)) {
    collect_named(best->queries, named);
  } else if (const auto* constant = std::get_if<ConstantScore>(&query->node)) {
    collect_named(constant->filter, named);
  } else if (const auto* boosting = std::get_if<Boosting>(&query->node)) {
    collect_named(boosting->positive, named);
    collect_named(boosting->negative, named);
  } else if (const auto* function = std::get_if<FunctionScore>(&query->node)) {
    collect_named(function->query, named);
  } else if (const auto* min_should = std::get_if<MinShould>(&query->node)) {
    collect_named(min_should->conditions, named);
  }
}

void collect_named(const Stage& stage, std::vector<QueryPtr>& named) {
  if (const auto* retrieve = std::get_if<Retrieve>(&stage.step)) {
    if (const auto* text = std::get_if<TextSearch>(&retrieve->source)) collect_named(text->query, named);
    collect_named(retrieve->filter, named);
  }
  if (const auto* select = std::get_if<Select>(&stage.step)) collect_named(select->post_filter, named);
  for (const Stage& input : stage.inputs) collect_named(input, named);
}

}  // namespace

Result<std::vector<Hit>> Executor::fetch(const Selection& selection) {
  std::vector<Hit> hits;
  hits.reserve(selection.entries.size());
  for (std::size_t i = 0; i < selection.entries.size(); ++i) {
    const Entry& entry = selection.entries[i];
    const Segment& segment = segment_of(entry);
    Hit& hit = hits.emplace_back();
    hit.target = entry.target;
    hit.key = segment.key(entry.document);
    if (selection.scored) hit.score = entry.score;
    hit.sequence = segment.sequence(entry.document);
    if (!selection.sort_values.empty()) hit.sort_values = selection.sort_values[i];
    if (!selection.groups.empty()) hit.group = selection.groups[i];
    if (request_.fetch.document) hit.document = segment.document(entry.document);
    for (const std::string& path : request_.fetch.fields) {
      const auto id = compilers_[entry.target].find(path);
      const FieldReader* field = id ? segment.field(*id) : nullptr;
      if (field == nullptr) continue;
      std::vector<Value> values = field->column_values(entry.document);
      if (!values.empty()) hit.fields.emplace_back(path, std::move(values));
    }
  }
  if (request_.fetch.matched_names) STELE_RETURN_IF_ERROR(add_matched_names(hits, selection.entries));
  return hits;
}

Result<void> Executor::add_matched_names(std::vector<Hit>& hits, const std::vector<Entry>& entries) {
  std::vector<QueryPtr> named;
  collect_named(request_.root, named);
  for (const QueryPtr& query : named) {
    STELE_TRY(const auto found, match_entries(*query, entries, Context::kFilter));
    for (std::size_t i = 0; i < hits.size(); ++i)
      if (found[i]) hits[i].matched_names.push_back(query->name);
  }
  return {};
}

}  // namespace stele::engine::reference
