#include "server/status.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "json/document.h"
#include "net/http/client.h"
#include "net/reactor.h"
#include "server/cli_client.h"

namespace stele::server {

namespace {

constexpr Duration kTimeMax = std::chrono::seconds(10);

std::string text_at(const json::Value& object, std::string_view key) {
  const auto value = object.find(key);
  if (!value) return {};
  return std::string(value->is_string() ? value->string() : value->raw());
}

void print_status(const json::Value& status) {
  const json::Value stream = status.find("stream").value_or(json::Value());
  fmt::print("Stele {}: {}\n", text_at(status, "version"),
             text_at(status, "ready") == "true" ? "ready" : "not ready: " + text_at(status, "reason"));
  if (const auto heads = status.find("heads")) {
    for (const json::Value& head : heads->elements())
      fmt::print("{:8} port {:<5}  {} connections, {} requests, {} answered with an error\n",
                 text_at(head, "name"), text_at(head, "port"), text_at(head, "connections"),
                 text_at(head, "requests"), text_at(head, "errors"));
  }
  fmt::print(
      "stream {} slot {}, visible {}, server {}, {} bytes ({} s) behind, {} transactions, {} reconnects\n",
      text_at(stream, "connected") == "true" ? "up" : "down", text_at(stream, "slot"),
      text_at(stream, "visible_lsn"), text_at(stream, "server_lsn"), text_at(stream, "lag_bytes"),
      text_at(stream, "lag_seconds"), text_at(stream, "transactions"), text_at(stream, "reconnects"));
  const auto collections = status.find("collections");
  if (!collections || collections->size() == 0) {
    fmt::print("no collections: SELECT stele.publish('public.your_table')\n");
    return;
  }
  fmt::print("\n{:30} {:10} {:9} {:>12} {:>14} {:>9}  {}\n", "collection", "kind", "state", "documents",
             "memory bytes", "left out", "table");
  for (const json::Value& entry : collections->elements()) {
    fmt::print("{:30} {:10} {:9} {:>12} {:>14} {:>9}  {}{}{}\n", text_at(entry, "name"),
               text_at(entry, "kind"), text_at(entry, "state"), text_at(entry, "documents"),
               text_at(entry, "memory_bytes"), text_at(entry, "values_left_out"), text_at(entry, "table"),
               entry.find("reason") ? " - " : "", text_at(entry, "reason"));
  }
}

net::Task<Result<void>> show_status(net::Address console) {
  const TimePoint deadline = net::Reactor::current()->now() + kTimeMax;
  net::HttpCall call;
  call.target = "/status";
  const auto reply = co_await net::http_call(console, std::move(call), deadline);
  if (!reply) {
    co_return make_error(reply.error().code, fmt::format("no node answers at {}: {}", console.to_string(),
                                                         reply.error().message));
  }
  if (reply->status != 200)
    co_return make_error(ErrorCode::kProtocol, fmt::format("HTTP status {}", reply->status));
  const auto document = json::Document::parse(reply->body);
  STELE_CO_RETURN_IF_ERROR(document);
  print_status(document->root());
  co_return Result<void>();
}

}  // namespace

Result<void> run_status(const Configuration& configuration) {
  if (!configuration.console_port) {
    return make_error(ErrorCode::kInvalidArgument, "name the node's console port: --console-port PORT");
  }
  const net::Address console{configuration.listen, *configuration.console_port};
  return run_to_end([&] { return show_status(console); });
}

}  // namespace stele::server
