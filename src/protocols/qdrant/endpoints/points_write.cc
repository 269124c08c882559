#include <fmt/format.h>

#include <array>

#include "json/writer.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/point/point_writer.h"
#include "protocols/qdrant/point/update_result.h"
#include "protocols/qdrant/services.h"
#include "views/freshness.h"

namespace stele::qdrant {
namespace {

// One operation on a collection, from its JSON.
using Operation = net::Task<Outcome<Written>> (*)(Call*, CollectionPtr, json::Value);

Outcome<UpsertMode> read_mode(json::Value body) {
  const auto mode = body.find("update_mode");
  if (!mode || mode->is_null()) return UpsertMode::kUpsert;
  constexpr std::array<std::pair<std::string_view, UpsertMode>, 3> kModes = {
      {{"upsert", UpsertMode::kUpsert},
       {"insert_only", UpsertMode::kInsertOnly},
       {"update_only", UpsertMode::kUpdateOnly}}};
  for (const auto& [name, value] : kModes)
    if (mode->is_string() && mode->string() == name) return value;
  return format_error(
      fmt::format("unknown variant {}, expected one of `upsert`, `insert_only`, `update_only`", mode->raw()));
}

// Null for none.
Outcome<FilterPtr> read_update_filter(json::Value body) {
  const auto filter = body.find("update_filter");
  return filter ? parse_filter(*filter) : FilterPtr();
}

Outcome<> check_common(json::Value body) {
  if (const auto key = body.find("shard_key"); key && !key->is_null()) return not_supported("shard_key");
  return {};
}

net::Task<Outcome<Written>> upsert(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_RETURN_IF_ERROR(check_common(body));
  STELE_CO_TRY(const UpsertMode mode, read_mode(body));
  STELE_CO_TRY(FilterPtr where, read_update_filter(body));
  STELE_CO_TRY(std::vector<PointInput> points, parse_points(*collection, body));
  if (where) {
    auto written = co_await write_points_where(call, collection, std::move(points), mode, std::move(where));
    co_return written;
  }
  auto written = co_await write_points(call, collection, std::move(points), mode);
  co_return written;
}

net::Task<Outcome<Written>> remove(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_RETURN_IF_ERROR(check_common(body));
  STELE_CO_TRY(PointSelection selection, PointSelection::read(body));
  auto written = co_await remove_points(call, collection, std::move(selection));
  co_return written;
}

struct PayloadInput {
  PayloadTree payload = PayloadTree::object();
  std::optional<JsonPath> key;
  PointSelection selection;
};

Outcome<PayloadInput> read_payload(json::Value body) {
  STELE_RETURN_IF_ERROR(check_common(body));
  PayloadInput input;
  const auto payload = body.find("payload");
  if (!payload) return format_error("missing field `payload`");
  if (!payload->is_object()) return format_error("invalid type: payload, expected a map");
  input.payload = PayloadTree::from(*payload);
  if (const auto key = body.find("key"); key && !key->is_null()) {
    input.key = key->is_string() ? JsonPath::parse(key->string()) : std::nullopt;
    if (!input.key) return format_error(fmt::format("Invalid json path: {}", key->raw().substr(0, 200)));
  }
  STELE_TRY(input.selection, PointSelection::read(body));
  return input;
}

net::Task<Outcome<Written>> set(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_TRY(PayloadInput input, read_payload(body));
  PayloadEdit edit = [key = input.key, payload = input.payload](PayloadTree tree) {
    tree.set(key ? &*key : nullptr, payload);
    return tree;
  };
  auto written = co_await edit_payloads(call, collection, std::move(input.selection), std::move(edit));
  co_return written;
}

net::Task<Outcome<Written>> overwrite(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_TRY(PayloadInput input, read_payload(body));
  PayloadEdit edit = [payload = input.payload](const PayloadTree&) { return payload; };
  auto written = co_await edit_payloads(call, collection, std::move(input.selection), std::move(edit));
  co_return written;
}

net::Task<Outcome<Written>> remove_keys(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_RETURN_IF_ERROR(check_common(body));
  const auto keys = body.find("keys");
  if (!keys || !keys->is_array()) co_return format_error("missing field `keys`");
  std::vector<JsonPath> paths;
  for (const json::Value key : keys->elements()) {
    auto path = key.is_string() ? JsonPath::parse(key.string()) : std::nullopt;
    if (!path) co_return format_error(fmt::format("Invalid json path: {}", key.raw().substr(0, 200)));
    paths.push_back(*std::move(path));
  }
  STELE_CO_TRY(PointSelection selection, PointSelection::read(body));
  PayloadEdit edit = [paths](PayloadTree tree) {
    for (const JsonPath& path : paths) tree.remove(path);
    return tree;
  };
  auto written = co_await edit_payloads(call, collection, std::move(selection), std::move(edit));
  co_return written;
}

net::Task<Outcome<Written>> clear(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_RETURN_IF_ERROR(check_common(body));
  STELE_CO_TRY(PointSelection selection, PointSelection::read(body));
  PayloadEdit edit = [](const PayloadTree&) { return PayloadTree::object(); };
  auto written = co_await edit_payloads(call, collection, std::move(selection), std::move(edit));
  co_return written;
}

net::Task<Outcome<Written>> set_vectors(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_RETURN_IF_ERROR(check_common(body));
  const auto points = body.find("points");
  if (!points || !points->is_array()) co_return format_error("missing field `points`");
  if (points->size() == 0) co_return invalid_body("points", "must not be empty");
  STELE_CO_TRY(FilterPtr where, read_update_filter(body));
  std::vector<VectorChange> changes;
  for (const json::Value point : points->elements()) {
    const auto id = point.find("id");
    const auto vector = point.find("vector");
    if (!id) co_return format_error("missing field `id`");
    if (!vector) co_return format_error("missing field `vector`");
    STELE_CO_TRY(PointId read, PointId::from_json(*id));
    VectorChange change{std::move(read), {}};
    STELE_CO_TRY(change.vectors, parse_vectors(*collection, *vector));
    if (change.vectors.empty())
      co_return invalid_body(fmt::format("points[{}].vector", changes.size()),
                             "must specify vectors to update for point");
    changes.push_back(std::move(change));
  }
  if (where) {
    auto held = co_await changes_where(call, collection, std::move(changes), std::move(where));
    STELE_CO_TRY(changes, std::move(held));
  }
  auto written = co_await change_vectors(call, collection, std::move(changes));
  co_return written;
}

net::Task<Outcome<Written>> drop_vectors(Call* call, CollectionPtr collection, json::Value body) {
  STELE_CO_RETURN_IF_ERROR(check_common(body));
  const auto names = body.find("vector");
  if (!names || !names->is_array()) co_return format_error("missing field `vector`");
  std::vector<const VectorParams*> vectors;
  for (const json::Value name : names->elements()) {
    const VectorParams* params = name.is_string() ? collection->vector(name.string()) : nullptr;
    if (params == nullptr)
      co_return wrong_input(
          fmt::format("Not existing vector name error: {}", name.is_string() ? name.string() : name.raw()));
    vectors.push_back(params);
  }
  STELE_CO_TRY(PointSelection selection, PointSelection::read(body));
  auto written = co_await remove_vectors(call, collection, std::move(selection), std::move(vectors));
  co_return written;
}

Lsn position_of(const Call& call, const Written& written) {
  return written.lsn == Lsn() ? call.services->freshness->visible() : written.lsn;
}

net::Task<Outcome<Reply>> run(Call* call, Operation operation) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  if (!body.root().is_object()) co_return format_error("invalid type: expected a map");
  auto done = co_await operation(call, collection, body.root());
  STELE_CO_TRY(const Written written, std::move(done));
  co_return update_result(*call, position_of(*call, written), written.applied);
}

struct NamedOperation {
  std::string_view name;
  Operation operation;
};
constexpr std::array kOperations = {
    NamedOperation{"upsert", upsert},
    NamedOperation{"delete", remove},
    NamedOperation{"set_payload", set},
    NamedOperation{"overwrite_payload", overwrite},
    NamedOperation{"delete_payload", remove_keys},
    NamedOperation{"clear_payload", clear},
    NamedOperation{"update_vectors", set_vectors},
    NamedOperation{"delete_vectors", drop_vectors},
};

}  // namespace

net::Task<Outcome<Reply>> upsert_points(Call* call) {
  return run(call, upsert);
}
net::Task<Outcome<Reply>> delete_points(Call* call) {
  return run(call, remove);
}
net::Task<Outcome<Reply>> set_payload(Call* call) {
  return run(call, set);
}
net::Task<Outcome<Reply>> overwrite_payload(Call* call) {
  return run(call, overwrite);
}
net::Task<Outcome<Reply>> delete_payload(Call* call) {
  return run(call, remove_keys);
}
net::Task<Outcome<Reply>> clear_payload(Call* call) {
  return run(call, clear);
}
net::Task<Outcome<Reply>> update_vectors(Call* call) {
  return run(call, set_vectors);
}
net::Task<Outcome<Reply>> delete_vectors(Call* call) {
  return run(call, drop_vectors);
}

// One after the other, as Qdrant does: the first that fails ends it, and what was done before stays.
net::Task<Outcome<Reply>> update_batch(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  const auto operations = body.root().find("operations");
  if (!operations || !operations->is_array()) co_return format_error("missing field `operations`");
  Reply reply;
  Written all;
  reply.result = "[";
  for (const json::Value each : operations->elements()) {
    const NamedOperation* known = nullptr;
    for (const NamedOperation& operation : kOperations)
      if (each.find(operation.name)) known = &operation;
    if (known == nullptr)
      co_return format_error("data did not match any variant of untagged enum UpdateOperation");
    auto done = co_await known->operation(call, collection, *each.find(known->name));
    STELE_CO_TRY(const Written written, std::move(done));
    all.add(written);
    if (reply.result.size() > 1) reply.result += ',';
    write_update_result(reply.result, *call, position_of(*call, written), written.applied);
  }
  reply.result += ']';
  reply.lsn = position_of(*call, all);
  reply.not_applied = !all.applied;
  co_return reply;
}

}  // namespace stele::qdrant
