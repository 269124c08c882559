#include "engine/reference/aggregator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

namespace stele::engine::reference {
namespace {

struct ValueLess {
  bool operator()(const Value& left, const Value& right) const { return compare_values(left, right) < 0; }
};
using Groups = std::map<Value, std::vector<Entry>, ValueLess>;

// Runs one aggregation and those inside it over the entries of a stage or of a bucket.
class Aggregator {
 public:
  Aggregator(const std::vector<const ReferenceView*>& views, std::vector<Compiler>& compilers)
      : views_(views), compilers_(compilers) {}

  Result<AggregationResult> run(const Aggregation& aggregation, std::span<const Entry> entries) {
    return std::visit([&](const auto& kind) { return run_kind(kind, aggregation, entries); },
                      aggregation.kind);
  }

 private:
  using Outcome = Result<AggregationResult>;

  Result<std::vector<std::optional<FieldId>>> resolve(const std::string& path) {
    std::vector<std::optional<FieldId>> ids;
    for (std::size_t i = 0; i < views_.size(); ++i) {
      ids.push_back(compilers_[i].find(path));
      if (!ids.back()) continue;
      const FieldDefinition& field = views_[i]->schema().field(*ids.back());
      if (field.type == FieldType::kText || field.type == FieldType::kDenseVector || !field.doc_values)
        return make_error(ErrorCode::kInvalidArgument,
                          fmt::format("aggregation: field [{}] of type [{}] has no column of values", path,
                                      to_string(field.type)));
    }
    return ids;
  }

  std::vector<Value> values_of(const std::vector<std::optional<FieldId>>& ids, const Entry& entry) const {
    if (!ids[entry.target]) return {};
    const FieldReader* field = views_[entry.target]->segments()[entry.segment]->field(*ids[entry.target]);
    return field == nullptr ? std::vector<Value>() : field->column_values(entry.document);
  }

  Outcome run_kind(const Metric& metric, const Aggregation&, std::span<const Entry> entries) {
    STELE_TRY(const auto ids, resolve(metric.field));
    AggregationResult result;
    MetricState& state = result.metric;
    if (metric.kind != Metric::Kind::kCardinality && are_numbers(ids)) {
      add_numbers(ids, entries, state);
      return result;
    }
    for (const Entry& entry : entries) {
      for (Value& value : values_of(ids, entry)) {
        if (const auto number = coerce(FieldType::kDouble, value)) {
          const double real = *number->real();
          state.min = state.count == 0 ? real : std::min(state.min, real);
          state.max = state.count == 0 ? real : std::max(state.max, real);
          state.sum += real;
        }
        ++state.count;
        if (metric.kind == Metric::Kind::kCardinality) state.distinct.push_back(std::move(value));
      }
    }
    std::sort(state.distinct.begin(), state.distinct.end(), ValueLess());
    state.distinct.erase(std::unique(state.distinct.begin(), state.distinct.end()), state.distinct.end());
    return result;
  }

  // Of types whose values are numbers whatever they are.
  bool are_numbers(const std::vector<std::optional<FieldId>>& ids) const {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!ids[i]) continue;
      const FieldType type = views_[i]->schema().field(*ids[i]).type;
      if (type != FieldType::kLong && type != FieldType::kDate && !is_real_type(type)) return false;
    }
    return true;
  }

  void add_numbers(const std::vector<std::optional<FieldId>>& ids, std::span<const Entry> entries,
                   MetricState& state) const {
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    const auto add = [&state](double real) {
      state.min = state.count == 0 ? real : std::min(state.min, real);
      state.max = state.count == 0 ? real : std::max(state.max, real);
      state.sum += real;
      ++state.count;
    };
    for (const Entry& entry : entries) {
      if (!ids[entry.target]) continue;
      const FieldReader* field = views_[entry.target]->segments()[entry.segment]->field(*ids[entry.target]);
      if (field == nullptr) continue;
      for (const std::int64_t integer : field->integers(entry.document, integers))
        add(static_cast<double>(integer));
      for (const double real : field->reals(entry.document, reals)) add(real);
    }
  }

  // Each document counts once in each bucket, whatever number of its values fall there.
  Outcome run_groups(const Aggregation& aggregation, const Groups& groups) {
    AggregationResult result;
    for (const auto& [key, members] : groups) {
      STELE_TRY(Bucket bucket, make_bucket(aggregation, key, members));
      result.buckets.push_back(std::move(bucket));
    }
    return result;
  }

  Result<Bucket> make_bucket(const Aggregation& aggregation, Value key, std::span<const Entry> members) {
    Bucket bucket{std::move(key), members.size(), {}};
    for (const Aggregation& inner : aggregation.inner) {
      STELE_TRY(bucket.inner[inner.name], run(inner, members));
    }
    return bucket;
  }

  static void add(Groups& groups, Value key, const Entry& entry) {
    std::vector<Entry>& members = groups[std::move(key)];
    if (members.empty() || !members.back().same_document(entry)) members.push_back(entry);
  }

  Outcome run_kind(const TermsBuckets& terms, const Aggregation& aggregation,
                   std::span<const Entry> entries) {
    STELE_TRY(const auto ids, resolve(terms.field));
    Groups groups;
    if (are_terms(ids)) {
      group_by_rank(ids, entries, groups);
      return run_groups(aggregation, groups);
    }
    for (const Entry& entry : entries)
      for (Value& value : values_of(ids, entry)) add(groups, std::move(value), entry);
    return run_groups(aggregation, groups);
  }

  bool are_terms(const std::vector<std::optional<FieldId>>& ids) const {
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] && !is_term_type(views_[i]->schema().field(*ids[i]).type)) return false;
    return true;
  }

  // By number first, so that a term's text is looked for once a segment.
  void group_by_rank(const std::vector<std::optional<FieldId>>& ids, std::span<const Entry> entries,
                     Groups& groups) const {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::vector<Entry>*>> segments;
    std::vector<std::vector<Entry>*>* by_rank = nullptr;
    std::vector<TermRank> scratch;
    std::string term;
    const TermsReader* terms = nullptr;
    const Entry* former = nullptr;
    const FieldReader* field = nullptr;
    for (const Entry& entry : entries) {
      if (!ids[entry.target]) continue;
      if (former == nullptr || former->target != entry.target || former->segment != entry.segment) {
        field = views_[entry.target]->segments()[entry.segment]->field(*ids[entry.target]);
        terms = field == nullptr ? nullptr : field->terms();
        by_rank = &segments[{entry.target, entry.segment}];
        if (terms != nullptr) by_rank->resize(terms->term_count());
      }
      former = &entry;
      if (terms == nullptr) continue;
      for (const TermRank rank : field->ranks(entry.document, scratch)) {
        std::vector<Entry>*& group = (*by_rank)[rank];
        if (group == nullptr) group = &groups[Value(terms->term(rank, term))];
        std::vector<Entry>& members = *group;
        if (members.empty() || !members.back().same_document(entry)) members.push_back(entry);
      }
    }
  }

  Outcome run_kind(const HistogramBuckets& histogram, const Aggregation& aggregation,
                   std::span<const Entry> entries) {
    if (!(histogram.interval > 0) || !std::isfinite(histogram.interval))
      return make_error(ErrorCode::kInvalidArgument, "histogram: [interval] must be >0");
    STELE_TRY(const auto ids, resolve(histogram.field));
    Groups groups;
    for (const Entry& entry : entries) {
      for (const Value& value : values_of(ids, entry)) {
        const auto number = coerce(FieldType::kDouble, value);
        if (!number || !std::isfinite(*number->real())) continue;
        const double step = std::floor((*number->real() - histogram.offset) / histogram.interval);
        add(groups, Value(step * histogram.interval + histogram.offset), entry);
      }
    }
    return run_groups(aggregation, groups);
  }

  Outcome run_kind(const RangeBuckets& ranges, const Aggregation& aggregation,
                   std::span<const Entry> entries) {
    STELE_TRY(const auto ids, resolve(ranges.field));
    AggregationResult result;
    for (const RangeBuckets::Range& range : ranges.ranges) {
      std::vector<Entry> members;
      for (const Entry& entry : entries) {
        const std::vector<Value> values = values_of(ids, entry);
        const bool inside = std::any_of(values.begin(), values.end(), [&](const Value& value) {
          return (!range.from || compare_values(value, *range.from) >= 0) &&
                 (!range.to || compare_values(value, *range.to) < 0);
        });
        if (inside) members.push_back(entry);
      }
      STELE_TRY(Bucket bucket, make_bucket(aggregation, Value(range.key), members));
      result.buckets.push_back(std::move(bucket));
    }
    return result;
  }

  Outcome run_kind(const FilterBuckets& filters, const Aggregation& aggregation,
                   std::span<const Entry> entries) {
    AggregationResult result;
    for (const auto& [name, query] : filters.filters) {
      STELE_TRY(const std::vector<Entry> members, matching(*query, entries));
      STELE_TRY(Bucket bucket, make_bucket(aggregation, Value(name), members));
      result.buckets.push_back(std::move(bucket));
    }
    return result;
  }

  Result<std::vector<Entry>> matching(const Query& query, std::span<const Entry> entries) {
    std::vector<MatcherPtr> matchers;
    for (Compiler& compiler : compilers_) {
      STELE_TRY(MatcherPtr matcher, compiler.compile_filter(query));
      matchers.push_back(std::move(matcher));
    }
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<DocOrdinal>> by_segment;
    std::vector<Entry> members;
    for (const Entry& entry : entries) {
      const auto [place, fresh] = by_segment.try_emplace({entry.target, entry.segment});
      if (fresh)
        place->second = matchers[entry.target]
                            ->match(*views_[entry.target]->segments()[entry.segment], Context::kFilter)
                            .documents;
      if (std::binary_search(place->second.begin(), place->second.end(), entry.document))
        members.push_back(entry);
    }
    return members;
  }

  const std::vector<const ReferenceView*>& views_;
  std::vector<Compiler>& compilers_;
};

}  // namespace

Result<AggregationResult> aggregate(const Aggregation& aggregation, std::span<const Entry> entries,
                                    const std::vector<const ReferenceView*>& views,
                                    std::vector<Compiler>& compilers, bool partial) {
  STELE_TRY(AggregationResult result, Aggregator(views, compilers).run(aggregation, entries));
  if (!partial) finish_aggregation(aggregation, result);
  return result;
}

}  // namespace stele::engine::reference
