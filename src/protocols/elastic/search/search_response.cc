#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json/writer.h"
#include "protocols/elastic/search/field_values.h"
#include "protocols/elastic/search/search_runner.h"

namespace stele::elastic {
namespace {

void write_shards(json::Writer& out, std::size_t shards) {
  out.key("_shards").begin_object();
  out.member("total", shards).member("successful", shards).member("skipped", 0).member("failed", 0);
  out.end_object();
}

void write_total(json::Writer& out, const SearchRequest& request, const engine::Total& total) {
  if (request.totals_as_integer) {
    if (request.count_totals)
      out.member("total", total.value);
    else
      out.member("total", -1);
    return;
  }
  if (!request.count_totals) return;
  out.key("total").begin_object();
  out.member("value", total.value);
  out.member("relation", total.at_least ? "gte" : "eq");
  out.end_object();
}

// Instants of date_nanos are told in nanoseconds, of date in milliseconds where that loses nothing, else as
// text with all their digits.
void write_sort_value(json::Writer& out, const QueryScope& scope, const engine::SortKey& key,
                      const std::string& format, const engine::Value& value) {
  const engine::FieldDefinition* field =
      key.kind == engine::SortKey::Kind::kField ? scope.field(key.field) : nullptr;
  if (field != nullptr && field->type == engine::FieldType::kDate && value.integer() != nullptr) {
    const std::int64_t ns = *value.integer();
    const views::FieldReading* reading = scope.reading(key.field);
    if (format.empty() && reading != nullptr && reading->type == "date_nanos") {
      out.integer(ns);
    } else if (format.empty() && ns % 1'000'000 == 0) {
      out.integer(ns / 1'000'000);
    } else {
      out.string(engine::format_iso_date(ns));
    }
    return;
  }
  if (field != nullptr && field->type == engine::FieldType::kBoolean && value.boolean() != nullptr) {
    out.integer(*value.boolean() ? 1 : 0);
    return;
  }
  write_value(out, value);
}

void write_score(json::Writer& out, std::string_view name, std::optional<float> score) {
  out.key(name);
  if (score && std::isfinite(*score)) {
    out.number(*score);
  } else {
    out.null();
  }
}

void write_source(json::Writer& out, const SearchRequest& request, const engine::Document& document) {
  if (!request.source.enabled || document.source.empty()) return;
  out.key("_source");
  if (request.source.filter.keeps_all()) {
    out.raw(document.source);
    return;
  }
  Result<json::Document> parsed = json::Document::parse_borrowed(document.source);
  if (parsed) {
    request.source.filter.apply(parsed->root(), out);
  } else {
    out.raw("{}");
  }
}

void write_hit(json::Writer& out, const SearchTargets& targets, const SearchRequest& request,
               const engine::Hit& hit) {
  out.begin_object();
  out.member("_index", targets.indices[hit.target].index->name);
  out.member("_id", hit.key.to_string());
  const engine::Document* document = hit.document.get();
  if (document != nullptr && request.version) out.member("_version", document->version);
  if (document != nullptr && request.seq_no_primary_term) {
    out.member("_seq_no", document->seq_no);
    out.member("_primary_term", 1);
  }
  write_score(out, "_score", request.scores ? hit.score : std::nullopt);
  if (document != nullptr && !document->routing.empty()) out.member("_routing", document->routing);
  if (document != nullptr) {
    write_source(out, request, *document);
    if (!request.fields.empty() || !request.docvalue_fields.empty() || !request.source.stored.empty())
      write_fields(out, targets.scope, targets.metadata[hit.target], request, hit);
  }
  if (!request.sort.empty()) {
    out.key("sort").begin_array();
    for (std::size_t i = 0; i < hit.sort_values.size() && i < request.sort.size(); ++i)
      write_sort_value(out, targets.scope, request.sort[i], request.sort_formats[i], hit.sort_values[i]);
    out.end_array();
  }
  if (!hit.matched_names.empty()) {
    out.key("matched_queries").begin_array();
    for (const std::string& name : hit.matched_names) out.string(name);
    out.end_array();
  }
  out.end_object();
}

}  // namespace

std::string search_body(const Call& call, const SearchTargets& targets, const SearchRequest& request,
                        const engine::SearchResult& result) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("took", call.took_ms());
  out.member("timed_out", false);
  write_shards(out, targets.shards);
  out.key("hits").begin_object();
  const auto total = result.totals.find(request.totals_stage);
  write_total(out, request, total == result.totals.end() ? engine::Total{} : total->second);
  const bool has_hits = !result.hits.empty();
  write_score(out, "max_score", request.scores && has_hits ? result.max_score : std::nullopt);
  out.key("hits").begin_array();
  for (const engine::Hit& hit : result.hits) write_hit(out, targets, request, hit);
  out.end_array().end_object().end_object();
  return text;
}

std::string timed_out_body(const Call& call, const SearchTargets& targets, const SearchRequest& request) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("took", call.took_ms());
  out.member("timed_out", true);
  write_shards(out, targets.shards);
  out.key("hits").begin_object();
  write_total(out, request, {0, true});
  out.member("max_score", nullptr);
  out.key("hits").begin_array().end_array().end_object().end_object();
  return text;
}

}  // namespace stele::elastic
