#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "json/writer.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/point/point_names.h"
#include "protocols/qdrant/point/selectors.h"
#include "protocols/qdrant/query/query_runner.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

using Parse = Outcome<QuerySpec> (*)(const Call&, const CollectionPtr&, json::Value);

void write_scored(json::Writer& writer, Call* call, const Collection& collection, const Scored& scored,
                  const Selectors& selectors) {
  const engine::Document& document = *scored.document;
  const PointId id = PointId::of(document.key);
  call->services->names->learn(id, document.key);
  writer.begin_object().key("id");
  id.write(writer);
  writer.member("version", static_cast<std::uint64_t>(std::max<std::int64_t>(0, document.seq_no)));
  writer.member("score", scored.score);
  write_point_parts(writer, collection, document, selectors);
  if (!scored.order_value.empty()) writer.key("order_value").raw(scored.order_value);
  writer.end_object();
}

void write_list(json::Writer& writer, Call* call, const Collection& collection,
                const std::vector<Scored>& list, const Selectors& selectors) {
  writer.begin_array();
  for (const Scored& scored : list) write_scored(writer, call, collection, scored, selectors);
  writer.end_array();
}

// The body is one request, or {"searches": […]}; a query's points stand in an object, a search's do not.
net::Task<Outcome<Reply>> run(Call* call, Parse parse, bool batch, bool in_object) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  std::vector<json::Value> requests;
  if (batch) {
    const auto searches = body.root().find("searches");
    if (!searches || !searches->is_array()) co_return format_error("missing field `searches`");
    for (const json::Value search : searches->elements()) requests.push_back(search);
  } else {
    requests.push_back(body.root());
  }
  std::vector<QuerySpec> specs;
  std::vector<Selectors> selectors;
  for (const json::Value request : requests) {
    if (!request.is_object()) co_return format_error("invalid type: expected a map");
    STELE_CO_TRY(QuerySpec spec, parse(*call, collection, request));
    STELE_CO_TRY(Selectors wanted, Selectors::read(*collection, request, false));
    specs.push_back(std::move(spec));
    selectors.push_back(std::move(wanted));
  }
  auto ran = co_await run_queries(call, collection, std::move(specs));
  STELE_CO_TRY(const auto results, std::move(ran));
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  if (batch) writer.begin_array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (in_object) writer.begin_object().key("points");
    write_list(writer, call, *collection, results[i], selectors[i]);
    if (in_object) writer.end_object();
  }
  if (batch) writer.end_array();
  co_return reply;
}

struct Group {
  std::string id;  // JSON
  std::vector<const Scored*> hits;
};

// A group for each value at the path, in the order of their best points.
std::vector<Group> group(const std::vector<Scored>& list, const JsonPath& path, std::size_t groups_max,
                         std::size_t size_max) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> places;
  for (const Scored& scored : list) {
    const auto payload = json::Document::parse_borrowed(scored.document->source);
    if (!payload) continue;
    std::vector<std::string> values;
    const auto take = [&values](json::Value value) {
      if (!value.is_string() && !value.is_integer()) return;
      std::string text(value.raw());
      if (std::ranges::find(values, text) == values.end()) values.push_back(std::move(text));
    };
    path.visit(payload->root(), [&take](json::Value value) {
      if (!value.is_array()) take(value);
      if (value.is_array())
        for (const json::Value element : value.elements()) take(element);
      return false;
    });
    for (const std::string& value : values) {
      const auto [found, added] = places.try_emplace(value, groups.size());
      if (added) groups.push_back({value, {}});
      Group& here = groups[found->second];
      if (here.hits.size() < size_max) here.hits.push_back(&scored);
    }
  }
  if (groups.size() > groups_max) groups.resize(groups_max);
  return groups;
}

net::Task<Outcome<Reply>> run_groups(Call* call, Parse parse) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  if (!body.root().is_object()) co_return format_error("invalid type: expected a map");
  const auto by = body.root().find("group_by");
  const auto path = by && by->is_string() ? JsonPath::parse(by->string()) : std::nullopt;
  if (!path) co_return format_error("missing field `group_by`");
  if (const auto lookup = body.root().find("with_lookup"); lookup && !lookup->is_null())
    co_return not_supported("with_lookup");
  std::size_t size = 3;
  if (const auto given = body.root().find("group_size"); given && !given->is_null()) {
    const auto count = given->as_uint64();
    if (!count || *count == 0) co_return invalid_body("group_size", "value 0 invalid, must be 1 or larger");
    size = *count;
  }
  STELE_CO_TRY(QuerySpec spec, parse(*call, collection, body.root()));
  STELE_CO_TRY(const Selectors selectors, Selectors::read(*collection, body.root(), false));
  // All that match are ranked, so that no group is missed.
  const std::size_t groups_max = std::exchange(spec.limit, 10'000'000);
  std::vector<QuerySpec> specs;
  specs.push_back(std::move(spec));
  auto ran = co_await run_queries(call, collection, std::move(specs));
  STELE_CO_TRY(const auto results, std::move(ran));
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().key("groups").begin_array();
  for (const Group& each : group(results[0], *path, groups_max, size)) {
    writer.begin_object().key("hits").begin_array();
    for (const Scored* scored : each.hits) write_scored(writer, call, *collection, *scored, selectors);
    writer.end_array().key("id").raw(each.id).end_object();
  }
  writer.end_array().end_object();
  co_return reply;
}

}  // namespace

net::Task<Outcome<Reply>> search_points(Call* call) {
  return run(call, parse_search, false, false);
}
net::Task<Outcome<Reply>> search_points_batch(Call* call) {
  return run(call, parse_search, true, false);
}
net::Task<Outcome<Reply>> search_groups(Call* call) {
  return run_groups(call, parse_search);
}
net::Task<Outcome<Reply>> recommend_points(Call* call) {
  return run(call, parse_recommend, false, false);
}
net::Task<Outcome<Reply>> recommend_groups(Call* call) {
  return run_groups(call, parse_recommend);
}
net::Task<Outcome<Reply>> discover_points(Call* call) {
  return run(call, parse_discover, false, false);
}
net::Task<Outcome<Reply>> discover_points_batch(Call* call) {
  return run(call, parse_discover, true, false);
}
net::Task<Outcome<Reply>> recommend_points_batch(Call* call) {
  return run(call, parse_recommend, true, false);
}
net::Task<Outcome<Reply>> query_points(Call* call) {
  return run(call, parse_query, false, true);
}
net::Task<Outcome<Reply>> query_points_batch(Call* call) {
  return run(call, parse_query, true, true);
}
net::Task<Outcome<Reply>> query_groups(Call* call) {
  return run_groups(call, parse_query);
}

}  // namespace stele::qdrant
