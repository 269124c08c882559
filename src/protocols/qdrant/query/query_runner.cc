#include "protocols/qdrant/query/query_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include "protocols/qdrant/filter/payload_filter.h"
#include "protocols/qdrant/point/point_keys.h"
#include "protocols/qdrant/point/selectors.h"
#include "protocols/qdrant/query/diversity.h"
#include "protocols/qdrant/query/fusion.h"
#include "protocols/qdrant/query/similarity.h"
#include "protocols/qdrant/query/sparse_vector.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

using engine::DocKey;
using ScoredList = std::vector<Scored>;
using Dense = std::vector<float>;

// The keys of the points that queries name, by the collection they are looked up in.
using NamedKeys = std::unordered_map<const Collection*, std::unordered_map<PointId, DocKey>>;

// One snapshot's worth of queries. Confined to a worker thread.
class QueryRunner {
 public:
  QueryRunner(const engine::Engine& engine, const engine::Snapshot& snapshot,
              const std::vector<CollectionPtr>& collections, const NamedKeys& keys, TimePoint deadline)
      : engine_(engine), snapshot_(snapshot), collections_(collections), keys_(keys), deadline_(deadline) {}

  Outcome<ScoredList> run(const QuerySpec& spec) const {
    std::vector<ScoredList> fetched;
    for (const QuerySpec& each : spec.prefetch) {
      STELE_TRY(ScoredList list, run(each));
      fetched.push_back(std::move(list));
    }
    Outcome<ScoredList> found =
        std::visit([&](const auto& query) { return this->execute(spec, query, fetched); }, spec.query);
    if (!found) return found;
    // A sample has no beginning to leave out.
    const bool is_sample = std::holds_alternative<SampleQuery>(spec.query);
    const std::size_t from = is_sample ? 0 : std::min(spec.offset, found->size());
    found->erase(found->begin(), found->begin() + static_cast<std::ptrdiff_t>(from));
    if (found->size() > spec.limit) found->resize(spec.limit);
    return found;
  }

 private:
  const Collection& collection() const { return *collections_[0]; }

  // The query's filter, and one of the points that were fetched before, and none of those named.
  engine::QueryPtr filter_of(const QuerySpec& spec, const std::vector<ScoredList>& fetched,
                             const std::vector<DocKey>& without = {}) const {
    engine::Bool all;
    if (engine::QueryPtr filter = as_query(collection(), spec.filter))
      all.filter.push_back(std::move(filter));
    if (!spec.prefetch.empty()) {
      engine::Ids ids;
      std::unordered_set<DocKey> seen;
      for (const ScoredList& list : fetched)
        for (const Scored& scored : list)
          if (seen.insert(scored.document->key).second) ids.keys.push_back(scored.document->key);
      all.filter.push_back(engine::make_query(std::move(ids)));
    }
    if (!without.empty()) all.must_not.push_back(engine::make_query(engine::Ids{without}));
    if (all.filter.empty() && all.must_not.empty()) return nullptr;
    return engine::make_query(std::move(all));
  }

  Outcome<std::vector<engine::Hit>> search(engine::Retrieve retrieve, std::size_t limit,
                                           std::vector<engine::SortKey> sort = {}) const {
    engine::Request request;
    request.targets.push_back({});
    request.root.step = engine::Select{.sort = std::move(sort), .limit = limit};
    request.root.inputs.push_back(engine::Stage{std::move(retrieve)});
    request.deadline = deadline_;
    auto result = engine_.search(snapshot_, request);
    if (!result) return Failure::from(result.error());
    return std::move(result->hits);
  }

  // A point that serves as an example, and which of its vectors does.
  struct Example {
    engine::DocumentPtr document;
    const VectorParams* params = nullptr;
  };
  Outcome<Example> example(const QuerySpec& spec, const PointId& id) const {
    const Collection* from = spec.lookup ? spec.lookup.get() : collections_[0].get();
    const VectorParams* params = spec.lookup ? spec.lookup_vector : spec.using_vector;
    for (std::size_t i = 0; i < collections_.size(); ++i) {
      if (collections_[i].get() != from) continue;
      const DocKey& key = keys_.at(from).at(id);
      engine::DocumentPtr document = key.is_none() ? nullptr : snapshot_.view(i).get(key);
      if (!document) return not_found(fmt::format("No point with id {} found", id.text()));
      if (params == nullptr || params->sparse != spec.using_vector->sparse)
        return wrong_input("Not existing vector name error: the vector of lookup_from");
      return Example{std::move(document), params};
    }
    return not_found("the collection to look up in");
  }
  static Failure without_vector(const PointId& id, const VectorParams& params) {
    return wrong_input(fmt::format("Point {} does not have a vector with name `{}`", id.text(), params.name));
  }

  Outcome<std::vector<float>> dense_of(const QuerySpec& spec, const VectorInput& input) const {
    std::vector<float> vector = input.elements;
    if (input.id) {
      STELE_TRY(const Example found, example(spec, *input.id));
      const std::vector<float>* elements = find_vector(*found.document, *found.params);
      if (elements == nullptr) return without_vector(*input.id, *found.params);
      vector = *elements;
    }
    if (vector.size() == spec.using_vector->size) return vector;
    return wrong_input(fmt::format("Vector dimension error: expected dim: {}, got {}",
                                   spec.using_vector->size, vector.size()));
  }

  Outcome<SparseVector> sparse_of(const QuerySpec& spec, const VectorInput& input) const {
    SparseVector vector{input.indices, input.elements};
    if (input.id) {
      STELE_TRY(const Example found, example(spec, *input.id));
      auto stored = SparseVector::read(sparse_json(*found.document, *found.params));
      if (!stored) return without_vector(*input.id, *found.params);
      vector = *std::move(stored);
    }
    if (spec.using_vector->idf) STELE_RETURN_IF_ERROR(weigh(*spec.using_vector, vector));
    return vector;
  }

  // By the rarity of its indices among all points of the collection.
  Outcome<> weigh(const VectorParams& params, SparseVector& vector) const {
    STELE_TRY(const std::vector<engine::DocumentPtr> documents, all_documents(nullptr));
    std::vector<std::size_t> holders(vector.indices.size());
    for (const engine::DocumentPtr& document : documents) {
      const auto other = SparseVector::read(sparse_json(*document, params));
      for (std::size_t i = 0; other && i < holders.size(); ++i)
        holders[i] += std::ranges::binary_search(other->indices, vector.indices[i]) ? 1 : 0;
    }
    const auto count = static_cast<double>(documents.size());
    for (std::size_t i = 0; i < holders.size(); ++i) {
      const auto having = static_cast<double>(holders[i]);
      vector.values[i] *= static_cast<float>(std::log((count - having + 0.5) / (having + 0.5) + 1));
    }
    return {};
  }

  // Points that serve as examples are no results, unless they are another collection's.
  void leave_out(const QuerySpec& spec, const VectorInput& input, std::vector<DocKey>& without) const {
    if (input.id && !spec.lookup) without.push_back(keys_.at(collections_[0].get()).at(*input.id));
  }

  template <class Vector>
  Outcome<Vector> vector_of(const QuerySpec& spec, const VectorInput& input,
                            std::vector<DocKey>& without) const {
    leave_out(spec, input, without);
    if constexpr (std::is_same_v<Vector, SparseVector>) {
      return sparse_of(spec, input);
    } else {
      return dense_of(spec, input);
    }
  }

  template <class Vector>
  Outcome<std::vector<Vector>> vectors_of(const QuerySpec& spec, const std::vector<VectorInput>& inputs,
                                          std::vector<DocKey>& without) const {
    std::vector<Vector> vectors;
    for (const VectorInput& input : inputs) {
      STELE_TRY(Vector vector, vector_of<Vector>(spec, input, without));
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }

  // What a point has of this kind: null, or nothing, where it has none.
  static const std::vector<float>* stored(const engine::Document& document, const VectorParams& params,
                                          const std::vector<float>&) {
    return find_vector(document, params);
  }
  static std::optional<SparseVector> stored(const engine::Document& document, const VectorParams& params,
                                            const SparseVector&) {
    return SparseVector::read(sparse_json(document, params));
  }

  Outcome<ScoredList> nearest(const QuerySpec& spec, std::vector<float> vector,
                              const std::vector<ScoredList>& fetched,
                              const std::vector<DocKey>& without) const {
    engine::Retrieve retrieve{
        .source = engine::Nearest{.field = spec.using_vector->path, .vector = std::move(vector)},
        .filter = filter_of(spec, fetched, without),
        .k = spec.limit + spec.offset,
        .ef = spec.ef,
        .exact = spec.exact,
        .indexed_only = spec.indexed_only,
        .score_threshold = spec.score_threshold};
    STELE_TRY(std::vector<engine::Hit> hits, search(std::move(retrieve), spec.limit + spec.offset));
    ScoredList list;
    for (engine::Hit& hit : hits) list.push_back({std::move(hit.document), hit.score.value_or(0)});
    return list;
  }

  // Every point that shares an index with the query.
  Outcome<ScoredList> nearest(const QuerySpec& spec, const SparseVector& wanted,
                              const std::vector<ScoredList>& fetched,
                              const std::vector<DocKey>& without) const {
    STELE_TRY(const std::vector<engine::DocumentPtr> documents, candidates(spec, fetched, without));
    ScoredList list;
    for (const engine::DocumentPtr& document : documents) {
      const auto vector = SparseVector::read(sparse_json(*document, *spec.using_vector));
      const auto score = vector ? wanted.dot(*vector) : std::nullopt;
      if (score && (!spec.score_threshold || *score >= *spec.score_threshold))
        list.push_back({document, *score});
    }
    sort_by_score(list);
    return list;
  }

  // By key.
  Outcome<std::vector<engine::DocumentPtr>> all_documents(engine::QueryPtr filter) const {
    engine::Retrieve retrieve{.source = engine::TextSearch{engine::make_query(engine::MatchAll{})},
                              .filter = std::move(filter)};
    STELE_TRY(std::vector<engine::Hit> hits, search(std::move(retrieve), snapshot_.view(0).document_count(),
                                                    {{.kind = engine::SortKey::Kind::kKey}}));
    std::vector<engine::DocumentPtr> documents;
    for (engine::Hit& hit : hits) documents.push_back(std::move(hit.document));
    return documents;
  }
  Outcome<std::vector<engine::DocumentPtr>> candidates(const QuerySpec& spec,
                                                       const std::vector<ScoredList>& fetched,
                                                       const std::vector<DocKey>& without = {}) const {
    return all_documents(filter_of(spec, fetched, without));
  }

  // Every candidate that has such a vector, by what `score` says of it; the best ones first.
  template <class Vector, class Score>
  Outcome<ScoredList> score_all(const QuerySpec& spec, const std::vector<ScoredList>& fetched,
                                const std::vector<DocKey>& without, const Score& score) const {
    STELE_TRY(const std::vector<engine::DocumentPtr> documents, candidates(spec, fetched, without));
    ScoredList list;
    for (const engine::DocumentPtr& document : documents) {
      const auto vector = stored(*document, *spec.using_vector, Vector());
      if (!vector) continue;
      const float value = score(*vector);
      if (!spec.score_threshold || value >= *spec.score_threshold) list.push_back({document, value});
    }
    sort_by_score(list);
    return list;
  }

  template <class Vector>
  Outcome<ScoredList> near(const QuerySpec& spec, const NearestQuery& query,
                           const std::vector<ScoredList>& fetched) const {
    std::vector<DocKey> without;
    STELE_TRY(const Vector vector, vector_of<Vector>(spec, query.vector, without));
    if (!query.mmr) return nearest(spec, vector, fetched, without);
    QuerySpec wide = spec;
    wide.limit = std::min(query.mmr->candidates.value_or(spec.limit), Diversity::kCandidatesMax);
    STELE_TRY(ScoredList list, nearest(wide, vector, fetched, without));
    if (list.size() > wide.limit + wide.offset) list.resize(wide.limit + wide.offset);
    std::vector<Vector> candidates;
    for (const Scored& scored : list)
      candidates.push_back(*stored(*scored.document, *spec.using_vector, Vector()));
    ScoredList picked;
    for (const std::size_t place : pick_diverse(spec.using_vector->distance, vector, candidates,
                                                query.mmr->diversity, spec.limit + spec.offset))
      picked.push_back(std::move(list[place]));
    return picked;
  }

  template <class Vector>
  Outcome<ScoredList> recommend(const QuerySpec& spec, const RecommendQuery& query,
                                const std::vector<ScoredList>& fetched) const {
    std::vector<DocKey> without;
    STELE_TRY(const auto positive, vectors_of<Vector>(spec, query.positive, without));
    STELE_TRY(const auto negative, vectors_of<Vector>(spec, query.negative, without));
    if (query.strategy == RecommendQuery::Strategy::kAverageVector)
      return nearest(spec, average_vector(positive, negative), fetched, without);
    const bool best = query.strategy == RecommendQuery::Strategy::kBestScore;
    return score_all<Vector>(spec, fetched, without, [&](const Vector& vector) {
      const engine::Similarity distance = spec.using_vector->distance;
      return best ? best_score(distance, positive, negative, vector)
                  : sum_scores(distance, positive, negative, vector);
    });
  }

  template <class Vector>
  Outcome<ScoredList> discover(const QuerySpec& spec, const DiscoverQuery& query,
                               const std::vector<ScoredList>& fetched) const {
    std::vector<DocKey> without;
    std::vector<VectorInput> positive_inputs;
    std::vector<VectorInput> negative_inputs;
    for (const ContextPair& pair : query.pairs) {
      positive_inputs.push_back(pair.positive);
      negative_inputs.push_back(pair.negative);
    }
    STELE_TRY(const auto positive, vectors_of<Vector>(spec, positive_inputs, without));
    STELE_TRY(const auto negative, vectors_of<Vector>(spec, negative_inputs, without));
    Vector target;
    if (query.target) {
      STELE_TRY(target, vector_of<Vector>(spec, *query.target, without));
    }
    const engine::Similarity distance = spec.using_vector->distance;
    return score_all<Vector>(spec, fetched, without, [&](const Vector& vector) {
      return query.target ? discover_score(distance, target, positive, negative, vector)
                          : context_score(distance, positive, negative, vector);
    });
  }

  Outcome<ScoredList> execute(const QuerySpec& spec, const NearestQuery& query,
                              const std::vector<ScoredList>& fetched) const {
    return spec.using_vector->sparse ? near<SparseVector>(spec, query, fetched)
                                     : near<Dense>(spec, query, fetched);
  }
  Outcome<ScoredList> execute(const QuerySpec& spec, const RecommendQuery& query,
                              const std::vector<ScoredList>& fetched) const {
    return spec.using_vector->sparse ? recommend<SparseVector>(spec, query, fetched)
                                     : recommend<Dense>(spec, query, fetched);
  }
  Outcome<ScoredList> execute(const QuerySpec& spec, const DiscoverQuery& query,
                              const std::vector<ScoredList>& fetched) const {
    return spec.using_vector->sparse ? discover<SparseVector>(spec, query, fetched)
                                     : discover<Dense>(spec, query, fetched);
  }

  Outcome<ScoredList> execute(const QuerySpec& spec, const OrderBy& by,
                              const std::vector<ScoredList>& fetched) const {
    STELE_TRY(const std::vector<engine::DocumentPtr> documents, candidates(spec, fetched));
    ScoredList list;
    for (Ordered& ordered : order(by, documents))
      list.push_back({std::move(ordered.document), 1.0F, std::move(ordered.value)});
    return list;
  }

  Outcome<ScoredList> execute(const QuerySpec& spec, const FusionQuery& query,
                              const std::vector<ScoredList>& fetched) const {
    ScoredList list =
        query.by_distribution ? fuse_by_distribution(fetched) : fuse_by_rank(fetched, query.k, query.weights);
    if (spec.score_threshold)
      std::erase_if(list, [&](const Scored& scored) { return scored.score < *spec.score_threshold; });
    if (!spec.filter) return list;
    const PayloadFilter filter(collection(), spec.filter);
    std::erase_if(list, [&](const Scored& scored) { return !filter.matches(*scored.document); });
    return list;
  }

  Outcome<ScoredList> execute(const QuerySpec& spec, const SampleQuery&,
                              const std::vector<ScoredList>& fetched) const {
    engine::Retrieve retrieve{.source = engine::Sample{std::random_device()()},
                              .filter = filter_of(spec, fetched),
                              .k = spec.limit + spec.offset};
    STELE_TRY(std::vector<engine::Hit> hits, search(std::move(retrieve), spec.limit + spec.offset));
    ScoredList list;
    for (engine::Hit& hit : hits) list.push_back({std::move(hit.document), 1.0F});
    return list;
  }

  Outcome<ScoredList> execute(const QuerySpec& spec, const ByIdQuery&,
                              const std::vector<ScoredList>& fetched) const {
    engine::Retrieve retrieve{.source = engine::TextSearch{engine::make_query(engine::MatchAll{})},
                              .filter = filter_of(spec, fetched)};
    STELE_TRY(std::vector<engine::Hit> hits,
              search(std::move(retrieve), spec.limit + spec.offset, {{.kind = engine::SortKey::Kind::kKey}}));
    ScoredList list;
    for (engine::Hit& hit : hits) list.push_back({std::move(hit.document), 1.0F});
    return list;
  }

  const engine::Engine& engine_;
  const engine::Snapshot& snapshot_;
  const std::vector<CollectionPtr>& collections_;
  const NamedKeys& keys_;
  TimePoint deadline_;
};

}  // namespace

void sort_by_score(std::vector<Scored>& list) {
  std::ranges::sort(list, [](const Scored& left, const Scored& right) {
    if (left.score != right.score) return left.score > right.score;
    return left.document->key < right.document->key;
  });
}

net::Task<Outcome<std::vector<std::vector<Scored>>>> run_queries(Call* call, CollectionPtr collection,
                                                                 std::vector<QuerySpec> specs) {
  std::vector<CollectionPtr> collections{collection};
  std::vector<std::vector<PointId>> ids(1);
  for (const QuerySpec& spec : specs) {
    const auto add_lookups = [&](const QuerySpec& each, const auto& again) -> void {
      if (each.lookup && std::ranges::find(collections, each.lookup) == collections.end()) {
        collections.push_back(each.lookup);
        ids.emplace_back();
      }
      for (const QuerySpec& inner : each.prefetch) again(inner, again);
    };
    add_lookups(spec, add_lookups);
    spec.each_id([&](const CollectionPtr& lookup, const PointId& id) {
      const auto place = lookup ? std::ranges::find(collections, lookup) : collections.begin();
      ids[static_cast<std::size_t>(place - collections.begin())].push_back(id);
    });
  }
  NamedKeys keys;
  for (std::size_t i = 0; i < collections.size(); ++i) {
    auto& known = keys[collections[i].get()];
    if (ids[i].empty()) continue;
    auto found = co_await find_keys(call, collections[i], ids[i]);
    STELE_CO_TRY(const std::vector<DocKey> resolved, std::move(found));
    for (std::size_t k = 0; k < ids[i].size(); ++k) known.insert_or_assign(ids[i][k], resolved[k]);
  }
  const engine::Engine* engine = call->services->engine;
  const engine::Snapshot snapshot = take_snapshot(*call, collections);
  const TimePoint deadline = call->deadline;
  auto ran = co_await call->services->pool->run([&]() -> Outcome<std::vector<std::vector<Scored>>> {
    const QueryRunner runner(*engine, snapshot, collections, keys, deadline);
    std::vector<std::vector<Scored>> results;
    for (const QuerySpec& spec : specs) {
      STELE_TRY(std::vector<Scored> result, runner.run(spec));
      results.push_back(std::move(result));
    }
    return results;
  });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  co_return std::move(*ran);
}

}  // namespace stele::qdrant
