#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "net/reactor.h"
#include "net/worker_pool.h"
#include "protocols/elastic/head.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/services.h"
#include "views/administration.h"
#include "views/document_builder.h"
#include "views/freshness.h"
#include "views/writer.h"

namespace stele::elastic {

// A node without PostgreSQL, for tests of the head: documents live in maps, are applied to the reference
// engine at once, and every write is a commit of its own.
class MemoryNode final : public views::Administration, public views::Writer {
 public:
  MemoryNode() : engine_(engine::make_engine(visible_)), pool_(1, 100) {
    Services services;
    services.catalog = &catalog_;
    services.administration = this;
    services.freshness = &freshness_;
    services.engine = engine_.get();
    services.visible = &visible_;
    services.writer = [this]() -> views::Writer& { return *this; };
    services.pool = &pool_;
    services.metrics = &metrics_;
    services.identity.cluster_uuid = "uuid";
    services.identity.product_version = "test";
    head_ = std::make_unique<Head>(std::move(services));
    reactor_ = *net::Reactor::create();
    thread_ = std::thread([this] { reactor_->run(); });
  }
  ~MemoryNode() override {
    reactor_->stop();
    thread_.join();
  }

  net::HttpResponse request(std::string method, std::string target, std::string body = {},
                            std::vector<std::pair<std::string, std::string>> headers = {}) {
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    if (!request.body.empty() && headers.empty()) headers.emplace_back("Content-Type", "application/json");
    for (auto& [name, value] : headers) request.headers.add(std::move(name), std::move(value));
    std::promise<net::HttpResponse> promise;
    auto answer = promise.get_future();
    reactor_->spawn(run(head_.get(), std::move(request), &promise, &answering_));
    return answer.get();
  }

  // How often another coroutine of the reactor had its turn while this request was answered.
  std::size_t turns_during(std::string method, std::string target, std::string body,
                           std::vector<std::pair<std::string, std::string>> headers) {
    std::atomic<bool> over = false;
    std::promise<std::size_t> promise;
    auto turns = promise.get_future();
    reactor_->spawn(count_turns(&answering_, &over, &promise));
    request(std::move(method), std::move(target), std::move(body), std::move(headers));
    over = true;
    return turns.get();
  }

  // A node that has just started and copies.
  void begin_building(const std::string& name) {
    auto entry = std::make_shared<views::CollectionEntry>(*catalog_.current()->find(name));
    entry->state = views::CollectionState::kBuilding;
    entry->collection = nullptr;
    entry->definition = std::make_shared<const views::CollectionDefinition>();
    replace(entry);
  }

  // How often fields were added.
  int definition_changes() const { return definition_changes_; }

  net::Task<Result<Index>> create_collection(access::Principal, std::string name, views::CollectionKind kind,
                                             views::CollectionDefinition definition, TimePoint) override {
    if (catalog_.current()->find(name)) co_return make_error(ErrorCode::kAlreadyExists, name);
    auto entry = std::make_shared<views::CollectionEntry>();
    entry->id = ++last_id_;
    entry->name = name;
    entry->uuid = "uuid-of-" + name;
    entry->kind = kind;
    entry->table = {"elastic", name};
    entry->state = views::CollectionState::kReady;
    STELE_CO_TRY(entry->collection,
                 engine_->create_collection({name, {engine::KeyType::kText}}, definition.schema));
    entry->definition = std::make_shared<const views::CollectionDefinition>(std::move(definition));
    replace(entry);
    co_return entry;
  }
  net::Task<Result<void>> drop_collection(access::Principal, std::string name, TimePoint) override {
    const auto state = catalog_.current();
    std::vector<Index> entries;
    for (const Index& entry : state->entries())
      if (entry->name != name) entries.push_back(entry);
    catalog_.replace(std::make_shared<const views::CatalogState>(std::move(entries), objects_));
    co_return Result<void>();
  }
  net::Task<Result<Index>> add_fields(access::Principal, std::string name, views::DefinitionChange change,
                                      TimePoint) override {
    ++definition_changes_;
    const Index former = catalog_.current()->find(name);
    if (!former) co_return make_error(ErrorCode::kNotFound, name);
    auto entry = std::make_shared<views::CollectionEntry>(*former);
    const std::vector<engine::FieldDefinition> fields = change.fields;
    STELE_CO_TRY(views::CollectionDefinition definition, former->definition->with(std::move(change)));
    STELE_CO_RETURN_IF_ERROR(entry->collection->add_fields(fields));
    entry->definition = std::make_shared<const views::CollectionDefinition>(std::move(definition));
    replace(entry);
    co_return entry;
  }
  net::Task<Result<Index>> publish(access::Principal, views::TableName, std::string, TimePoint) override {
    co_return make_error(ErrorCode::kUnsupported, "no tables here");
  }
  // What another node or an SQL client does to the catalog; inside of before_change() or while nothing runs.
  void set_object(std::string kind, std::string name, std::string definition) {
    std::erase_if(objects_, [&](const auto& object) { return object.kind == kind && object.name == name; });
    objects_.push_back({std::move(kind), std::move(name), std::move(definition)});
    catalog_.replace(std::make_shared<const views::CatalogState>(catalog_.current()->entries(), objects_));
  }
  void make_index(const std::string& name) {
    auto entry = std::make_shared<views::CollectionEntry>();
    entry->id = ++last_id_;
    entry->name = name;
    entry->uuid = "uuid-of-" + name;
    entry->kind = views::CollectionKind::kElastic;
    entry->table = {"elastic", name};
    entry->state = views::CollectionState::kReady;
    entry->collection = *engine_->create_collection({name, {engine::KeyType::kText}}, {});
    entry->definition = std::make_shared<const views::CollectionDefinition>();
    replace(std::move(entry));
  }
  void widen(const std::string& name, views::DefinitionChange change) {
    auto entry = std::make_shared<views::CollectionEntry>(*catalog_.current()->find(name));
    entry->definition =
        std::make_shared<const views::CollectionDefinition>(*entry->definition->with(std::move(change)));
    replace(std::move(entry));
  }
  // Runs once, just before the next change of the catalog: somebody else is faster.
  void before_change(std::function<void()> race) { race_ = std::move(race); }

  net::Task<Result<void>> change_catalog(access::Principal principal, views::CatalogChange change,
                                         TimePoint deadline) override {
    if (race_) std::exchange(race_, nullptr)();
    STELE_CO_RETURN_IF_ERROR(check(change));
    for (const std::string& name : change.dropped) {
      auto dropped = co_await drop_collection(principal, name, deadline);
      STELE_CHECK(dropped.has_value());
    }
    if (change.created) {
      auto made = co_await create_collection(principal, change.created->name, change.created->kind,
                                             std::move(change.created->definition), deadline);
      STELE_CHECK(made.has_value());
    }
    for (auto& [name, widening] : change.widened) {
      auto widened = co_await add_fields(principal, name, std::move(widening), deadline);
      STELE_CHECK(widened.has_value());
    }
    std::vector<views::CatalogObject> objects;
    for (views::ObjectChange& object : change.objects) objects.push_back(std::move(object.object));
    auto put = co_await put_objects(principal, std::move(objects), deadline);
    co_return put;
  }
  net::Task<Result<void>> put_objects(access::Principal, std::vector<views::CatalogObject> objects,
                                      TimePoint) override {
    for (views::CatalogObject& object : objects) {
      std::erase_if(objects_, [&](const auto& o) { return o.kind == object.kind && o.name == object.name; });
      if (!object.definition.empty()) objects_.push_back(std::move(object));
    }
    catalog_.replace(std::make_shared<const views::CatalogState>(catalog_.current()->entries(), objects_));
    co_return Result<void>();
  }

  net::Task<views::WriteReply> write(access::Principal, std::vector<views::DocumentWrite> writes,
                                     TimePoint) override {
    views::WriteReply reply;
    for (const views::DocumentWrite& write : writes) reply.outcomes.push_back(write_one(write));
    visible_.publish(Lsn(++lsn_));
    freshness_.publish(Lsn(lsn_));
    reply.lsn = Lsn(lsn_);
    co_return reply;
  }
  net::Task<Result<std::vector<std::optional<views::StoredDocument>>>> read(access::Principal, Index from,
                                                                            std::vector<std::string> ids,
                                                                            TimePoint) override {
    std::vector<std::optional<views::StoredDocument>> documents(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto found = rows_[from->id].find(ids[i]);
      if (found != rows_[from->id].end()) documents[i] = found->second;
    }
    co_return documents;
  }
  net::Task<void> stop() override { co_return; }

 private:
  // Would all of it succeed?
  Result<void> check(const views::CatalogChange& change) const {
    const auto state = catalog_.current();
    for (const std::string& name : change.dropped)
      if (!state->find(name)) return make_error(ErrorCode::kNotFound, name);
    if (change.created && state->find(change.created->name) &&
        std::ranges::find(change.dropped, change.created->name) == change.dropped.end())
      return make_error(ErrorCode::kAlreadyExists, change.created->name);
    for (const auto& [name, widening] : change.widened) {
      const Index index = state->find(name);
      if (!index) return make_error(ErrorCode::kNotFound, name);
      STELE_RETURN_IF_ERROR(index->definition->with(widening));
    }
    for (const views::ObjectChange& object : change.objects) {
      const views::CatalogObject* stored = state->find_object(object.object.kind, object.object.name);
      if (object.former && *object.former != (stored == nullptr ? "" : stored->definition))
        return make_error(ErrorCode::kConflict, "changed by somebody else").with("stale", object.object.name);
    }
    return {};
  }

  static net::Task<void> count_turns(const bool* answering, const std::atomic<bool>* over,
                                     std::promise<std::size_t>* promise) {
    std::size_t turns = 0;
    while (!over->load()) {
      if (*answering) ++turns;
      co_await net::Reactor::current()->yield();
    }
    promise->set_value(turns);
  }

  static net::Task<void> run(Head* head, net::HttpRequest request, std::promise<net::HttpResponse>* promise,
                             bool* answering) {
    *answering = true;
    auto response = co_await head->handle(std::move(request));
    *answering = false;
    promise->set_value(std::move(response));
  }

  void replace(Index entry) {
    std::vector<Index> entries = catalog_.current()->entries();
    std::erase_if(entries, [&](const Index& other) { return other->name == entry->name; });
    entries.push_back(std::move(entry));
    catalog_.replace(std::make_shared<const views::CatalogState>(std::move(entries), objects_));
  }

  Result<views::DocumentOutcome> write_one(const views::DocumentWrite& write) {
    auto& rows = rows_[write.target->id];
    const auto found = rows.find(write.id);
    const bool there = found != rows.end();
    const auto conflict = [&] {
      Error error = make_error(ErrorCode::kConflict, "conflict");
      if (there)
        error.with("seq_no", std::to_string(found->second.seq_no))
            .with("version", std::to_string(found->second.version));
      return error;
    };
    if (write.if_seq_no && (!there || found->second.seq_no != *write.if_seq_no)) return conflict();
    if (write.action == views::DocumentAction::kCreate && there) return conflict();
    if (write.action == views::DocumentAction::kUpdate && !there)
      return make_error(ErrorCode::kNotFound, write.id);
    engine::Change change;
    change.document.key = engine::DocKey::from_text(write.id);
    const std::uint64_t version = there ? found->second.version + 1 : 1;
    const std::uint64_t seq_no = ++last_seq_no_;
    if (write.action == views::DocumentAction::kDelete) {
      if (!there) return views::DocumentOutcome{views::DocumentResult::kNotFound, 1, seq_no};
      rows.erase(found);
      change.kind = engine::Change::Kind::kDelete;
      apply(write, std::move(change));
      return views::DocumentOutcome{views::DocumentResult::kDeleted, version, seq_no};
    }
    rows[write.id] = {write.id, write.source, version, seq_no, write.routing};
    change.document.source = write.source;
    change.document.version = static_cast<std::int64_t>(version);
    change.document.seq_no = static_cast<std::int64_t>(seq_no);
    change.document.routing = write.routing.value_or("");
    const views::DocumentBuilder builder(*write.target->definition);
    views::LeftOut left_out;
    Result<json::Document> source = json::Document::parse_borrowed(write.source);
    STELE_RETURN_IF_ERROR(
        builder.build(source->root(), views::BuildMode::kLenient, change.document, left_out));
    apply(write, std::move(change));
    return views::DocumentOutcome{there ? views::DocumentResult::kUpdated : views::DocumentResult::kCreated,
                                  version, seq_no};
  }

  void apply(const views::DocumentWrite& write, engine::Change change) {
    engine::ChangeBatch batch;
    batch.lsn = Lsn(lsn_ + 1);
    batch.changes.push_back(std::move(change));
    auto applied = write.target->collection->apply(std::move(batch));
    STELE_CHECK(applied.has_value());
  }

  engine::VisibleLsn visible_;
  std::unique_ptr<engine::Engine> engine_;
  views::Catalog catalog_;
  views::Freshness freshness_;
  net::WorkerPool pool_;
  MetricRegistry metrics_;
  std::vector<views::CatalogObject> objects_;
  std::map<std::int64_t, std::map<std::string, views::StoredDocument>> rows_;
  std::int64_t last_id_ = 0;
  std::uint64_t lsn_ = 1;
  std::uint64_t last_seq_no_ = 0;
  int definition_changes_ = 0;
  bool answering_ = false;  // of the reactor
  std::function<void()> race_;
  std::unique_ptr<Head> head_;
  std::unique_ptr<net::Reactor> reactor_;
  std::thread thread_;
};

}  // namespace stele::elastic
