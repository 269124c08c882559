#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/engine.h"
#include "json/writer.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/filter/payload_filter.h"
#include "protocols/qdrant/point/point_keys.h"
#include "protocols/qdrant/point/point_names.h"
#include "protocols/qdrant/point/select_points.h"
#include "protocols/qdrant/point/selectors.h"
#include "protocols/qdrant/query/order_by.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

constexpr std::size_t kLimitMax = 10'000'000;

void write_record(json::Writer& writer, Call* call, const Collection& collection,
                  const engine::Document& document, const Selectors& selectors,
                  const std::string& order_value = {}) {
  const PointId id = PointId::of(document.key);
  call->services->names->learn(id, document.key);
  writer.begin_object().key("id");
  id.write(writer);
  write_point_parts(writer, collection, document, selectors);
  if (!order_value.empty()) writer.key("order_value").raw(order_value);
  writer.end_object();
}

// Of two values as JSON: numbers in their order, then texts in theirs.
bool comes_first(const std::string& left, const std::string& right) {
  const auto number_of = [](const std::string& text) -> std::optional<std::int64_t> {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::optional(number) : std::nullopt;
  };
  const auto a = number_of(left);
  const auto b = number_of(right);
  if (a && b && *a != *b) return *a < *b;
  if (a.has_value() != b.has_value()) return a.has_value();
  return left < right;
}

// From `offset` on, in the order of ids.
class FromId final : public engine::DocumentTest {
 public:
  explicit FromId(engine::DocKey first) : first_(std::move(first)) {}
  bool matches(const engine::Document& document) const override { return !(document.key < first_); }

 private:
  engine::DocKey first_;
};

struct ScrollRequest {
  FilterPtr filter;
  Selectors selectors;
  std::optional<OrderBy> order_by;
  std::optional<PointId> offset;
  std::size_t limit = 10;
};

Outcome<ScrollRequest> read_scroll(const Collection& collection, json::Value body) {
  ScrollRequest request;
  STELE_TRY(request.selectors, Selectors::read(collection, body, true));
  if (const auto filter = body.find("filter")) {
    STELE_TRY(request.filter, parse_filter(*filter));
  }
  if (const auto limit = body.find("limit"); limit && !limit->is_null()) {
    const auto count = limit->as_uint64();
    if (!count) return format_error("invalid type: limit, expected usize");
    if (*count == 0) return invalid_body("limit", "value 0 invalid, must be 1 or larger");
    request.limit = std::min<std::uint64_t>(*count, kLimitMax);
  }
  if (const auto offset = body.find("offset"); offset && !offset->is_null()) {
    STELE_TRY(PointId id, PointId::from_json(*offset));
    request.offset = std::move(id);
  }
  if (const auto order = body.find("order_by"); order && !order->is_null()) {
    STELE_TRY(request.order_by, OrderBy::read(collection, *order));
    if (request.offset)
      return bad_request(
          "Cannot use an `offset` when using `order_by`. The alternative for paging is to use "
          "`order_by.start_from` and a filter to exclude the IDs that you've already seen for the "
          "`order_by.start_from` value");
  }
  return request;
}

net::Task<Outcome<Reply>> scroll_ordered(Call* call, CollectionPtr collection, ScrollRequest request) {
  auto found = co_await select_points(call, collection, request.filter);
  STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
  const OrderBy* by = &*request.order_by;
  auto ran = co_await call->services->pool->run([by, &documents] { return order(*by, documents); });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().key("points").begin_array();
  for (std::size_t i = 0; i < std::min(ran->size(), request.limit); ++i)
    write_record(writer, call, *collection, *(*ran)[i].document, request.selectors, (*ran)[i].value);
  writer.end_array().member("next_page_offset", nullptr).end_object();
  co_return reply;
}

}  // namespace

net::Task<Outcome<Reply>> get_point(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(PointId id, PointId::from_text(call->part("id")));
  const std::string name = id.text();
  std::vector<PointId> ids;
  ids.push_back(std::move(id));
  auto found = co_await find_documents(call, collection, std::move(ids));
  STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
  if (documents[0] == nullptr) co_return not_found(fmt::format("Point with id {} does not exists!", name));
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  write_record(writer, call, *collection, *documents[0], Selectors{.payload = true, .vectors = true});
  co_return reply;
}

net::Task<Outcome<Reply>> get_points(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  STELE_CO_TRY(const Selectors selectors, Selectors::read(*collection, body.root(), true));
  const auto list = body.root().find("ids");
  if (!list || !list->is_array()) co_return format_error("missing field `ids`");
  std::vector<PointId> ids;
  for (const json::Value id : list->elements()) {
    STELE_CO_TRY(PointId read, PointId::from_json(id));
    ids.push_back(std::move(read));
  }
  auto found = co_await find_documents(call, collection, std::move(ids));
  STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_array();
  for (const engine::DocumentPtr& document : documents)
    if (document != nullptr) write_record(writer, call, *collection, *document, selectors);
  writer.end_array();
  co_return reply;
}

net::Task<Outcome<Reply>> scroll_points(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  STELE_CO_TRY(ScrollRequest scroll, read_scroll(*collection, body.root()));
  if (scroll.order_by) {
    auto ordered = co_await scroll_ordered(call, collection, std::move(scroll));
    co_return ordered;
  }
  engine::Bool all;
  if (engine::QueryPtr filter = as_query(*collection, scroll.filter)) all.filter.push_back(std::move(filter));
  if (scroll.offset) {
    auto found = co_await find_keys(call, collection, {*scroll.offset});
    STELE_CO_TRY(const std::vector<engine::DocKey> keys, std::move(found));
    if (keys[0].is_none())
      co_return not_found(fmt::format("No point with id {} found", scroll.offset->text()));
    all.filter.push_back(engine::make_query(engine::Where{std::make_shared<FromId>(keys[0])}));
  }
  engine::Request request;
  request.targets.push_back({});
  request.root.step =
      engine::Select{.sort = {{.kind = engine::SortKey::Kind::kKey}}, .limit = scroll.limit + 1};
  engine::QueryPtr query =
      all.filter.empty() ? engine::make_query(engine::MatchAll{}) : engine::make_query(std::move(all));
  request.root.inputs.push_back(
      engine::Stage{engine::Retrieve{.source = engine::TextSearch{std::move(query)}}});
  request.deadline = call->deadline;
  const engine::Snapshot snapshot = take_snapshot(*call, {collection});
  const engine::Engine* engine = call->services->engine;
  auto ran = co_await call->services->pool->run(
      [engine, &snapshot, &request] { return engine->search(snapshot, request); });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  if (!*ran) co_return Failure::from(ran->error());
  const std::vector<engine::Hit>& hits = (*ran)->hits;
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().key("points").begin_array();
  for (std::size_t i = 0; i < std::min(hits.size(), scroll.limit); ++i)
    write_record(writer, call, *collection, *hits[i].document, scroll.selectors);
  writer.end_array().key("next_page_offset");
  if (hits.size() > scroll.limit) {
    const PointId next = PointId::of(hits[scroll.limit].key);
    call->services->names->learn(next, hits[scroll.limit].key);
    next.write(writer);
  } else {
    writer.null();
  }
  writer.end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> count_points(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  FilterPtr filter;
  std::optional<json::Document> body;
  if (!call->request.body.empty()) {
    STELE_CO_TRY(body, call->json_body());
    if (!body->root().is_object()) co_return format_error("invalid type: expected struct CountRequest");
    if (const auto given = body->root().find("filter")) {
      STELE_CO_TRY(filter, parse_filter(*given));
    }
  }
  const engine::Snapshot snapshot = take_snapshot(*call, {collection});
  std::size_t count = 0;
  if (!filter || filter->empty()) {
    count = snapshot.view(0).document_count();
  } else {
    engine::Request request;
    request.targets.push_back({});
    request.root.step = engine::Select{.limit = 0};
    request.root.inputs.push_back(engine::Stage{
        engine::Retrieve{.source = engine::TextSearch{as_query(*collection, filter)}}, {}, "matches"});
    request.totals.push_back({"matches", std::nullopt});
    request.deadline = call->deadline;
    const engine::Engine* engine = call->services->engine;
    auto ran = co_await call->services->pool->run(
        [engine, &snapshot, &request] { return engine->search(snapshot, request); });
    if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
    if (!*ran) co_return Failure::from(ran->error());
    count = (*ran)->totals.at("matches").value;
  }
  co_return Reply{fmt::format(R"({{"count":{}}})", count)};
}

// How many points have each value at a path.
net::Task<Outcome<Reply>> facet(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  const auto key = body.root().find("key");
  const auto path = key && key->is_string() ? JsonPath::parse(key->string()) : std::nullopt;
  if (!path) co_return format_error("missing field `key`");
  FilterPtr filter;
  if (const auto given = body.root().find("filter")) {
    STELE_CO_TRY(filter, parse_filter(*given));
  }
  std::size_t limit = 10;
  if (const auto given = body.root().find("limit"); given && !given->is_null()) {
    const auto count = given->as_uint64();
    if (!count || *count == 0) co_return invalid_body("limit", "value 0 invalid, must be 1 or larger");
    limit = *count;
  }
  auto found = co_await select_points(call, collection, filter);
  STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
  auto ran = co_await call->services->pool->run([&documents, &path] {
    std::map<std::string, std::size_t> counts;
    for (const engine::DocumentPtr& document : documents) {
      const auto payload = json::Document::parse_borrowed(document->source);
      if (!payload) continue;
      std::vector<std::string> seen;
      const auto take = [&seen](json::Value value) {
        const bool countable = value.is_string() || value.is_integer() || value.is_bool();
        std::string text(value.raw());
        if (countable && std::ranges::find(seen, text) == seen.end()) seen.push_back(std::move(text));
      };
      path->visit(payload->root(), [&take](json::Value value) {
        if (!value.is_array()) take(value);
        if (value.is_array())
          for (const json::Value element : value.elements()) take(element);
        return false;
      });
      for (std::string& value : seen) ++counts[std::move(value)];
    }
    std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
    std::ranges::sort(sorted, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : comes_first(a.first, b.first);
    });
    return sorted;
  });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().key("hits").begin_array();
  for (std::size_t i = 0; i < std::min(limit, ran->size()); ++i)
    writer.begin_object().key("value").raw((*ran)[i].first).member("count", (*ran)[i].second).end_object();
  writer.end_array().end_object();
  co_return reply;
}

}  // namespace stele::qdrant
