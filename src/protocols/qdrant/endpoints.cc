#include <array>

#include "protocols/qdrant/endpoint.h"
#include "protocols/qdrant/endpoints/handlers.h"

#define STELE_COLLECTION "/collections/{collection}"

namespace stele::qdrant {
namespace {

constexpr std::array kEndpoints = {
    Endpoint{"GET", "/", get_info},
    Endpoint{"GET", "/healthz", get_health},
    Endpoint{"GET", "/livez", get_health},
    Endpoint{"GET", "/readyz", get_ready},
    Endpoint{"GET", "/telemetry", get_telemetry},
    Endpoint{"GET", "/cluster", get_cluster},

    Endpoint{"GET", "/collections", list_collections},
    Endpoint{"POST", "/collections/aliases", change_aliases},
    Endpoint{"GET", "/aliases", list_aliases},
    Endpoint{"PUT", STELE_COLLECTION, create_collection},
    Endpoint{"GET", STELE_COLLECTION, get_collection},
    Endpoint{"PATCH", STELE_COLLECTION, update_collection},
    Endpoint{"DELETE", STELE_COLLECTION, delete_collection},
    Endpoint{"GET", STELE_COLLECTION "/exists", collection_exists},
    Endpoint{"GET", STELE_COLLECTION "/aliases", list_collection_aliases},
    Endpoint{"PUT", STELE_COLLECTION "/index", create_payload_index},
    Endpoint{"DELETE", STELE_COLLECTION "/index/{field}", delete_payload_index},

    Endpoint{"PUT", STELE_COLLECTION "/points", upsert_points},
    Endpoint{"POST", STELE_COLLECTION "/points", get_points},
    Endpoint{"POST", STELE_COLLECTION "/points/delete", delete_points},
    Endpoint{"POST", STELE_COLLECTION "/points/scroll", scroll_points},
    Endpoint{"POST", STELE_COLLECTION "/points/count", count_points},
    Endpoint{"POST", STELE_COLLECTION "/points/payload", set_payload},
    Endpoint{"PUT", STELE_COLLECTION "/points/payload", overwrite_payload},
    Endpoint{"POST", STELE_COLLECTION "/points/payload/delete", delete_payload},
    Endpoint{"POST", STELE_COLLECTION "/points/payload/clear", clear_payload},
    Endpoint{"PUT", STELE_COLLECTION "/points/vectors", update_vectors},
    Endpoint{"POST", STELE_COLLECTION "/points/vectors/delete", delete_vectors},
    Endpoint{"POST", STELE_COLLECTION "/points/batch", update_batch},
    Endpoint{"POST", STELE_COLLECTION "/points/search", search_points},
    Endpoint{"POST", STELE_COLLECTION "/points/search/batch", search_points_batch},
    Endpoint{"POST", STELE_COLLECTION "/points/search/groups", search_groups},
    Endpoint{"POST", STELE_COLLECTION "/points/search/matrix/pairs", search_matrix_pairs},
    Endpoint{"POST", STELE_COLLECTION "/points/search/matrix/offsets", search_matrix_offsets},
    Endpoint{"POST", STELE_COLLECTION "/points/recommend", recommend_points},
    Endpoint{"POST", STELE_COLLECTION "/points/recommend/batch", recommend_points_batch},
    Endpoint{"POST", STELE_COLLECTION "/points/recommend/groups", recommend_groups},
    Endpoint{"POST", STELE_COLLECTION "/points/discover", discover_points},
    Endpoint{"POST", STELE_COLLECTION "/points/discover/batch", discover_points_batch},
    Endpoint{"POST", STELE_COLLECTION "/points/query", query_points},
    Endpoint{"POST", STELE_COLLECTION "/points/query/batch", query_points_batch},
    Endpoint{"POST", STELE_COLLECTION "/points/query/groups", query_groups},
    Endpoint{"POST", STELE_COLLECTION "/facet", facet},
    Endpoint{"GET", STELE_COLLECTION "/points/{id}", get_point},

    // Known to Qdrant, and not there.
    Endpoint{"PUT", STELE_COLLECTION "/vectors/{vector}", missing_endpoint},
    Endpoint{"DELETE", STELE_COLLECTION "/vectors/{vector}", missing_endpoint},
    Endpoint{"GET", STELE_COLLECTION "/cluster", missing_endpoint},
    Endpoint{"POST", STELE_COLLECTION "/cluster", missing_endpoint},
    Endpoint{"GET", STELE_COLLECTION "/optimizations", missing_endpoint},
    Endpoint{"GET", STELE_COLLECTION "/shards", missing_endpoint},
    Endpoint{"PUT", STELE_COLLECTION "/shards", missing_endpoint},
    Endpoint{"GET", STELE_COLLECTION "/snapshots", missing_endpoint},
    Endpoint{"POST", STELE_COLLECTION "/snapshots", missing_endpoint},
    Endpoint{"PUT", STELE_COLLECTION "/snapshots/recover", missing_endpoint},
    Endpoint{"POST", STELE_COLLECTION "/snapshots/upload", missing_endpoint},
    Endpoint{"GET", STELE_COLLECTION "/snapshots/{snapshot}", missing_endpoint},
    Endpoint{"DELETE", STELE_COLLECTION "/snapshots/{snapshot}", missing_endpoint},
    Endpoint{"GET", "/snapshots", missing_endpoint},
    Endpoint{"POST", "/snapshots", missing_endpoint},
    Endpoint{"GET", "/snapshots/{snapshot}", missing_endpoint},
    Endpoint{"DELETE", "/snapshots/{snapshot}", missing_endpoint},
    Endpoint{"GET", "/metrics", missing_endpoint},
    Endpoint{"GET", "/issues", missing_endpoint},
    Endpoint{"DELETE", "/issues", missing_endpoint},
    Endpoint{"POST", "/cluster/recover", missing_endpoint},
    Endpoint{"GET", "/cluster/telemetry", missing_endpoint},
};

}  // namespace

std::span<const Endpoint> endpoints() {
  return kEndpoints;
}

}  // namespace stele::qdrant
#undef STELE_COLLECTION
