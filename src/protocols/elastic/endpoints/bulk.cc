#include <set>

#include "json/writer.h"
#include "net/reactor.h"
#include "protocols/elastic/document/bulk_parser.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/search/search_request.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

constexpr std::size_t kItemsAtOnce = 256;  // then others of the reactor have their turn

net::Task<Outcome<std::vector<BulkItem>>> read_items(Call* call, BulkDefaults defaults) {
  BulkParser parser(call->body, std::move(defaults));
  while (true) {
    STELE_CO_TRY(const bool more, parser.read(kItemsAtOnce));
    if (!more) co_return parser.finish();
    co_await net::Reactor::current()->yield();
  }
}

void write_failed_item(json::Writer& out, const Operation& operation, const Failure& failure) {
  out.member("_index", operation.index);
  out.key("_id");
  if (operation.id.empty()) {
    out.null();
  } else {
    out.string(operation.id);
  }
  out.member("status", failure.status);
  out.key("error");
  write_failure(out, failure, false);
}

// What the request's parameters leave of it.
void write_source(json::Writer& out, const std::string& text, const std::optional<SourceFilter>& source) {
  Result<json::Document> parsed = source && !source->filter.keeps_all()
                                      ? json::Document::parse_borrowed(text)
                                      : Result<json::Document>(make_error(ErrorCode::kInternal, ""));
  if (parsed)
    source->filter.apply(parsed->root(), out);
  else
    out.raw(text);
}

void write_done_item(json::Writer& out, const OperationResult& result, bool refresh,
                     const std::optional<SourceFilter>& source) {
  write_operation_result(out, result, refresh);
  out.member("status", result.status());
  if (result.source.empty()) return;
  out.key("get").begin_object();
  out.member("_seq_no", result.seq_no).member("_primary_term", 1).member("found", true);
  out.key("_source");
  write_source(out, result.source, source);
  out.end_object();
}

}  // namespace

net::Task<Outcome<Reply>> bulk(Call* call) {
  BulkDefaults defaults;
  defaults.index = std::string(call->part("index"));
  if (const auto routing = call->parameters.get("routing")) defaults.routing = std::string(*routing);
  STELE_CO_TRY(defaults.require_alias, call->parameters.boolean("require_alias", false));
  const std::string_view refresh_text = call->parameters.text("refresh", "false");
  const bool refresh = refresh_text.empty() || refresh_text == "true";
  if (call->parameters.has("pipeline") && call->parameters.text("pipeline") != "_none")
    co_return not_supported("[pipeline] is");
  STELE_CO_TRY(const std::optional<SourceFilter> source, SourceFilter::from_parameters(call->parameters));
  auto read = co_await read_items(call, std::move(defaults));
  STELE_CO_TRY(std::vector<BulkItem> items, std::move(read));
  // What stays of an item for its reply.
  struct Told {
    OperationType type;
    std::size_t operation;  // in the list executed; none where it failed before
    std::optional<Failure> failure;
    std::string index, id;
  };
  std::vector<Told> told;
  std::vector<Operation> operations;
  for (BulkItem& item : items) {
    told.push_back(
        {item.operation.type, operations.size(), item.failure, item.operation.index, item.operation.id});
    item.operation.want_source |= source && source->enabled && item.operation.type == OperationType::kUpdate;
    if (!item.failure) operations.push_back(std::move(item.operation));
  }
  items.clear();
  const OperationsReply written = co_await execute(call, std::move(operations));
  bool errors = false;
  std::set<std::int64_t> touched;
  for (Told& item : told) {
    if (!item.failure && !written.results[item.operation])
      item.failure = written.results[item.operation].error();
    errors |= item.failure.has_value();
    if (!item.failure) touched.insert(written.results[item.operation]->index->id);
  }
  if (refresh)
    for (const std::int64_t id : touched) call->services->pins->renew(id);
  Reply reply;
  reply.lsn = written.lsn;
  reply.not_applied = written.not_applied;
  reply.body.reserve(told.size() * 200);
  json::Writer out(reply.body);
  out.begin_object();
  out.member("errors", errors);
  out.member("took", call->took_ms());
  out.key("items").begin_array();
  std::size_t answered = 0;
  for (const Told& item : told) {
    if (++answered % kItemsAtOnce == 0) co_await net::Reactor::current()->yield();
    out.begin_object().key(to_string(item.type)).begin_object();
    if (item.failure) {
      Operation named;
      named.index = item.index;
      named.id = item.id;
      write_failed_item(out, named, *item.failure);
    } else {
      write_done_item(out, *written.results[item.operation], refresh, source);
    }
    out.end_object().end_object();
  }
  out.end_array().end_object();
  co_return reply;
}

}  // namespace stele::elastic
