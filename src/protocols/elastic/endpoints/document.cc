#include <fmt/format.h>

#include <algorithm>

#include "json/writer.h"
#include "protocols/elastic/document/operation.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/search/search_request.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

// ?refresh: nothing, false, wait_for (all live searches see a write that was answered) or true.
Outcome<bool> read_refresh(const Parameters& parameters) {
  const std::string_view text = parameters.text("refresh", "false");
  if (text.empty() || text == "true") return true;
  if (text == "false" || text == "wait_for") return false;
  return illegal_argument(fmt::format("Unknown value for refresh: [{}].", text));
}

Outcome<> read_versioning(const Parameters& parameters, Operation& operation) {
  if (parameters.has("version")) {
    if (parameters.text("version_type", "internal") == "internal")
      return validation_failure(
          {"internal versioning can not be used for optimistic concurrency control. Please use "
           "`if_seq_no` and `if_primary_term` instead"});
    return not_supported(fmt::format("[version_type={}] is", parameters.text("version_type")));
  }
  if (parameters.has("if_seq_no")) {
    STELE_TRY(const std::int64_t seq_no, parameters.integer("if_seq_no", 0));
    if (seq_no < 0)
      return illegal_argument(fmt::format("sequence numbers must be non negative. got [{}].", seq_no));
    operation.if_seq_no = static_cast<std::uint64_t>(seq_no);
  }
  if (parameters.has("if_primary_term")) {
    STELE_TRY(operation.if_primary_term, parameters.integer("if_primary_term", 0));
  }
  return {};
}

Outcome<Operation> read_operation(const Call& call, OperationType type) {
  Operation operation;
  operation.type = type;
  operation.index = std::string(call.part("index"));
  operation.id = std::string(call.part("id"));
  operation.source = call.body;
  if (const auto routing = call.parameters.get("routing")) operation.routing = std::string(*routing);
  STELE_RETURN_IF_ERROR(read_versioning(call.parameters, operation));
  STELE_TRY(operation.require_alias, call.parameters.boolean("require_alias", false));
  STELE_TRY(const std::int64_t retries, call.parameters.integer("retry_on_conflict", 0));
  operation.retry_on_conflict = static_cast<int>(std::clamp<std::int64_t>(retries, 0, 100));
  if (call.parameters.has("pipeline") && call.parameters.text("pipeline") != "_none")
    return not_supported("[pipeline] is");
  return operation;
}

net::Task<Outcome<Reply>> write_one(Call* call, Operation operation) {
  STELE_CO_TRY(const bool refresh, read_refresh(call->parameters));
  STELE_CO_TRY(const std::optional<SourceFilter> wanted, SourceFilter::from_parameters(call->parameters));
  std::optional<SourceFilter> source = wanted;
  if (operation.type == OperationType::kUpdate && !source) {
    // The body may ask for the new source too.
    Result<json::Document> body = json::Document::parse_borrowed(call->body);
    if (body)
      if (const auto given = body->root().find("_source")) {
        STELE_CO_TRY(source, SourceFilter::from_body(*given));
      }
  }
  operation.want_source = operation.type == OperationType::kUpdate && source && source->enabled;
  std::vector<Operation> operations;
  operations.push_back(std::move(operation));
  OperationsReply written = co_await execute(call, std::move(operations));
  if (!written.results[0]) co_return std::move(written.results[0]).error();
  const OperationResult& result = *written.results[0];
  if (refresh) call->services->pins->renew(result.index->id);
  Reply reply;
  reply.status = result.status();
  reply.lsn = written.lsn;
  reply.not_applied = written.not_applied;
  json::Writer out(reply.body);
  out.begin_object();
  write_operation_result(out, result, refresh);
  if (!result.source.empty()) {
    out.key("get").begin_object();
    out.member("_seq_no", result.seq_no).member("_primary_term", 1).member("found", true);
    out.key("_source");
    Result<json::Document> parsed = json::Document::parse_borrowed(result.source);
    if (parsed && !source->filter.keeps_all()) {
      source->filter.apply(parsed->root(), out);
    } else {
      out.raw(result.source);
    }
    out.end_object();
  }
  out.end_object();
  co_return reply;
}

}  // namespace

net::Task<Outcome<Reply>> index_document(Call* call) {
  if (call->body.empty()) co_return parse_failure("request body is required");
  const std::string_view op_type = call->parameters.text("op_type", "index");
  if (op_type != "index" && op_type != "create")
    co_return illegal_argument(fmt::format("opType must be 'create' or 'index', found: [{}]", op_type));
  STELE_CO_TRY(Operation operation,
               read_operation(*call, op_type == "create" ? OperationType::kCreate : OperationType::kIndex));
  // Without an id nothing can be replaced.
  if (operation.id.empty()) operation.type = OperationType::kCreate;
  auto reply = co_await write_one(call, std::move(operation));
  co_return reply;
}

net::Task<Outcome<Reply>> create_document(Call* call) {
  if (call->body.empty()) co_return parse_failure("request body is required");
  STELE_CO_TRY(Operation operation, read_operation(*call, OperationType::kCreate));
  auto reply = co_await write_one(call, std::move(operation));
  co_return reply;
}

net::Task<Outcome<Reply>> update_document(Call* call) {
  STELE_CO_TRY(Operation operation, read_operation(*call, OperationType::kUpdate));
  STELE_CO_RETURN_IF_ERROR(parse_update_body(call->body));
  auto reply = co_await write_one(call, std::move(operation));
  co_return reply;
}

net::Task<Outcome<Reply>> delete_document(Call* call) {
  STELE_CO_TRY(Operation operation, read_operation(*call, OperationType::kDelete));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const Index index, resolve_write_index(*catalog, operation.index));
  // A delete makes no index.
  if (!index) co_return index_not_found(operation.index);
  auto reply = co_await write_one(call, std::move(operation));
  co_return reply;
}

}  // namespace stele::elastic
