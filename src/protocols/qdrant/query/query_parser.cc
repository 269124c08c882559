#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "protocols/qdrant/point/point_parser.h"
#include "protocols/qdrant/query/query_spec.h"

namespace stele::qdrant {
namespace {

constexpr int kDepthMax = 8;
constexpr std::size_t kLimitMax = 10'000'000;
constexpr std::size_t kEffortMax = 100'000;

Outcome<std::optional<std::size_t>> read_count(json::Value body, std::string_view name, std::string_view told,
                                               std::uint64_t least) {
  const auto value = body.find(name);
  if (!value || value->is_null()) return std::optional<std::size_t>();
  const auto count = value->as_uint64();
  if (!count) return format_error(fmt::format("invalid type: {}, expected usize", name));
  if (*count < least)
    return invalid_body(told, fmt::format("value {} invalid, must be {} or larger", *count, least));
  return std::optional<std::size_t>(std::min<std::uint64_t>(*count, kLimitMax));
}

Outcome<> read_flag(json::Value params, std::string_view name, bool& flag) {
  const auto value = params.find(name);
  if (!value || value->is_null()) return {};
  if (!value->is_bool()) return format_error(fmt::format("invalid type: {}, expected a boolean", name));
  flag = value->boolean();
  return {};
}

// What says how a search is to be made, not what it looks for.
Outcome<> read_params(json::Value body, QuerySpec& spec) {
  if (const auto key = body.find("shard_key"); key && !key->is_null()) return not_supported("shard_key");
  const auto params = body.find("params");
  if (!params || params->is_null()) return {};
  if (!params->is_object()) return format_error("invalid type: params, expected struct SearchParams");
  STELE_TRY(const auto ef, read_count(*params, "hnsw_ef", "params.hnsw_ef", 0));
  spec.ef = std::min<std::size_t>(ef.value_or(0), kEffortMax);
  STELE_RETURN_IF_ERROR(read_flag(*params, "exact", spec.exact));
  return read_flag(*params, "indexed_only", spec.indexed_only);
}

class QueryReader {
 public:
  QueryReader(const Call& call, const CollectionPtr& collection) : call_(call), collection_(collection) {}

  Outcome<QuerySpec> read(json::Value body, int depth) {
    if (!body.is_object()) return format_error("invalid type: expected struct QueryRequest");
    QuerySpec spec;
    STELE_RETURN_IF_ERROR(read_common(body, spec, depth == 0 ? "internal.limit" : "limit"));
    STELE_RETURN_IF_ERROR(read_prefetch(body, depth, spec));
    STELE_RETURN_IF_ERROR(read_query(body, spec));
    return spec;
  }

  // What searches of all kinds have.
  Outcome<> read_common(json::Value body, QuerySpec& spec, std::string_view limit_name = "limit") {
    STELE_RETURN_IF_ERROR(read_params(body, spec));
    if (const auto filter = body.find("filter")) {
      STELE_TRY(spec.filter, parse_filter(*filter));
    }
    if (const auto threshold = body.find("score_threshold"); threshold && !threshold->is_null()) {
      if (!threshold->is_number()) return format_error("invalid type: score_threshold, expected f32");
      spec.score_threshold = static_cast<float>(threshold->number());
    }
    STELE_TRY(const auto limit, read_count(body, "limit", limit_name, 1));
    spec.limit = limit.value_or(10);
    STELE_TRY(const auto offset, read_count(body, "offset", "offset", 0));
    spec.offset = offset.value_or(0);
    return read_lookup(body, spec);
  }

  Outcome<> use_vector(std::string_view name, QuerySpec& spec) const {
    STELE_TRY(spec.using_vector, collection_->require_vector(name));
    return {};
  }

  Outcome<VectorInput> read_vector(json::Value value, const QuerySpec& spec) const {
    if (value.is_string() || value.is_integer()) {
      STELE_TRY(PointId id, PointId::from_json(value));
      return VectorInput{{}, {}, std::move(id)};
    }
    STELE_TRY(NamedVector vector, parse_vector(*spec.using_vector, value));
    return VectorInput{std::move(vector.elements), std::move(vector.indices)};
  }

  // A target with its context, or a context alone.
  Outcome<> read_target(json::Value value, QuerySpec& spec) {
    const auto target = value.find("target");
    if (target && !target->is_null()) return read_discover(value, spec);
    const auto context = value.find("context");
    if (!context) return bad_request("a target or a context is needed");
    return read_context(*context, spec);
  }

  Outcome<RecommendQuery> read_examples(json::Value value, const QuerySpec& spec) const {
    RecommendQuery recommend;
    const auto read_list = [&](std::string_view name, std::vector<VectorInput>& into) -> Outcome<> {
      const auto list = value.find(name);
      if (!list || list->is_null()) return {};
      if (!list->is_array()) return format_error(fmt::format("invalid type: {}, expected a sequence", name));
      for (const json::Value element : list->elements()) {
        STELE_TRY(VectorInput vector, read_vector(element, spec));
        into.push_back(std::move(vector));
      }
      return {};
    };
    STELE_RETURN_IF_ERROR(read_list("positive", recommend.positive));
    STELE_RETURN_IF_ERROR(read_list("negative", recommend.negative));
    STELE_RETURN_IF_ERROR(read_strategy(value, recommend));
    const bool average = recommend.strategy == RecommendQuery::Strategy::kAverageVector;
    if (average && recommend.positive.empty())
      return bad_request("At least one positive vector ID required with this strategy");
    if (recommend.positive.empty() && recommend.negative.empty())
      return bad_request("At least one positive or negative vector ID required with this strategy");
    return recommend;
  }

 private:
  static Outcome<> read_strategy(json::Value value, RecommendQuery& recommend) {
    using Strategy = RecommendQuery::Strategy;
    constexpr std::array<std::pair<std::string_view, Strategy>, 3> kStrategies = {
        {{"average_vector", Strategy::kAverageVector},
         {"best_score", Strategy::kBestScore},
         {"sum_scores", Strategy::kSumScores}}};
    const auto strategy = value.find("strategy");
    if (!strategy || strategy->is_null()) return {};
    for (const auto& [name, known] : kStrategies) {
      if (!strategy->is_string() || strategy->string() != name) continue;
      recommend.strategy = known;
      return {};
    }
    return format_error(fmt::format(
        "unknown variant {}, expected one of `average_vector`, `best_score`, `sum_scores`", strategy->raw()));
  }

  Outcome<> read_lookup(json::Value body, QuerySpec& spec) const {
    const auto lookup = body.find("lookup_from");
    if (!lookup || lookup->is_null()) return {};
    const auto name = lookup->find("collection");
    if (!name || !name->is_string()) return format_error("missing field `collection`");
    STELE_TRY(spec.lookup, find_collection(call_, name->string()));
    const auto vector = lookup->find("vector");
    const std::string_view wanted = vector && vector->is_string() ? vector->string() : std::string_view();
    spec.lookup_vector = spec.lookup->vector(wanted);
    // One that is not there is told once the point is known to be: then 400, else 404.
    return {};
  }

  Outcome<> read_prefetch(json::Value body, int depth, QuerySpec& spec) {
    const auto prefetch = body.find("prefetch");
    if (!prefetch || prefetch->is_null()) return {};
    if (depth >= kDepthMax)
      return wrong_input(fmt::format("prefetches are nested more than {} deep", kDepthMax));
    if (prefetch->is_object()) {
      STELE_TRY(QuerySpec one, read(*prefetch, depth + 1));
      spec.prefetch.push_back(std::move(one));
      return {};
    }
    if (!prefetch->is_array()) return format_error("invalid type: prefetch");
    for (const json::Value each : prefetch->elements()) {
      STELE_TRY(QuerySpec one, read(each, depth + 1));
      spec.prefetch.push_back(std::move(one));
    }
    return {};
  }

  Outcome<> read_query(json::Value body, QuerySpec& spec) {
    const auto query = body.find("query");
    const auto name = body.find("using");
    const std::string_view vector = name && name->is_string() ? name->string() : std::string_view();
    if (!query || query->is_null()) {
      if (!spec.prefetch.empty())
        return bad_request(
            "A query is needed to merge the prefetches. Can't have prefetches without defining a query.");
      if (spec.score_threshold)
        return bad_request(
            "A query is needed to use the score_threshold. Can't have score_threshold without defining a "
            "query.");
      return {};
    }
    if (!query->is_object() || query->find("indices") || query->find("text")) {
      STELE_RETURN_IF_ERROR(use_vector(vector, spec));
      return read_nearest(*query, spec);
    }
    for (const auto& [key, read] : kQueries)
      if (const auto value = query->find(key)) {
        if (key == "nearest" || key == "recommend" || key == "discover" || key == "context")
          STELE_RETURN_IF_ERROR(use_vector(vector, spec));
        STELE_RETURN_IF_ERROR((this->*read)(*value, spec));
        return key == "nearest" ? read_mmr(*query, spec) : Outcome<>();
      }
    for (const std::string_view missing : {"formula", "relevance_feedback"})
      if (query->find(missing)) return not_supported(fmt::format("the query [{}]", missing));
    return format_error("data did not match any variant of untagged enum QueryInterface");
  }

  Outcome<> read_nearest(json::Value value, QuerySpec& spec) {
    NearestQuery nearest;
    STELE_TRY(nearest.vector, read_vector(value, spec));
    spec.query = std::move(nearest);
    return {};
  }

  Outcome<> read_recommend(json::Value value, QuerySpec& spec) {
    STELE_TRY(spec.query, read_examples(value, spec));
    return {};
  }

  Outcome<> read_pairs(std::optional<json::Value> value, const QuerySpec& spec,
                       std::vector<ContextPair>& pairs) {
    if (!value || value->is_null()) return {};
    const auto read_pair = [&](json::Value pair) -> Outcome<> {
      const auto positive = pair.find("positive");
      const auto negative = pair.find("negative");
      if (!positive || !negative) return format_error("a pair has `positive` and `negative`");
      ContextPair read;
      STELE_TRY(read.positive, read_vector(*positive, spec));
      STELE_TRY(read.negative, read_vector(*negative, spec));
      pairs.push_back(std::move(read));
      return {};
    };
    if (value->is_object()) return read_pair(*value);
    if (!value->is_array()) return format_error("invalid type: context");
    for (const json::Value pair : value->elements()) STELE_RETURN_IF_ERROR(read_pair(pair));
    return {};
  }

  Outcome<> read_discover(json::Value value, QuerySpec& spec) {
    const auto target = value.find("target");
    if (!target) return format_error("missing field `target`");
    DiscoverQuery discover;
    STELE_TRY(discover.target, read_vector(*target, spec));
    STELE_RETURN_IF_ERROR(read_pairs(value.find("context"), spec, discover.pairs));
    spec.query = std::move(discover);
    return {};
  }

  Outcome<> read_context(json::Value value, QuerySpec& spec) {
    DiscoverQuery context;
    STELE_RETURN_IF_ERROR(read_pairs(value, spec, context.pairs));
    spec.query = std::move(context);
    return {};
  }

  Outcome<> read_order_by(json::Value value, QuerySpec& spec) {
    if (spec.score_threshold) return bad_request("Can't use score_threshold with an order_by query.");
    STELE_TRY(spec.query, OrderBy::read(*collection_, value));
    return {};
  }

  Outcome<> needs_prefetch(const QuerySpec& spec) const {
    if (!spec.prefetch.empty()) return {};
    return bad_request("cannot make a fusion query without prefetches");
  }

  Outcome<> read_fusion(json::Value value, QuerySpec& spec) {
    STELE_RETURN_IF_ERROR(needs_prefetch(spec));
    if (!value.is_string() || (value.string() != "rrf" && value.string() != "dbsf"))
      return format_error(fmt::format("unknown variant {}, expected `rrf` or `dbsf`", value.raw()));
    spec.query = FusionQuery{.by_distribution = value.string() == "dbsf"};
    return {};
  }

  Outcome<> read_rrf(json::Value value, QuerySpec& spec) {
    STELE_RETURN_IF_ERROR(needs_prefetch(spec));
    FusionQuery fusion;
    if (const auto k = value.find("k"); k && !k->is_null()) {
      const auto number = k->as_uint64();
      if (!number || *number == 0) return invalid_body("query.rrf.k", "value 0 invalid, must be 1 or larger");
      fusion.k = static_cast<double>(*number);
    }
    if (const auto weights = value.find("weights"); weights && weights->is_array())
      for (const json::Value weight : weights->elements()) {
        if (!weight.is_number()) return format_error("invalid type: weights, expected f32");
        fusion.weights.push_back(weight.number());
      }
    if (!fusion.weights.empty() && fusion.weights.size() != spec.prefetch.size())
      return wrong_input(fmt::format("RRF weights length ({}) does not match number of prefetches ({})",
                                     fusion.weights.size(), spec.prefetch.size()));
    spec.query = std::move(fusion);
    return {};
  }

  Outcome<> read_sample(json::Value value, QuerySpec& spec) {
    if (!value.is_string() || value.string() != "random")
      return format_error(fmt::format("unknown variant {}, expected `random`", value.raw()));
    spec.query = SampleQuery{};
    return {};
  }

  // Beside "nearest".
  static Outcome<> read_mmr(json::Value query, QuerySpec& spec) {
    const auto mmr = query.find("mmr");
    if (!mmr || mmr->is_null()) return {};
    if (!mmr->is_object()) return format_error("invalid type: mmr, expected struct Mmr");
    Diversity read;
    if (const auto diversity = mmr->find("diversity"); diversity && !diversity->is_null()) {
      if (!diversity->is_number()) return format_error("invalid type: diversity, expected f32");
      read.diversity = static_cast<float>(diversity->number());
      if (read.diversity < 0 || read.diversity > 1)
        return invalid_body("query.mmr.diversity",
                            fmt::format("value {} invalid, must be from 0.0 to 1.0", read.diversity));
    }
    STELE_TRY(read.candidates, read_count(*mmr, "candidates_limit", "query.mmr.candidates_limit", 1));
    if (read.candidates > Diversity::kCandidatesMax)
      return invalid_body(
          "query.mmr.candidates_limit",
          fmt::format("value {} invalid, must be from 1 to {}", *read.candidates, Diversity::kCandidatesMax));
    std::get<NearestQuery>(spec.query).mmr = read;
    return {};
  }

  struct KnownQuery {
    std::string_view key;
    Outcome<> (QueryReader::*read)(json::Value, QuerySpec&);
  };
  static constexpr std::array kQueries = {KnownQuery{"nearest", &QueryReader::read_nearest},
                                          KnownQuery{"recommend", &QueryReader::read_recommend},
                                          KnownQuery{"discover", &QueryReader::read_discover},
                                          KnownQuery{"context", &QueryReader::read_context},
                                          KnownQuery{"order_by", &QueryReader::read_order_by},
                                          KnownQuery{"fusion", &QueryReader::read_fusion},
                                          KnownQuery{"rrf", &QueryReader::read_rrf},
                                          KnownQuery{"sample", &QueryReader::read_sample}};

  const Call& call_;
  const CollectionPtr& collection_;
};

// What recommend and discover have in common.
Outcome<QuerySpec> read_by_examples(QueryReader& reader, json::Value body) {
  if (const auto limit = body.find("limit"); !limit || limit->is_null())
    return format_error("missing field `limit`");
  QuerySpec spec;
  STELE_RETURN_IF_ERROR(reader.read_common(body, spec));
  const auto name = body.find("using");
  STELE_RETURN_IF_ERROR(
      reader.use_vector(name && name->is_string() ? name->string() : std::string_view(), spec));
  return spec;
}

}  // namespace

Outcome<QuerySpec> parse_query(const Call& call, const CollectionPtr& collection, json::Value body) {
  return QueryReader(call, collection).read(body, 0);
}

Outcome<QuerySpec> parse_search(const Call& call, const CollectionPtr& collection, json::Value body) {
  QueryReader reader(call, collection);
  const auto vector = body.find("vector");
  if (!vector) return format_error("missing field `vector`");
  if (const auto limit = body.find("limit"); !limit || limit->is_null())
    return format_error("missing field `limit`");
  QuerySpec spec;
  STELE_RETURN_IF_ERROR(reader.read_common(body, spec));
  json::Value elements = *vector;
  std::string_view name;
  if (vector->is_object()) {
    const auto named = vector->find("name");
    const auto inner = vector->find("vector");
    if (!named || !named->is_string() || !inner)
      return format_error("data did not match any variant of untagged enum NamedVectorStruct");
    name = named->string();
    elements = *inner;
  }
  if (!elements.is_array() && !elements.is_object())
    return format_error("data did not match any variant of untagged enum NamedVectorStruct");
  STELE_RETURN_IF_ERROR(reader.use_vector(name, spec));
  NearestQuery nearest;
  STELE_TRY(nearest.vector, reader.read_vector(elements, spec));
  spec.query = std::move(nearest);
  return spec;
}

Outcome<QuerySpec> parse_recommend(const Call& call, const CollectionPtr& collection, json::Value body) {
  QueryReader reader(call, collection);
  STELE_TRY(QuerySpec spec, read_by_examples(reader, body));
  STELE_TRY(spec.query, reader.read_examples(body, spec));
  return spec;
}

Outcome<QuerySpec> parse_discover(const Call& call, const CollectionPtr& collection, json::Value body) {
  QueryReader reader(call, collection);
  STELE_TRY(QuerySpec spec, read_by_examples(reader, body));
  STELE_RETURN_IF_ERROR(reader.read_target(body, spec));
  return spec;
}

}  // namespace stele::qdrant
