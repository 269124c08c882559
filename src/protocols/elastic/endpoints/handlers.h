#pragma once

#include "protocols/elastic/call.h"

namespace stele::elastic {

// Who answers which row of the endpoint table. One file a family.

// info.cc
net::Task<Outcome<Reply>> get_info(Call* call);
net::Task<Outcome<Reply>> get_license(Call* call);
net::Task<Outcome<Reply>> get_xpack(Call* call);
net::Task<Outcome<Reply>> get_authenticate(Call* call);
net::Task<Outcome<Reply>> get_nodes(Call* call);
net::Task<Outcome<Reply>> get_tasks(Call* call);

// cluster.cc
net::Task<Outcome<Reply>> get_cluster_health(Call* call);
net::Task<Outcome<Reply>> get_cluster_settings(Call* call);
net::Task<Outcome<Reply>> get_pending_tasks(Call* call);
net::Task<Outcome<Reply>> get_remote_info(Call* call);
net::Task<Outcome<Reply>> get_cluster_stats(Call* call);

// cat.cc
net::Task<Outcome<Reply>> cat_help(Call* call);
net::Task<Outcome<Reply>> cat_indices(Call* call);
net::Task<Outcome<Reply>> cat_health(Call* call);
net::Task<Outcome<Reply>> cat_count(Call* call);
net::Task<Outcome<Reply>> cat_aliases(Call* call);
net::Task<Outcome<Reply>> cat_nodes(Call* call);

// index_admin.cc
net::Task<Outcome<Reply>> create_index(Call* call);
net::Task<Outcome<Reply>> get_index(Call* call);
net::Task<Outcome<Reply>> delete_index(Call* call);
net::Task<Outcome<Reply>> index_exists(Call* call);
net::Task<Outcome<Reply>> get_settings(Call* call);
net::Task<Outcome<Reply>> put_settings(Call* call);

// mapping_admin.cc
net::Task<Outcome<Reply>> get_mapping(Call* call);
net::Task<Outcome<Reply>> put_mapping(Call* call);
net::Task<Outcome<Reply>> get_field_mapping(Call* call);

// maintenance.cc
net::Task<Outcome<Reply>> refresh_indices(Call* call);
net::Task<Outcome<Reply>> flush_indices(Call* call);  // and force merge, clear cache
net::Task<Outcome<Reply>> index_stats(Call* call);
net::Task<Outcome<Reply>> analyze_text(Call* call);

// alias_admin.cc
net::Task<Outcome<Reply>> put_alias(Call* call);
net::Task<Outcome<Reply>> delete_alias(Call* call);
net::Task<Outcome<Reply>> get_alias(Call* call);
net::Task<Outcome<Reply>> alias_exists(Call* call);
net::Task<Outcome<Reply>> update_aliases(Call* call);

// document.cc
net::Task<Outcome<Reply>> index_document(Call* call);
net::Task<Outcome<Reply>> create_document(Call* call);
net::Task<Outcome<Reply>> update_document(Call* call);
net::Task<Outcome<Reply>> delete_document(Call* call);
net::Task<Outcome<Reply>> get_document(Call* call);
net::Task<Outcome<Reply>> get_source(Call* call);
net::Task<Outcome<Reply>> multi_get(Call* call);

// bulk.cc
net::Task<Outcome<Reply>> bulk(Call* call);

// search.cc
net::Task<Outcome<Reply>> search_documents(Call* call);
net::Task<Outcome<Reply>> count_documents(Call* call);
net::Task<Outcome<Reply>> multi_search(Call* call);
net::Task<Outcome<Reply>> validate_query(Call* call);
net::Task<Outcome<Reply>> field_caps(Call* call);

// Known to Elasticsearch, not there yet: says so, naming the path.
net::Task<Outcome<Reply>> missing_endpoint(Call* call);

}  // namespace stele::elastic
