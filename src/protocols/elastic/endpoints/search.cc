#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/search/search_runner.h"

namespace stele::elastic {
namespace {

constexpr std::size_t kSearchesMax = 10'000;  // of one _msearch

// Parameters of a search over many shards: checked as Elasticsearch does, and without effect.
Outcome<> check_shard_parameters(const Parameters& parameters) {
  struct Row {
    std::string_view parameter;
    std::string_view name;
    std::int64_t least;
  };
  for (const Row& row : {Row{"batched_reduce_size", "batchedReduceSize", 2},
                         Row{"pre_filter_shard_size", "preFilterShardSize", 1},
                         Row{"max_concurrent_shard_requests", "maxConcurrentShardRequests", 1}}) {
    STELE_TRY(const std::int64_t value, parameters.integer(row.parameter, row.least));
    if (value < row.least) return illegal_argument(fmt::format("{} must be >= {}", row.name, row.least));
  }
  return {};
}

// Parameters that stand for what is not there yet.
Outcome<> refuse_missing(const Parameters& parameters) {
  for (const std::string_view name : {"scroll", "suggest_field", "suggest_text", "search_type"}) {
    if (!parameters.has(name)) continue;
    const std::string_view value = parameters.text(name);
    if (name == "search_type" && (value == "query_then_fetch" || value == "dfs_query_then_fetch")) continue;
    if (name == "search_type") return illegal_argument(fmt::format("No search type for [{}]", value));
    return not_supported(fmt::format("parameter [{}] is", name));
  }
  if (parameters.has("q")) {
    for (const std::string_view name : {"df", "default_operator", "analyzer", "analyze_wildcard"})
      if (parameters.has(name)) return not_supported(fmt::format("parameter [{}] with [q] is", name));
  }
  return {};
}

std::optional<json::Value> root_of(const std::optional<json::Document>& body) {
  return body ? std::optional<json::Value>(body->root()) : std::nullopt;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// One pair of lines of an _msearch: where, and what.
struct OneSearch {
  std::string index;
  IndicesOptions options;
  std::string_view body;
};

Outcome<std::string> read_indices(json::Value value) {
  if (value.is_array()) {
    std::vector<std::string> names;
    for (const json::Value element : value.elements()) names.push_back(scalar_text(element).value_or(""));
    return fmt::format("{}", fmt::join(names, ","));
  }
  return scalar_text(value).value_or("");
}

Outcome<OneSearch> read_header(std::string_view line, const OneSearch& defaults) {
  OneSearch search = defaults;
  if (is_blank(line)) return search;
  Result<json::Document> parsed = json::Document::parse_borrowed(line);
  if (!parsed || !parsed->root().is_object()) return parse_failure("Malformed header line of a multi search");
  for (const json::Member& member : parsed->root().members()) {
    const std::string text = scalar_text(member.value).value_or("");
    if (member.key == "index" || member.key == "indices") {
      STELE_TRY(search.index, read_indices(member.value));
    } else if (member.key == "ignore_unavailable") {
      search.options.ignore_unavailable = text == "true";
    } else if (member.key == "allow_no_indices") {
      search.options.allow_no_indices = text != "false";
    } else if (member.key == "expand_wildcards") {
      search.options.expand_hidden = text == "all" || text == "hidden";
    } else if (member.key != "search_type" && member.key != "preference" && member.key != "routing" &&
               member.key != "request_cache" && member.key != "allow_partial_search_results" &&
               member.key != "ccs_minimize_roundtrips" && member.key != "ignore_throttled") {
      return illegal_argument(fmt::format("key [{}] is not supported in the metadata section", member.key));
    }
  }
  return search;
}

Outcome<std::vector<OneSearch>> read_searches(std::string_view text, const OneSearch& defaults) {
  std::vector<OneSearch> searches;
  if (is_blank(text)) return parse_failure("request body or source parameter is required");
  if (!text.ends_with('\n'))
    return illegal_argument("The msearch request must be terminated by a newline [\\n]");
  while (!text.empty()) {
    const std::string_view header = next_line(text);
    if (is_blank(header) && text.empty()) break;
    STELE_TRY(OneSearch search, read_header(header, defaults));
    if (text.empty()) return validation_failure({"no requests added"});
    search.body = next_line(text);
    if (searches.size() >= kSearchesMax)
      return Failure{413, "content_too_long_exception", "too many searches in one request"};
    searches.push_back(std::move(search));
  }
  if (searches.empty()) return validation_failure({"no requests added"});
  return searches;
}

// "parsing_exception" → "ParsingException", as Elasticsearch tells a failure on one line.
std::string class_name(std::string_view type) {
  std::string name;
  bool begins = true;
  for (const char c : type) {
    if (c != '_') name += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c == '_';
  }
  return name;
}

}  // namespace

net::Task<Outcome<Reply>> search_documents(Call* call) {
  STELE_CO_RETURN_IF_ERROR(check_shard_parameters(call->parameters));
  STELE_CO_RETURN_IF_ERROR(refuse_missing(call->parameters));
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  auto text = co_await search(call, std::string(call->part("index")), options, root_of(body), call->body,
                              call->parameters);
  if (!text) co_return std::move(text).error();
  co_return json_reply(*std::move(text));
}

net::Task<Outcome<Reply>> count_documents(Call* call) {
  STELE_CO_RETURN_IF_ERROR(refuse_missing(call->parameters));
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  STELE_CO_TRY(const SearchTargets targets, find_targets(*call, call->part("index"), options));
  STELE_CO_RETURN_IF_ERROR(check_all_served(targets));
  STELE_CO_TRY(engine::Request request, prepare_count(targets, root_of(body), call->body, call->parameters));
  request.deadline = call->deadline;
  auto result = co_await run_search(call, &targets, std::move(request));
  if (!result) co_return std::move(result).error();
  const auto total = result->totals.find("matches");
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object();
  out.member("count", total == result->totals.end() ? 0 : total->second.value);
  out.key("_shards").begin_object();
  out.member("total", targets.shards)
      .member("successful", targets.shards)
      .member("skipped", 0)
      .member("failed", 0);
  out.end_object().end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> multi_search(Call* call) {
  OneSearch defaults;
  defaults.index = std::string(call->part("index"));
  STELE_CO_TRY(defaults.options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const std::vector<OneSearch> searches, read_searches(call->body, defaults));
  Parameters parameters;
  if (const auto as_int = call->parameters.get("rest_total_hits_as_int"))
    parameters.set("rest_total_hits_as_int", std::string(*as_int));
  std::vector<std::string> answers;
  for (const OneSearch& one : searches) {
    Outcome<std::string> answer = parse_failure("malformed body");
    Result<json::Document> body = json::Document::parse_borrowed(one.body);
    if (body && body->root().is_object()) {
      answer = co_await search(call, one.index, one.options, body->root(), one.body, parameters);
    } else if (!body) {
      answer = x_content_failure(body.error().message, {1, 1});
    }
    std::string text;
    if (answer) {
      text = *std::move(answer);
      text.back() = ',';
      text += "\"status\":200}";
    } else {
      text = error_body(answer.error());
    }
    answers.push_back(std::move(text));
  }
  co_return json_reply(
      fmt::format("{{\"took\":{},\"responses\":[{}]}}", call->took_ms(), fmt::join(answers, ",")));
}

net::Task<Outcome<Reply>> validate_query(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  STELE_CO_TRY(const SearchTargets targets, find_targets(*call, call->part("index"), options));
  STELE_CO_RETURN_IF_ERROR(check_all_served(targets));
  STELE_CO_TRY(const bool explain, call->parameters.boolean("explain", false));
  const Outcome<engine::Request> request =
      prepare_count(targets, root_of(body), call->body, call->parameters);
  // What is not there yet is not invalid.
  if (!request && request.error().type == "unsupported_operation_exception") co_return request.error();
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object();
  out.key("_shards").begin_object();
  out.member("total", 1).member("successful", 1).member("failed", 0).end_object();
  out.member("valid", request.has_value());
  if (!request && explain)
    out.member("error", fmt::format("{}[{}]", class_name(request.error().type), request.error().reason));
  out.end_object();
  co_return reply;
}

}  // namespace stele::elastic
