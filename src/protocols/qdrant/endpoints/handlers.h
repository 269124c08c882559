#pragma once

#include "protocols/qdrant/call.h"

// Who answers each endpoint; the table that names them is endpoints.cc.
namespace stele::qdrant {

// service.cc
net::Task<Outcome<Reply>> get_info(Call* call);
net::Task<Outcome<Reply>> get_health(Call* call);
net::Task<Outcome<Reply>> get_ready(Call* call);
net::Task<Outcome<Reply>> get_telemetry(Call* call);
net::Task<Outcome<Reply>> get_cluster(Call* call);
net::Task<Outcome<Reply>> missing_endpoint(Call* call);

// collections.cc
net::Task<Outcome<Reply>> list_collections(Call* call);
net::Task<Outcome<Reply>> create_collection(Call* call);
net::Task<Outcome<Reply>> get_collection(Call* call);
net::Task<Outcome<Reply>> update_collection(Call* call);
net::Task<Outcome<Reply>> delete_collection(Call* call);
net::Task<Outcome<Reply>> collection_exists(Call* call);
// payload_index.cc
net::Task<Outcome<Reply>> create_payload_index(Call* call);
net::Task<Outcome<Reply>> delete_payload_index(Call* call);
// aliases.cc
net::Task<Outcome<Reply>> change_aliases(Call* call);
net::Task<Outcome<Reply>> list_aliases(Call* call);
net::Task<Outcome<Reply>> list_collection_aliases(Call* call);

// points_write.cc
net::Task<Outcome<Reply>> upsert_points(Call* call);
net::Task<Outcome<Reply>> delete_points(Call* call);
net::Task<Outcome<Reply>> set_payload(Call* call);
net::Task<Outcome<Reply>> overwrite_payload(Call* call);
net::Task<Outcome<Reply>> delete_payload(Call* call);
net::Task<Outcome<Reply>> clear_payload(Call* call);
net::Task<Outcome<Reply>> update_vectors(Call* call);
net::Task<Outcome<Reply>> delete_vectors(Call* call);
net::Task<Outcome<Reply>> update_batch(Call* call);

// points_read.cc
net::Task<Outcome<Reply>> get_point(Call* call);
net::Task<Outcome<Reply>> get_points(Call* call);
net::Task<Outcome<Reply>> scroll_points(Call* call);
net::Task<Outcome<Reply>> count_points(Call* call);
net::Task<Outcome<Reply>> facet(Call* call);

// search.cc
net::Task<Outcome<Reply>> search_points(Call* call);
net::Task<Outcome<Reply>> search_points_batch(Call* call);
net::Task<Outcome<Reply>> search_groups(Call* call);
net::Task<Outcome<Reply>> recommend_points(Call* call);
net::Task<Outcome<Reply>> recommend_points_batch(Call* call);
net::Task<Outcome<Reply>> recommend_groups(Call* call);
net::Task<Outcome<Reply>> discover_points(Call* call);
net::Task<Outcome<Reply>> discover_points_batch(Call* call);
net::Task<Outcome<Reply>> query_points(Call* call);
net::Task<Outcome<Reply>> query_points_batch(Call* call);
net::Task<Outcome<Reply>> query_groups(Call* call);
// matrix.cc
net::Task<Outcome<Reply>> search_matrix_pairs(Call* call);
net::Task<Outcome<Reply>> search_matrix_offsets(Call* call);

}  // namespace stele::qdrant
