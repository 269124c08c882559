#include <fmt/format.h>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {

net::Task<Outcome<Reply>> get_info(Call* call) {
  const NodeIdentity& node = call->services->identity;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("name", node.node_name);
  out.member("cluster_name", node.cluster_name);
  out.member("cluster_uuid", node.cluster_uuid);
  out.key("version").begin_object();
  out.member("number", node.announced_version);
  out.member("build_flavor", "default");
  out.member("build_type", "tar");
  out.member("build_hash", "stele");
  out.member("build_date", "2025-01-01T00:00:00.000Z");
  out.member("build_snapshot", false);
  out.member("lucene_version", "9.12.2");
  out.member("minimum_wire_compatibility_version", "7.17.0");
  out.member("minimum_index_compatibility_version", "7.0.0");
  out.end_object();
  out.member("tagline", "You Know, for Search");
  // Who really answers.
  out.key("stele").begin_object().member("version", node.product_version).end_object();
  out.end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> get_license(Call*) {
  co_return json_reply(
      R"({"license":{"status":"active","uid":"stele","type":"basic","issue_date":"2025-01-01T00:00:00.000Z",)"
      R"("issue_date_in_millis":1735689600000,"max_nodes":null,"max_resource_units":null,"issued_to":"stele",)"
      R"("issuer":"stele","start_date_in_millis":-1}})");
}

net::Task<Outcome<Reply>> get_xpack(Call*) {
  co_return json_reply(
      R"({"build":{"hash":"stele","date":"2025-01-01T00:00:00.000Z"},)"
      R"("license":{"uid":"stele","type":"basic","mode":"basic","status":"active"},)"
      R"("features":{"security":{"available":true,"enabled":false},"ilm":{"available":false,"enabled":false},)"
      R"("ml":{"available":false,"enabled":false},"monitoring":{"available":false,"enabled":false},)"
      R"("watcher":{"available":false,"enabled":false}},"tagline":"You know, for X"})");
}

net::Task<Outcome<Reply>> get_authenticate(Call* call) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("username", call->principal.role.empty() ? "stele" : call->principal.role);
  out.key("roles").begin_array().string("superuser").end_array();
  out.member("full_name", nullptr).member("email", nullptr);
  out.key("metadata").begin_object().end_object();
  out.member("enabled", true);
  out.end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> get_nodes(Call* call) {
  const NodeIdentity& node = call->services->identity;
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.key("_nodes").begin_object();
  out.member("total", 1).member("successful", 1).member("failed", 0).end_object();
  out.member("cluster_name", node.cluster_name);
  out.key("nodes").begin_object().key(node.cluster_uuid.empty() ? "stele" : node.cluster_uuid).begin_object();
  const std::string host = node.publish_address.substr(0, node.publish_address.rfind(':'));
  out.member("name", node.node_name);
  out.member("transport_address", node.publish_address);
  out.member("host", host);
  out.member("ip", host);
  out.member("version", node.announced_version);
  out.member("build_flavor", "default").member("build_type", "tar").member("build_hash", "stele");
  out.key("roles").begin_array();
  for (const std::string_view role : {"data", "ingest", "master"}) out.string(role);
  out.end_array();
  out.key("attributes").begin_object().end_object();
  out.key("plugins").begin_array().end_array();
  out.key("modules").begin_array().end_array();
  out.key("http").begin_object();
  out.key("bound_address").begin_array().string(node.publish_address).end_array();
  out.member("publish_address", node.publish_address);
  out.member("max_content_length_in_bytes", 104857600);
  out.end_object().end_object().end_object().end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> get_tasks(Call*) {
  co_return json_reply(R"({"nodes":{}})");
}

net::Task<Outcome<Reply>> missing_endpoint(Call* call) {
  co_return not_supported(fmt::format("[{} {}] is", call->method, call->path));
}

}  // namespace stele::elastic
