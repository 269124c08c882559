#include "protocols/qdrant/point/point_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/reactor.h"
#include "protocols/qdrant/filter/payload_filter.h"
#include "protocols/qdrant/point/map_payloads.h"
#include "protocols/qdrant/point/point_keys.h"
#include "protocols/qdrant/point/select_points.h"
#include "protocols/qdrant/point/selectors.h"
#include "protocols/qdrant/services.h"
#include "views/writer.h"

namespace stele::qdrant {
namespace {

constexpr int kTriesMax = 20;
constexpr Duration kLookAgain = std::chrono::milliseconds(2);

using views::DocumentAction;
using views::DocumentWrite;

Failure no_point(std::string_view id) {
  return not_found(fmt::format("No point with id {} found", id));
}

Failure keeps_changing() {
  return {409, "Wrong input: others keep changing the same points; nothing is lost, try again"};
}

views::VectorWrite vector_write(const NamedVector& vector) {
  return {vector.params->path, vector.elements, vector.indices};
}

DocumentWrite write_of(const Collection& collection, DocumentAction action, std::string id) {
  DocumentWrite write;
  write.target = collection.entry;
  write.action = action;
  write.id = std::move(id);
  return write;
}

// The document of a point in a table that Qdrant did not make: payload and vectors in one object.
std::string joined_source(std::string_view payload, const std::vector<NamedVector>& vectors) {
  const auto parsed = json::Document::parse_borrowed(payload);
  std::string source;
  json::Writer writer(source, json::NumberForm::kPlain);
  writer.begin_object();
  if (parsed)
    for (const auto& [key, member] : parsed->root().members()) writer.key(key).raw(member.raw());
  for (const NamedVector& vector : vectors) {
    writer.key(vector.params->path);
    write_vector(writer, vector.elements);
  }
  writer.end_object();
  return source;
}

DocumentWrite point_write(const Collection& collection, DocumentAction action, std::string id,
                          PointInput& point) {
  DocumentWrite write = write_of(collection, action, std::move(id));
  if (!collection.is_own()) {
    write.source = joined_source(point.payload, point.vectors);
    return write;
  }
  write.source = std::move(point.payload);
  for (const NamedVector& vector : point.vectors) write.vectors.push_back(vector_write(vector));
  // An update leaves vectors that are not named.
  if (action == DocumentAction::kUpdate)
    for (const VectorParams& params : collection.vectors)
      if (std::ranges::find(write.vectors, params.path, &views::VectorWrite::column) == write.vectors.end())
        write.vectors.push_back({params.path, {}});
  return write;
}

Written written_of(const views::WriteReply& reply) {
  return {reply.lsn, reply.applied};
}

// The first outcome that is an error and not one of those that are none here.
std::optional<Failure> first_failure(const views::WriteReply& reply,
                                     std::optional<ErrorCode> but = std::nullopt) {
  for (const auto& outcome : reply.outcomes)
    if (!outcome && outcome.error().code != but) return Failure::from(outcome.error());
  return std::nullopt;
}

// Only if nobody has written since it was read.
void set_condition(const Collection& collection, const engine::Document& document, DocumentWrite& write) {
  if (collection.is_own()) {
    write.if_source = document.source;
  } else {
    write.if_seq_no = static_cast<std::uint64_t>(document.seq_no);
  }
}

// A row that is to be changed.
struct Target {
  std::string id;      // of the row
  std::string source;  // as it was read
  std::uint64_t seq_no = 0;
};

net::Task<Outcome<std::vector<Target>>> find_targets(Call* call, CollectionPtr collection,
                                                     PointSelection selection) {
  std::vector<Target> targets;
  std::vector<engine::DocumentPtr> documents;
  if (selection.filter) {
    auto found = co_await select_points(call, collection, selection.filter);
    STELE_CO_TRY(documents, std::move(found));
  } else {
    auto found = co_await find_documents(call, collection, selection.ids);
    STELE_CO_TRY(documents, std::move(found));
  }
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (documents[i] == nullptr) co_return no_point(selection.ids[i].text());
    targets.push_back({documents[i]->key.to_string(), documents[i]->source,
                       static_cast<std::uint64_t>(documents[i]->seq_no)});
  }
  co_return targets;
}

using SourceEdit = std::function<std::string(const std::string&)>;

DocumentWrite conditional_write(const Collection& collection, const Target& target, std::string source) {
  DocumentWrite write = write_of(collection, DocumentAction::kUpdate, target.id);
  write.source = std::move(source);
  if (collection.is_own()) {
    write.if_source = target.source;
  } else {
    write.if_seq_no = target.seq_no;
  }
  return write;
}

// Those whose condition was not met, as they are now.
net::Task<Outcome<std::vector<Target>>> read_again(Call* call, CollectionPtr collection,
                                                   std::vector<std::string> ids) {
  auto read = co_await call->services->writer().read(call->principal, collection->entry, ids, call->deadline);
  if (!read) co_return Failure::from(read.error());
  std::vector<Target> targets;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if ((*read)[i]) targets.push_back({ids[i], (*read)[i]->source, (*read)[i]->seq_no});
  co_return targets;
}

net::Task<Outcome<Written>> edit_sources(Call* call, CollectionPtr collection, std::vector<Target> targets,
                                         SourceEdit edit) {
  Written written;
  for (int tried = 0; !targets.empty(); ++tried) {
    std::vector<DocumentWrite> writes;
    std::vector<std::string> sources;
    for (const Target& target : targets) {
      std::string source = edit(target.source);
      if (source == target.source) continue;
      sources.push_back(source);
      writes.push_back(conditional_write(*collection, target, std::move(source)));
    }
    if (writes.empty()) break;
    co_await map_payloads(call, collection, std::move(sources));
    std::vector<std::string> ids;
    for (const DocumentWrite& write : writes) ids.push_back(write.id);
    const views::WriteReply reply =
        co_await call->services->writer().write(call->principal, std::move(writes), call->deadline);
    written.add(written_of(reply));
    if (auto failure = first_failure(reply, ErrorCode::kConflict)) co_return *std::move(failure);
    std::vector<std::string> missed;
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (!reply.outcomes[i]) missed.push_back(ids[i]);
    if (missed.empty()) break;
    if (tried >= kTriesMax) co_return keeps_changing();
    auto again = co_await read_again(call, collection, std::move(missed));
    STELE_CO_TRY(targets, std::move(again));
  }
  co_return written;
}

}  // namespace

void Written::add(const Written& other) {
  lsn = std::max(lsn, other.lsn);
  applied = applied && other.applied;
}

Outcome<PointSelection> PointSelection::read(json::Value operation) {
  PointSelection selection;
  const auto points = operation.find("points");
  const auto filter = operation.find("filter");
  if (points && !points->is_null()) {
    if (!points->is_array()) return format_error("invalid type: points, expected a sequence");
    for (const json::Value point : points->elements()) {
      STELE_TRY(PointId id, PointId::from_json(point));
      selection.ids.push_back(std::move(id));
    }
    return selection;
  }
  if (!filter || filter->is_null())
    return format_error("Either list of point ids (`points`) or `filter` must be provided");
  STELE_TRY(selection.filter, parse_filter(*filter));
  return selection;
}

net::Task<Outcome<Written>> write_points(Call* call, CollectionPtr collection, std::vector<PointInput> points,
                                         UpsertMode mode) {
  constexpr DocumentAction kActions[] = {DocumentAction::kIndex, DocumentAction::kCreate,
                                         DocumentAction::kUpdate};
  std::vector<PointId> ids;
  std::vector<std::string> payloads;
  for (const PointInput& point : points) {
    ids.push_back(point.id);
    payloads.push_back(point.payload);
  }
  auto found = co_await find_keys(call, collection, std::move(ids));
  STELE_CO_TRY(const std::vector<engine::DocKey> keys, std::move(found));
  std::vector<DocumentWrite> writes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    STELE_CO_TRY(std::string id, row_id(*collection, points[i].id, keys[i]));
    writes.push_back(
        point_write(*collection, kActions[static_cast<std::size_t>(mode)], std::move(id), points[i]));
  }
  co_await map_payloads(call, collection, std::move(payloads));
  const views::WriteReply reply =
      co_await call->services->writer().write(call->principal, std::move(writes), call->deadline);
  // Points that are there, or are not, are left alone by those two modes.
  std::optional<ErrorCode> passed_over;
  if (mode == UpsertMode::kInsertOnly) passed_over = ErrorCode::kConflict;
  if (mode == UpsertMode::kUpdateOnly) passed_over = ErrorCode::kNotFound;
  if (auto failure = first_failure(reply, passed_over)) co_return *std::move(failure);
  co_return written_of(reply);
}

net::Task<Outcome<Written>> write_points_where(Call* call, CollectionPtr collection,
                                               std::vector<PointInput> points, UpsertMode mode,
                                               FilterPtr where) {
  const PayloadFilter filter(*collection, std::move(where));
  Written written;
  for (int tried = 0; !points.empty(); ++tried) {
    std::vector<PointId> ids;
    for (const PointInput& point : points) ids.push_back(point.id);
    auto found = co_await find_keys(call, collection, std::move(ids));
    STELE_CO_TRY(const std::vector<engine::DocKey> keys, std::move(found));
    const engine::Snapshot snapshot = take_snapshot(*call, {collection});
    std::vector<PointInput> taken;
    std::vector<DocumentWrite> writes;
    std::vector<std::string> payloads;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const engine::DocumentPtr there = keys[i].is_none() ? nullptr : snapshot.view(0).get(keys[i]);
      if (mode == (there ? UpsertMode::kInsertOnly : UpsertMode::kUpdateOnly)) continue;
      if (there && !filter.matches(*there)) continue;
      STELE_CO_TRY(std::string id, row_id(*collection, points[i].id, keys[i]));
      payloads.push_back(points[i].payload);
      taken.push_back(points[i]);
      writes.push_back(point_write(*collection, there ? DocumentAction::kUpdate : DocumentAction::kCreate,
                                   std::move(id), points[i]));
      if (there) set_condition(*collection, *there, writes.back());
    }
    if (writes.empty()) break;
    co_await map_payloads(call, collection, std::move(payloads));
    const views::WriteReply reply =
        co_await call->services->writer().write(call->principal, std::move(writes), call->deadline);
    written.add(written_of(reply));
    points.clear();
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (reply.outcomes[i]) continue;
      const ErrorCode code = reply.outcomes[i].error().code;
      if (code != ErrorCode::kConflict && code != ErrorCode::kNotFound)
        co_return Failure::from(reply.outcomes[i].error());
      points.push_back(std::move(taken[i]));
    }
    if (tried >= kTriesMax) co_return keeps_changing();
    // What somebody else has committed between is shown in a moment.
    if (!points.empty()) co_await net::Reactor::current()->sleep_for(kLookAgain);
  }
  co_return written;
}

net::Task<Outcome<Written>> remove_points(Call* call, CollectionPtr collection, PointSelection selection) {
  std::vector<engine::DocKey> keys;
  if (selection.filter) {
    auto found = co_await select_points(call, collection, selection.filter);
    STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
    for (const engine::DocumentPtr& document : documents) keys.push_back(document->key);
  } else {
    auto found = co_await find_keys(call, collection, selection.ids);
    STELE_CO_TRY(keys, std::move(found));
  }
  std::vector<DocumentWrite> writes;
  for (const engine::DocKey& key : keys)
    if (!key.is_none()) writes.push_back(write_of(*collection, DocumentAction::kDelete, key.to_string()));
  const views::WriteReply reply =
      co_await call->services->writer().write(call->principal, std::move(writes), call->deadline);
  if (auto failure = first_failure(reply)) co_return *std::move(failure);
  co_return written_of(reply);
}

net::Task<Outcome<Written>> edit_payloads(Call* call, CollectionPtr collection, PointSelection selection,
                                          PayloadEdit edit) {
  auto found = co_await find_targets(call, collection, std::move(selection));
  STELE_CO_TRY(std::vector<Target> targets, std::move(found));
  const Collection* state = collection.get();
  SourceEdit on_source = [state, edit](const std::string& source) {
    const auto parsed = json::Document::parse_borrowed(source);
    PayloadTree tree = parsed ? PayloadTree::from(parsed->root()) : PayloadTree::object();
    if (state->is_own()) return edit(std::move(tree)).to_json();
    // The vectors of such a document are no payload.
    std::vector<JsonPath> paths;
    for (const VectorParams& vector : state->vectors) paths.push_back({{vector.path}});
    PayloadTree made = edit(tree.excluding(paths));
    made.set(nullptr, tree.including(paths));
    return made.to_json();
  };
  auto edited = co_await edit_sources(call, collection, std::move(targets), std::move(on_source));
  co_return edited;
}

net::Task<Outcome<Written>> change_vectors(Call* call, CollectionPtr collection,
                                           std::vector<VectorChange> changes) {
  std::vector<PointId> ids;
  for (const VectorChange& change : changes) ids.push_back(change.id);
  auto found = co_await find_keys(call, collection, std::move(ids));
  STELE_CO_TRY(const std::vector<engine::DocKey> keys, std::move(found));
  Written written;
  std::vector<DocumentWrite> writes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (keys[i].is_none()) co_return no_point(changes[i].id.text());
    if (collection->is_own()) {
      DocumentWrite write = write_of(*collection, DocumentAction::kUpdate, keys[i].to_string());
      for (const NamedVector& vector : changes[i].vectors) write.vectors.push_back(vector_write(vector));
      write.if_source = changes[i].if_payload;
      writes.push_back(std::move(write));
      continue;
    }
    PointSelection one;
    one.ids.push_back(changes[i].id);
    auto targets = co_await find_targets(call, collection, std::move(one));
    STELE_CO_TRY(std::vector<Target> rows, std::move(targets));
    SourceEdit edit = [vectors = changes[i].vectors](const std::string& source) {
      const auto parsed = json::Document::parse_borrowed(source);
      PayloadTree tree = parsed ? PayloadTree::from(parsed->root()) : PayloadTree::object();
      for (const NamedVector& vector : vectors) {
        const std::string member = vector.elements.empty()
                                       ? "{" + json::quoted(vector.params->path) + ":null}"
                                       : joined_source("{}", {vector});
        const auto values = json::Document::parse_borrowed(member);
        if (values) tree.set(nullptr, PayloadTree::from(values->root()));
      }
      return tree.to_json();
    };
    auto edited = co_await edit_sources(call, collection, std::move(rows), std::move(edit));
    STELE_CO_TRY(const Written one_written, std::move(edited));
    written.add(one_written);
  }
  if (writes.empty()) co_return written;
  std::vector<std::string> named;
  for (const DocumentWrite& write : writes) named.push_back(write.id);
  const views::WriteReply reply =
      co_await call->services->writer().write(call->principal, std::move(writes), call->deadline);
  for (std::size_t i = 0; i < named.size(); ++i)
    if (!reply.outcomes[i] && reply.outcomes[i].error().code == ErrorCode::kNotFound)
      co_return no_point(named[i]);
  if (auto failure = first_failure(reply)) co_return *std::move(failure);
  written.add(written_of(reply));
  co_return written;
}

net::Task<Outcome<std::vector<VectorChange>>> changes_where(Call* call, CollectionPtr collection,
                                                            std::vector<VectorChange> changes,
                                                            FilterPtr where) {
  const PayloadFilter filter(*collection, std::move(where));
  std::vector<PointId> ids;
  for (const VectorChange& change : changes) ids.push_back(change.id);
  auto found = co_await find_documents(call, collection, std::move(ids));
  STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
  std::vector<VectorChange> held;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!documents[i] || !filter.matches(*documents[i])) continue;
    changes[i].if_payload = documents[i]->source;
    held.push_back(std::move(changes[i]));
  }
  co_return held;
}

net::Task<Outcome<Written>> remove_vectors(Call* call, CollectionPtr collection, PointSelection selection,
                                           std::vector<const VectorParams*> vectors) {
  std::vector<PointId> ids = selection.ids;
  if (selection.filter) {
    auto found = co_await select_points(call, collection, selection.filter);
    STELE_CO_TRY(const std::vector<engine::DocumentPtr> documents, std::move(found));
    for (const engine::DocumentPtr& document : documents) ids.push_back(PointId::of(document->key));
  }
  std::vector<VectorChange> changes;
  for (PointId& id : ids) {
    VectorChange change{std::move(id), {}};
    for (const VectorParams* params : vectors) change.vectors.push_back({params, {}});
    changes.push_back(std::move(change));
  }
  auto changed = co_await change_vectors(call, collection, std::move(changes));
  co_return changed;
}

}  // namespace stele::qdrant
