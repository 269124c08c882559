#include <array>

#include "protocols/elastic/endpoint.h"
#include "protocols/elastic/endpoints/handlers.h"

// Groups of parameters, so that rows stay lines.
#define STELE_INDICES "ignore_unavailable allow_no_indices expand_wildcards ignore_throttled "
#define STELE_TIMEOUTS "timeout master_timeout wait_for_active_shards "
#define STELE_SOURCE "_source _source_includes _source_excludes stored_fields "
#define STELE_WRITE                                                                                \
  "refresh routing timeout wait_for_active_shards if_seq_no if_primary_term version version_type " \
  "require_alias "                                                                                 \
  "pipeline require_data_stream include_source_on_error "
#define STELE_CAT "h s v help bytes time local master_timeout "
#define STELE_TERM_VECTORS \
  "fields offsets positions payloads term_statistics field_statistics realtime routing preference version "
#define STELE_CLUSTER_STATE \
  STELE_INDICES "local master_timeout flat_settings wait_for_metadata_version wait_for_timeout "
#define STELE_GET STELE_SOURCE "realtime refresh routing preference version version_type "
#define STELE_QUERY "q df default_operator analyzer analyze_wildcard lenient routing preference "
#define STELE_SEARCH                                                                                         \
  STELE_INDICES STELE_SOURCE STELE_QUERY                                                                     \
      "from size sort timeout terminate_after track_scores track_total_hits rest_total_hits_as_int version " \
      "seq_no_primary_term explain docvalue_fields stats search_type request_cache batched_reduce_size "     \
      "scroll "                                                                                              \
      "ccs_minimize_roundtrips max_concurrent_shard_requests pre_filter_shard_size typed_keys "              \
      "allow_partial_search_results suggest_field suggest_mode suggest_size suggest_text "                   \
      "min_compatible_shard_node force_synthetic_source include_named_queries_score "

namespace stele::elastic {
namespace {

constexpr std::array kEndpoints = {
    Endpoint{"GET HEAD", "/", "", get_info},
    Endpoint{"GET", "/_license", "local accept_enterprise", get_license},
    Endpoint{"GET", "/_xpack", "categories accept_enterprise", get_xpack},
    Endpoint{"GET", "/_security/_authenticate", "", get_authenticate},
    Endpoint{"GET", "/_nodes", "timeout flat_settings", get_nodes},
    Endpoint{"GET", "/_nodes/{node_id}", "timeout flat_settings", get_nodes},
    Endpoint{"GET", "/_nodes/{node_id}/{metric}", "timeout flat_settings", get_nodes},
    Endpoint{"GET", "/_tasks", "actions detailed group_by nodes parent_task_id timeout wait_for_completion",
             get_tasks},

    Endpoint{"GET", "/_cluster/health",
             STELE_INDICES STELE_TIMEOUTS
             "level local wait_for_status wait_for_nodes wait_for_events wait_for_no_relocating_shards "
             "wait_for_no_initializing_shards",
             get_cluster_health},
    Endpoint{"GET", "/_cluster/health/{index}",
             STELE_INDICES STELE_TIMEOUTS
             "level local wait_for_status wait_for_nodes wait_for_events wait_for_no_relocating_shards "
             "wait_for_no_initializing_shards",
             get_cluster_health},
    Endpoint{"GET", "/_cluster/settings", STELE_TIMEOUTS "flat_settings include_defaults",
             get_cluster_settings},
    Endpoint{"PUT", "/_cluster/settings", STELE_TIMEOUTS "flat_settings", missing_endpoint},
    Endpoint{"GET", "/_cluster/stats", "timeout flat_settings include_remotes", get_cluster_stats},

    Endpoint{"GET", "/_cluster/pending_tasks", "local master_timeout", get_pending_tasks},
    Endpoint{"GET", "/_remote/info", "", get_remote_info},

    Endpoint{"GET", "/_cat", "", cat_help},
    Endpoint{"GET", "/_cat/indices", STELE_CAT "health pri include_unloaded_segments expand_wildcards",
             cat_indices},
    Endpoint{"GET", "/_cat/indices/{index}",
             STELE_CAT "health pri include_unloaded_segments expand_wildcards", cat_indices},
    Endpoint{"GET", "/_cat/health", STELE_CAT "ts", cat_health},
    Endpoint{"GET", "/_cat/count", STELE_CAT, cat_count},
    Endpoint{"GET", "/_cat/count/{index}", STELE_CAT, cat_count},
    Endpoint{"GET", "/_cat/aliases", STELE_CAT "expand_wildcards", cat_aliases},
    Endpoint{"GET", "/_cat/aliases/{name}", STELE_CAT "expand_wildcards", cat_aliases},
    Endpoint{"GET", "/_cat/nodes", STELE_CAT "full_id include_unloaded_segments", cat_nodes},
    Endpoint{"GET", "/_cat/{table}", STELE_CAT, missing_endpoint},
    Endpoint{"GET", "/_cat/{table}/{name}", STELE_CAT, missing_endpoint},

    Endpoint{"PUT", "/{index}", STELE_TIMEOUTS, create_index},
    Endpoint{"GET", "/{index}", STELE_INDICES "flat_settings include_defaults local master_timeout features",
             get_index},
    Endpoint{"DELETE", "/{index}", STELE_INDICES STELE_TIMEOUTS, delete_index},
    Endpoint{"HEAD", "/{index}", STELE_INDICES "flat_settings include_defaults local", index_exists},
    Endpoint{"GET", "/_settings", STELE_INDICES "flat_settings include_defaults local master_timeout",
             get_settings},
    Endpoint{"GET", "/_settings/{name}", STELE_INDICES "flat_settings include_defaults local master_timeout",
             get_settings},
    Endpoint{"GET", "/{index}/_settings", STELE_INDICES "flat_settings include_defaults local master_timeout",
             get_settings},
    Endpoint{"GET", "/{index}/_settings/{name}",
             STELE_INDICES "flat_settings include_defaults local master_timeout", get_settings},
    Endpoint{"PUT", "/_settings", STELE_INDICES STELE_TIMEOUTS "flat_settings preserve_existing reopen",
             put_settings},
    Endpoint{"PUT", "/{index}/_settings",
             STELE_INDICES STELE_TIMEOUTS "flat_settings preserve_existing reopen", put_settings},
    Endpoint{"GET", "/_mapping", STELE_INDICES "local master_timeout", get_mapping},
    Endpoint{"GET", "/{index}/_mapping", STELE_INDICES "local master_timeout", get_mapping},
    Endpoint{"PUT POST", "/{index}/_mapping", STELE_INDICES STELE_TIMEOUTS "write_index_only", put_mapping},
    Endpoint{"GET", "/_mapping/field/{fields}", STELE_INDICES "include_defaults local", get_field_mapping},
    Endpoint{"GET", "/{index}/_mapping/field/{fields}", STELE_INDICES "include_defaults local",
             get_field_mapping},

    Endpoint{"GET", "/_alias", STELE_INDICES "local master_timeout", get_alias},
    Endpoint{"GET", "/_alias/{name}", STELE_INDICES "local master_timeout", get_alias},
    Endpoint{"GET", "/{index}/_alias", STELE_INDICES "local master_timeout", get_alias},
    Endpoint{"GET", "/{index}/_alias/{name}", STELE_INDICES "local master_timeout", get_alias},
    Endpoint{"HEAD", "/_alias/{name}", STELE_INDICES "local master_timeout", alias_exists},
    Endpoint{"HEAD", "/{index}/_alias/{name}", STELE_INDICES "local master_timeout", alias_exists},
    Endpoint{"PUT POST", "/{index}/_alias/{name}", STELE_TIMEOUTS, put_alias},
    Endpoint{"PUT POST", "/{index}/_aliases/{name}", STELE_TIMEOUTS, put_alias},
    Endpoint{"DELETE", "/{index}/_alias/{name}", STELE_TIMEOUTS, delete_alias},
    Endpoint{"DELETE", "/{index}/_aliases/{name}", STELE_TIMEOUTS, delete_alias},
    Endpoint{"POST", "/_aliases", STELE_TIMEOUTS, update_aliases},

    Endpoint{"GET POST", "/_refresh", STELE_INDICES, refresh_indices},
    Endpoint{"GET POST", "/{index}/_refresh", STELE_INDICES, refresh_indices},
    Endpoint{"GET POST", "/_flush", STELE_INDICES "force wait_if_ongoing", flush_indices},
    Endpoint{"GET POST", "/{index}/_flush", STELE_INDICES "force wait_if_ongoing", flush_indices},
    Endpoint{"POST", "/_forcemerge",
             STELE_INDICES "flush max_num_segments only_expunge_deletes wait_for_completion", flush_indices},
    Endpoint{"POST", "/{index}/_forcemerge",
             STELE_INDICES "flush max_num_segments only_expunge_deletes wait_for_completion", flush_indices},
    Endpoint{"POST", "/_cache/clear", STELE_INDICES "query fielddata request fields", flush_indices},
    Endpoint{"POST", "/{index}/_cache/clear", STELE_INDICES "query fielddata request fields", flush_indices},
    Endpoint{"GET", "/_stats", STELE_INDICES "level human forbid_closed_indices", index_stats},
    Endpoint{"GET", "/_stats/{metric}", STELE_INDICES "level human forbid_closed_indices", index_stats},
    Endpoint{"GET", "/{index}/_stats", STELE_INDICES "level human forbid_closed_indices", index_stats},
    Endpoint{"GET", "/{index}/_stats/{metric}", STELE_INDICES "level human forbid_closed_indices",
             index_stats},
    Endpoint{"GET POST", "/_analyze", "", analyze_text},
    Endpoint{"GET POST", "/{index}/_analyze", "", analyze_text},

    Endpoint{"PUT POST", "/{index}/_doc/{id}", STELE_WRITE "op_type", index_document},
    Endpoint{"POST", "/{index}/_doc", STELE_WRITE "op_type", index_document},
    Endpoint{"PUT POST", "/{index}/_create/{id}", STELE_WRITE, create_document},
    Endpoint{"POST", "/{index}/_update/{id}", STELE_WRITE STELE_SOURCE "lang retry_on_conflict",
             update_document},
    Endpoint{"DELETE", "/{index}/_doc/{id}", STELE_WRITE, delete_document},
    Endpoint{"GET HEAD", "/{index}/_doc/{id}", STELE_GET, get_document},
    Endpoint{"GET HEAD", "/{index}/_source/{id}", STELE_GET, get_source},
    Endpoint{"GET POST", "/_mget", STELE_GET, multi_get},
    Endpoint{"GET POST", "/{index}/_mget", STELE_GET, multi_get},
    Endpoint{"PUT POST", "/_bulk",
             STELE_SOURCE "refresh routing timeout wait_for_active_shards pipeline require_alias type "
                          "list_executed_pipelines require_data_stream include_source_on_error",
             bulk},
    Endpoint{"PUT POST", "/{index}/_bulk",
             STELE_SOURCE "refresh routing timeout wait_for_active_shards pipeline require_alias type "
                          "list_executed_pipelines require_data_stream include_source_on_error",
             bulk},

    Endpoint{"GET POST", "/_search", STELE_SEARCH, search_documents},
    Endpoint{"GET POST", "/{index}/_search", STELE_SEARCH, search_documents},
    Endpoint{"GET POST", "/_count", STELE_INDICES STELE_QUERY "min_score terminate_after", count_documents},
    Endpoint{"GET POST", "/{index}/_count", STELE_INDICES STELE_QUERY "min_score terminate_after",
             count_documents},
    Endpoint{"GET POST", "/_msearch",
             STELE_INDICES
             "max_concurrent_searches rest_total_hits_as_int typed_keys search_type "
             "ccs_minimize_roundtrips max_concurrent_shard_requests pre_filter_shard_size routing "
             "include_named_queries_score",
             multi_search},
    Endpoint{"GET POST", "/{index}/_msearch",
             STELE_INDICES
             "max_concurrent_searches rest_total_hits_as_int typed_keys search_type "
             "ccs_minimize_roundtrips max_concurrent_shard_requests pre_filter_shard_size routing "
             "include_named_queries_score",
             multi_search},
    Endpoint{"GET POST", "/_validate/query", STELE_INDICES STELE_QUERY "explain rewrite all_shards",
             validate_query},
    Endpoint{"GET POST", "/{index}/_validate/query", STELE_INDICES STELE_QUERY "explain rewrite all_shards",
             validate_query},
    Endpoint{"GET POST", "/_field_caps",
             STELE_INDICES "fields include_unmapped filters types include_empty_fields", field_caps},
    Endpoint{"GET POST", "/{index}/_field_caps",
             STELE_INDICES "fields include_unmapped filters types include_empty_fields", field_caps},

    // Elasticsearch's, not there yet.
    Endpoint{"GET POST DELETE", "/_search/scroll", "scroll scroll_id rest_total_hits_as_int",
             missing_endpoint},
    Endpoint{"GET POST DELETE", "/_search/scroll/{scroll_id}", "scroll rest_total_hits_as_int",
             missing_endpoint},
    Endpoint{"GET POST", "/_search/template", STELE_SEARCH, missing_endpoint},
    Endpoint{"GET POST", "/{index}/_search/template", STELE_SEARCH, missing_endpoint},
    Endpoint{"GET POST", "/_msearch/template", STELE_INDICES, missing_endpoint},
    Endpoint{"POST", "/{index}/_pit", STELE_INDICES "keep_alive preference routing", missing_endpoint},
    Endpoint{"DELETE", "/_pit", "", missing_endpoint},
    Endpoint{"POST", "/_async_search", STELE_SEARCH, missing_endpoint},
    Endpoint{"POST", "/{index}/_async_search", STELE_SEARCH, missing_endpoint},
    Endpoint{"POST", "/_reindex",
             "refresh timeout wait_for_active_shards wait_for_completion slices max_docs scroll "
             "requests_per_second require_alias",
             missing_endpoint},
    Endpoint{"POST", "/{index}/_update_by_query",
             STELE_SEARCH
             "refresh conflicts slices wait_for_completion requests_per_second max_docs scroll_size "
             "wait_for_active_shards pipeline search_timeout",
             missing_endpoint},
    Endpoint{"POST", "/{index}/_delete_by_query",
             STELE_SEARCH
             "refresh conflicts slices wait_for_completion requests_per_second max_docs scroll_size "
             "wait_for_active_shards search_timeout",
             missing_endpoint},
    Endpoint{"GET POST", "/{index}/_explain/{id}", STELE_SOURCE STELE_QUERY, missing_endpoint},
    Endpoint{"GET POST", "/{index}/_termvectors/{id}", STELE_TERM_VECTORS, missing_endpoint},
    Endpoint{"GET POST", "/_rank_eval", STELE_INDICES, missing_endpoint},
    Endpoint{"POST", "/{index}/_open", STELE_INDICES STELE_TIMEOUTS, missing_endpoint},
    Endpoint{"POST", "/{index}/_close", STELE_INDICES STELE_TIMEOUTS, missing_endpoint},
    Endpoint{"POST", "/{index}/_rollover", STELE_TIMEOUTS "dry_run", missing_endpoint},
    Endpoint{"PUT POST", "/{index}/_clone/{target}", STELE_TIMEOUTS, missing_endpoint},
    Endpoint{"GET PUT POST DELETE HEAD", "/_template/{name}",
             STELE_TIMEOUTS "flat_settings create order local", missing_endpoint},
    Endpoint{"GET PUT POST DELETE HEAD", "/_index_template/{name}",
             STELE_TIMEOUTS "flat_settings create cause local include_defaults", missing_endpoint},
    Endpoint{"GET PUT POST DELETE HEAD", "/_component_template/{name}",
             STELE_TIMEOUTS "flat_settings create cause local include_defaults", missing_endpoint},
    Endpoint{"GET PUT DELETE HEAD", "/_data_stream/{name}", STELE_TIMEOUTS STELE_INDICES, missing_endpoint},
    Endpoint{"GET PUT DELETE", "/_ingest/pipeline/{id}", STELE_TIMEOUTS "summary", missing_endpoint},
    Endpoint{"GET PUT POST DELETE", "/_scripts/{id}", STELE_TIMEOUTS "context", missing_endpoint},
    Endpoint{"GET PUT POST DELETE", "/_snapshot/{repository}", STELE_TIMEOUTS "verify local",
             missing_endpoint},
    Endpoint{"GET PUT DELETE", "/_ilm/policy/{policy}", STELE_TIMEOUTS, missing_endpoint},
    Endpoint{"GET", "/_resolve/index/{name}", STELE_INDICES, missing_endpoint},
    Endpoint{"GET", "/_tasks/{task_id}", "timeout wait_for_completion", missing_endpoint},
    Endpoint{"POST", "/_tasks/_cancel", "actions nodes parent_task_id wait_for_completion", missing_endpoint},
    Endpoint{"POST", "/_tasks/{task_id}/_cancel", "wait_for_completion", missing_endpoint},
    Endpoint{"GET", "/_cluster/state", STELE_CLUSTER_STATE, missing_endpoint},
    Endpoint{"GET", "/_cluster/state/{metric}", STELE_CLUSTER_STATE, missing_endpoint},
    Endpoint{"GET", "/_cluster/state/{metric}/{index}", STELE_CLUSTER_STATE, missing_endpoint},
    Endpoint{"GET POST", "/_cluster/allocation/explain", "include_yes_decisions include_disk_info",
             missing_endpoint},
    Endpoint{"POST", "/_cluster/reroute", STELE_TIMEOUTS "dry_run explain metric retry_failed",
             missing_endpoint},
    Endpoint{"POST DELETE", "/_cluster/voting_config_exclusions",
             STELE_TIMEOUTS "node_ids node_names wait_for_removal", missing_endpoint},
    Endpoint{"GET", "/_nodes/hot_threads",
             "ignore_idle_threads interval snapshots sort threads timeout type doc_type", missing_endpoint},
    Endpoint{"PUT", "/{index}/_block/{block}", STELE_INDICES STELE_TIMEOUTS, missing_endpoint},
    Endpoint{"GET", "/_recovery", STELE_INDICES "active_only detailed", missing_endpoint},
    Endpoint{"GET", "/{index}/_recovery", STELE_INDICES "active_only detailed", missing_endpoint},
    Endpoint{"GET", "/_segments", STELE_INDICES "verbose", missing_endpoint},
    Endpoint{"GET", "/{index}/_segments", STELE_INDICES "verbose", missing_endpoint},
    Endpoint{"GET", "/_shard_stores", STELE_INDICES "status", missing_endpoint},
    Endpoint{"GET", "/{index}/_shard_stores", STELE_INDICES "status", missing_endpoint},
    Endpoint{"GET POST", "/_search_shards", STELE_INDICES "routing preference local", missing_endpoint},
    Endpoint{"GET POST", "/{index}/_search_shards", STELE_INDICES "routing preference local",
             missing_endpoint},
    Endpoint{"PUT POST", "/{index}/_shrink/{target}", STELE_TIMEOUTS "copy_settings", missing_endpoint},
    Endpoint{"PUT POST", "/{index}/_split/{target}", STELE_TIMEOUTS "copy_settings", missing_endpoint},
    Endpoint{"GET POST", "/{index}/_terms_enum", "", missing_endpoint},
    Endpoint{"GET POST", "/_mtermvectors", "ids " STELE_TERM_VECTORS, missing_endpoint},
    Endpoint{"GET POST", "/{index}/_mtermvectors", "ids " STELE_TERM_VECTORS, missing_endpoint},
    Endpoint{"POST", "/_sql", "", missing_endpoint},
    Endpoint{"POST", "/_query", "drop_null_columns delimiter", missing_endpoint},
};

}  // namespace

std::span<const Endpoint> endpoints() {
  return kEndpoints;
}

}  // namespace stele::elastic
