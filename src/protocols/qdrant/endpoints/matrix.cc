// How near are the points of a sample to each other? POST …/points/search/matrix/pairs and …/offsets.
#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "json/writer.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/point/point_names.h"
#include "protocols/qdrant/point/selectors.h"
#include "protocols/qdrant/query/query_runner.h"
#include "protocols/qdrant/query/sparse_vector.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

constexpr std::size_t kSampleDefault = 10;
constexpr std::size_t kSampleMin = 2;
constexpr std::size_t kNeighboursDefault = 3;

// The sampled points by their ids, and for each its nearest among the others.
struct Matrix {
  std::vector<PointId> ids;
  std::vector<std::vector<Scored>> nearest;
};

Outcome<std::size_t> read_count(json::Value body, std::string_view name, std::size_t otherwise,
                                std::size_t least) {
  const auto value = body.find(name);
  if (!value || value->is_null()) return otherwise;
  const auto count = value->as_uint64();
  if (!count) return format_error(fmt::format("invalid type: {}, expected usize", name));
  if (*count < least)
    return invalid_body(name, fmt::format("value {} invalid, must be {} or larger", *count, least));
  return static_cast<std::size_t>(*count);
}

Outcome<const VectorParams*> read_using(const Collection& collection, json::Value body) {
  const auto name = body.find("using");
  return collection.require_vector(name && name->is_string() ? name->string() : std::string_view());
}

Outcome<QuerySpec> sample_spec(const VectorParams& params, json::Value body) {
  auto filter = std::make_shared<Filter>();
  filter->must.emplace_back(HasVectorCondition{params.name});
  if (const auto given = body.find("filter")) {
    STELE_TRY(FilterPtr parsed, parse_filter(*given));
    if (parsed) filter->must.emplace_back(std::move(parsed));
  }
  QuerySpec spec;
  spec.query = SampleQuery{};
  spec.filter = std::move(filter);
  STELE_TRY(spec.limit, read_count(body, "sample", kSampleDefault, kSampleMin));
  return spec;
}

VectorInput vector_of(const engine::Document& document, const VectorParams& params) {
  VectorInput input;
  if (!params.sparse) {
    if (const std::vector<float>* elements = find_vector(document, params)) input.elements = *elements;
  } else if (auto vector = SparseVector::read(sparse_json(document, params))) {
    input.elements = std::move(vector->values);
    input.indices = std::move(vector->indices);
  }
  return input;
}

std::vector<QuerySpec> nearest_specs(const VectorParams& params, const std::vector<Scored>& sampled,
                                     std::size_t limit) {
  HasIdCondition all;
  for (const Scored& scored : sampled) all.ids.insert(PointId::of(scored.document->key));
  auto among = std::make_shared<Filter>();
  among->must.emplace_back(std::move(all));
  std::vector<QuerySpec> specs;
  for (const Scored& scored : sampled) {
    auto others = std::make_shared<Filter>();
    others->must.emplace_back(FilterPtr(among));
    others->must_not.emplace_back(HasIdCondition{{PointId::of(scored.document->key)}});
    QuerySpec& spec = specs.emplace_back();
    spec.query = NearestQuery{vector_of(*scored.document, params)};
    spec.using_vector = &params;
    spec.filter = std::move(others);
    spec.limit = limit;
  }
  return specs;
}

net::Task<Outcome<Matrix>> compute(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  if (!body.root().is_object()) co_return format_error("invalid type: expected a map");
  if (const auto key = body.root().find("shard_key"); key && !key->is_null())
    co_return not_supported("shard_key");
  STELE_CO_TRY(const VectorParams* const params, read_using(*collection, body.root()));
  STELE_CO_TRY(const std::size_t limit, read_count(body.root(), "limit", kNeighboursDefault, 1));
  STELE_CO_TRY(QuerySpec spec, sample_spec(*params, body.root()));
  std::vector<QuerySpec> specs;
  specs.push_back(std::move(spec));
  auto sampled = co_await run_queries(call, collection, std::move(specs));
  STELE_CO_TRY(auto samples, std::move(sampled));
  Matrix matrix;
  if (samples[0].size() < kSampleMin) co_return matrix;
  // All of them score the same: this is by id.
  sort_by_score(samples[0]);
  for (const Scored& scored : samples[0]) {
    matrix.ids.push_back(PointId::of(scored.document->key));
    call->services->names->learn(matrix.ids.back(), scored.document->key);
  }
  auto searched = co_await run_queries(call, collection, nearest_specs(*params, samples[0], limit));
  STELE_CO_TRY(matrix.nearest, std::move(searched));
  co_return matrix;
}

}  // namespace

net::Task<Outcome<Reply>> search_matrix_pairs(Call* call) {
  auto computed = co_await compute(call);
  STELE_CO_TRY(const Matrix matrix, std::move(computed));
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().key("pairs").begin_array();
  for (std::size_t i = 0; i < matrix.nearest.size(); ++i)
    for (const Scored& scored : matrix.nearest[i]) {
      writer.begin_object().key("a");
      matrix.ids[i].write(writer);
      writer.key("b");
      PointId::of(scored.document->key).write(writer);
      writer.member("score", scored.score).end_object();
    }
  writer.end_array().end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> search_matrix_offsets(Call* call) {
  auto computed = co_await compute(call);
  STELE_CO_TRY(const Matrix matrix, std::move(computed));
  std::unordered_map<PointId, std::uint64_t> places;
  for (const PointId& id : matrix.ids) places.emplace(id, places.size());
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  const auto write_all = [&](std::string_view name, const auto& write) {
    writer.key(name).begin_array();
    for (std::size_t i = 0; i < matrix.nearest.size(); ++i)
      for (const Scored& scored : matrix.nearest[i]) write(i, scored);
    writer.end_array();
  };
  writer.begin_object();
  write_all("offsets_row", [&](std::size_t i, const Scored&) { writer.unsigned_integer(i); });
  write_all("offsets_col", [&](std::size_t, const Scored& scored) {
    writer.unsigned_integer(places.at(PointId::of(scored.document->key)));
  });
  write_all("scores", [&](std::size_t, const Scored& scored) { writer.number(scored.score); });
  writer.key("ids").begin_array();
  for (const PointId& id : matrix.ids) id.write(writer);
  writer.end_array().end_object();
  co_return reply;
}

}  // namespace stele::qdrant
