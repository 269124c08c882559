#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/query/request.h"
#include "json/document.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/json_filter.h"
#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/query_parser.h"

namespace stele::elastic {

// Which part of a document's source is answered, and which of its stored fields?
struct SourceFilter {
  bool enabled = true;
  JsonFilter filter;
  std::vector<std::string> stored;  // patterns of fields with "store": true

  // stored_fields: "_source" among them asks for the source; without it there is none, unless the request
  // says what it wants of the source by other means.
  void ask_stored(std::vector<std::string> names, bool source_is_given);
  // A name or a list of names.
  Outcome<> ask_stored(json::Value names, bool source_is_given);

  // A body's `_source`: true, false, "a.*", ["a", "b"], {"includes": …, "excludes": …}.
  static Outcome<SourceFilter> from_body(json::Value value);
  // The parameters _source, _source_includes and _source_excludes; nothing where none is given.
  static Outcome<std::optional<SourceFilter>> from_parameters(const Parameters& parameters);
};

// `fields` and `docvalue_fields`.
struct FieldRequest {
  std::string pattern;
  std::string format;
};

// What a _search asks, read and checked: the engine's stages, and how hits are told.
struct SearchRequest {
  engine::Stage root;                               // its last step is a Select
  std::string totals_stage;                         // whose matches hits.total counts
  std::vector<engine::SortKey> sort;                // as in the root's Select; empty = by score
  std::vector<std::string> sort_formats;            // one a key; empty = as Elasticsearch tells it by default
  std::optional<std::size_t> totals_limit = 10000;  // none: exact
  bool count_totals = true;
  bool totals_as_integer = false;
  bool scores = true;  // told; null else
  std::size_t from = 0;
  std::size_t size = 10;
  SourceFilter source;
  bool source_is_given = false;
  std::vector<FieldRequest> fields;
  std::vector<FieldRequest> docvalue_fields;
  bool version = false;
  bool seq_no_primary_term = false;
  bool explain = false;
  bool named_queries_scores = false;
  std::optional<Duration> timeout;
  bool partial_allowed = true;
  std::vector<std::pair<std::string, float>> indices_boost;  // as named; the first of an index counts
};

// The body of a _search with the parameters that stand for parts of it (q, from, size, sort, _source…, …).
// `text` is what the body's values belong to. What is not there yet is refused by name.
Outcome<SearchRequest> parse_search(const QueryScope& scope, std::optional<json::Value> body,
                                    std::string_view text, const Parameters& parameters);

// search_sort.cc
struct SortRequest {
  std::vector<engine::SortKey> keys;
  std::vector<std::string> formats;
  bool by_score = false;  // _score is among the keys
};
Outcome<SortRequest> parse_sort(const QueryScope& scope, json::Value sort, std::string_view text);
Outcome<SortRequest> parse_sort_parameter(const QueryScope& scope, const std::vector<std::string>& sort);
// search_after's values as the engine compares them.
Outcome<std::vector<engine::Value>> parse_search_after(const QueryScope& scope, const SortRequest& sort,
                                                       json::Value values);

// search_knn.cc
struct KnnSearch {
  engine::Stage stage;
  float boost = 1;
};
Outcome<std::vector<KnnSearch>> parse_knn(QueryParser& parser, json::Value knn, std::size_t default_k);

}  // namespace stele::elastic
