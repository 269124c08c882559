#include <fmt/format.h>

#include "protocols/elastic/call.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/search/search_request.h"

namespace stele::elastic {
namespace {

// Elasticsearch's `similarity` is the raw similarity (a distance for l2_norm); the engine compares scores.
float score_of_similarity(double similarity, engine::Similarity kind, engine::ScoreForm form) {
  if (form == engine::ScoreForm::kMaxInnerProduct)
    return static_cast<float>(similarity < 0 ? 1 / (1 - similarity) : similarity + 1);
  if (kind == engine::Similarity::kEuclid) return static_cast<float>(1 / (1 + similarity * similarity));
  if (kind == engine::Similarity::kManhattan) return static_cast<float>(1 / (1 + similarity));
  return static_cast<float>((1 + similarity) / 2);
}

Outcome<KnnSearch> parse_one(QueryParser& parser, json::Value body, std::size_t default_k) {
  const Place place = place_of(body, parser.text());
  BodyReader reader(body, parser.text(), "knn", BodyReader::Style::kXContent);
  const std::string field = reader.text("field");
  const std::optional<json::Value> vector = reader.value("query_vector");
  const std::int64_t k = reader.integer("k", static_cast<std::int64_t>(default_k));
  const std::int64_t candidates =
      reader.integer("num_candidates", std::max<std::int64_t>(k, std::min<std::int64_t>(k + k / 2, 10000)));
  const std::optional<json::Value> filter = reader.value("filter");
  const bool has_similarity = reader.has("similarity");
  const double similarity = reader.number("similarity", 0);
  KnnSearch search;
  search.boost = static_cast<float>(reader.number("boost", 1));
  for (const std::string_view missing : {"query_vector_builder", "inner_hits", "rescore_vector"}) {
    if (reader.has(missing)) reader.fail(not_supported(fmt::format("[{}] of [knn] is", missing)));
    reader.ignore(missing);
  }
  reader.ignore("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (field.empty()) return x_content_failure("Required [field]", place);
  if (!vector)
    return x_content_failure(
        "Required one of fields [query_vector, query_vector_builder], but none were specified. ", place);
  if (k < 1) return illegal_argument("[k] must be greater than 0");
  if (candidates < k) return illegal_argument("[num_candidates] cannot be less than [k]");
  if (candidates > 10000) return illegal_argument("[num_candidates] cannot exceed [10000]");
  const engine::FieldDefinition* definition = parser.scope().field(field);
  if (definition == nullptr)
    return Failure{400, "query_shard_exception",
                   fmt::format("failed to create query: field [{}] does not exist in the mapping", field)};
  if (definition->type != engine::FieldType::kDenseVector)
    return illegal_argument(fmt::format("[knn] queries are only supported on [dense_vector] fields"));
  engine::Nearest nearest;
  nearest.field = field;
  nearest.form = parser.scope().max_inner_product(field) ? engine::ScoreForm::kMaxInnerProduct
                                                         : engine::ScoreForm::kElastic;
  STELE_TRY(nearest.vector, parse_vector(*vector));
  if (nearest.vector.size() != definition->dimension)
    return illegal_argument(
        fmt::format("the query vector has a different dimension [{}] than the index vectors [{}]",
                    nearest.vector.size(), definition->dimension));
  engine::Retrieve retrieve;
  if (has_similarity)
    retrieve.score_threshold = score_of_similarity(similarity, definition->similarity, nearest.form);
  retrieve.source = std::move(nearest);
  retrieve.k = static_cast<std::size_t>(k);
  retrieve.ef = static_cast<std::size_t>(candidates);
  if (filter && !filter->is_null()) {
    engine::Bool all;
    STELE_TRY(all.filter, parser.parse_list(*filter));
    retrieve.filter = engine::make_query(std::move(all));
  }
  // The best k over all indices, as Elasticsearch takes them over all shards.
  engine::Select best;
  best.limit = static_cast<std::size_t>(k);
  search.stage.step = std::move(best);
  search.stage.inputs.push_back(engine::Stage{std::move(retrieve), {}, {}});
  return search;
}

}  // namespace

Outcome<std::vector<KnnSearch>> parse_knn(QueryParser& parser, json::Value knn, std::size_t default_k) {
  std::vector<KnnSearch> searches;
  if (knn.is_array()) {
    for (const json::Value one : knn.elements()) {
      STELE_TRY(KnnSearch search, parse_one(parser, one, default_k));
      searches.push_back(std::move(search));
    }
  } else {
    STELE_TRY(KnnSearch search, parse_one(parser, knn, default_k));
    searches.push_back(std::move(search));
  }
  return searches;
}

}  // namespace stele::elastic
