#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "net/event.h"
#include "postgres/pool.h"
#include "postgres/replication/write_mark.h"
#include "postgres/shared_test_server.h"
#include "views/writer/batching_writer.h"
#include "views/writer/statements.h"
#include "views/writer/write_transaction.h"

namespace stele::views {

inline constexpr std::string_view kSetup = R"sql(
DROP SCHEMA IF EXISTS elastic CASCADE;
CREATE SCHEMA elastic;
CREATE TABLE elastic.films (_id text PRIMARY KEY, _source json, _version bigint, _seq_no bigint, _routing text);
CREATE SEQUENCE elastic.films_seq_no MINVALUE 0;
CREATE FUNCTION elastic.set_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN NEW._version := coalesce(NEW._version, 1);
  ELSIF NEW._version IS NULL OR NEW._version <= OLD._version THEN NEW._version := OLD._version + 1; END IF;
  NEW._seq_no := nextval('elastic.films_seq_no');
  RETURN NEW;
END $$;
CREATE TRIGGER version BEFORE INSERT OR UPDATE ON elastic.films FOR EACH ROW EXECUTE FUNCTION elastic.set_version();
DROP TABLE IF EXISTS public.film;
CREATE TABLE public.film (id int, lang text, title text NOT NULL, stars int DEFAULT 3 CHECK (stars < 6), tags text[],
                          secret bytea, PRIMARY KEY (id, lang));
)sql";

// Takes our messages out of the log, as the applier does, and makes them visible.
class Echo {
 public:
  net::Task<void> run(Freshness* freshness) {
    auto connected = co_await postgres::Connection::connect(
        postgres::SharedTestServer::get().connect_options(), kNoDeadline);
    STELE_CHECK(connected.has_value());
    connection_ = *std::move(connected);
    for (const char* text :
         {"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'echo'",
          "DROP PUBLICATION IF EXISTS echo", "CREATE PUBLICATION echo FOR ALL TABLES",
          "SELECT pg_create_logical_replication_slot('echo', 'pgoutput')"}) {
      auto setup = co_await connection_->query(text, kNoDeadline);
      STELE_CHECK_MESSAGE(setup.has_value(), setup ? std::string() : setup.error().to_string());
    }
    ready.set();
    while (!stopping) {
      if (!paused) co_await take(freshness);
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    }
    connection_.reset();
    ended.set();
  }

  bool stopping = false;
  bool paused = false;
  net::Event ready;
  net::Event ended;

 private:
  net::Task<void> take(Freshness* freshness) {
    postgres::Statement statement;
    statement.sql =
        "SELECT data FROM pg_logical_slot_get_binary_changes('echo', NULL, NULL, 'proto_version', '1', "
        "'publication_names', 'echo', 'messages', 'true')";
    statement.result_format = postgres::wire::Format::kBinary;
    auto rows = co_await connection_->execute(std::move(statement), kNoDeadline);
    STELE_CHECK(rows.has_value());
    std::optional<postgres::WriteMark> mark;
    for (const postgres::ResultSet::Row row : *rows) {
      ByteReader data(row[0].value_or(""));
      const char kind = data.take(1)[0];
      if (kind == 'M') {
        data.take(9);
        const bool ours = data.c_string() == "stele";
        const auto size = data.big_endian<std::int32_t>();
        const auto parsed = postgres::parse_write_mark(data.take(static_cast<std::size_t>(size)));
        if (ours && parsed) mark = *parsed;
      } else if (kind == 'C') {
        data.take(9);
        const Lsn end(data.big_endian<std::uint64_t>());
        if (mark) freshness->came_back(*mark, end);
        mark.reset();
        freshness->publish(end);
      }
    }
  }
  std::unique_ptr<postgres::Connection> connection_;
};

class WriterTest : public postgres::PostgresTest {
 public:
  WriterTest() : engine_(engine::make_engine(visible_)) {
    freshness_.set_node(7);
    films_ = entry(1, CollectionKind::kElastic, {"elastic", "films"}, {});
    CollectionDefinition definition;
    definition.columns = {{"id", "integer", 23, "id", 0, ""},       {"lang", "text", 25, "lang", 1, ""},
                          {"title", "text", 25, "title", -1, ""},   {"stars", "integer", 23, "stars", -1, ""},
                          {"tags", "text[]", 1009, "tags", -1, ""}, {"secret", "bytea", 17, "", -1, "bytea"}};
    table_ = entry(2, CollectionKind::kPublished, {"public", "film"}, std::move(definition));
  }

  std::shared_ptr<const CollectionEntry> entry(std::int64_t id, CollectionKind kind, TableName table,
                                               CollectionDefinition definition) {
    auto made = std::make_shared<CollectionEntry>();
    made->id = id;
    made->name = table.name;
    made->kind = kind;
    made->table = std::move(table);
    made->collection = *engine_->create_collection({made->name, {engine::KeyType::kText}}, {});
    made->definition = std::make_shared<const CollectionDefinition>(std::move(definition));
    return made;
  }

  // Runs `body` with a writer and the echo of its writes.
  using Body = net::Task<void> (*)(WriterTest*);
  void with_writer(Body body, WriterOptions options = {}) {
    options.postgres = postgres::SharedTestServer::get().connect_options();
    run(frame(this, body, std::move(options)));
  }
  static net::Task<void> frame(WriterTest* test, Body body, WriterOptions options) {
    test->sql_ = *co_await postgres::Connection::connect(options.postgres, kNoDeadline);
    auto made = co_await test->sql_->query(std::string(kSetup), kNoDeadline);
    STELE_CHECK_MESSAGE(made.has_value(), made ? std::string() : made.error().to_string());
    net::spawn(test->echo_.run(&test->freshness_));
    co_await test->echo_.ready.wait();
    test->writer_ = make_batching_writer(std::move(options), test->catalog_, test->freshness_, test->visible_,
                                         test->metrics_);
    co_await body(test);
    co_await test->writer_->stop();
    test->writer_.reset();
    test->echo_.stopping = true;
    co_await test->echo_.ended.wait();
    test->sql_.reset();
  }

  DocumentWrite index(std::string id, std::string source,
                      DocumentAction action = DocumentAction::kIndex) const {
    return {films_, action, std::move(id), std::move(source), {}, {}};
  }
  DocumentWrite row(std::string id, std::string source,
                    DocumentAction action = DocumentAction::kIndex) const {
    return {table_, action, std::move(id), std::move(source), {}, {}};
  }
  static net::Task<WriteReply> write(WriterTest* test, std::vector<DocumentWrite> writes,
                                     std::string role = {}) {
    access::Principal principal;
    principal.role = std::move(role);
    auto reply = co_await test->writer_->write(std::move(principal), std::move(writes),
                                               net::Reactor::current()->now() + std::chrono::seconds(30));
    co_return reply;
  }
  static net::Task<std::optional<StoredDocument>> read(WriterTest* test,
                                                       std::shared_ptr<const CollectionEntry> from,
                                                       std::string id) {
    auto documents = co_await test->writer_->read({}, std::move(from), {std::move(id)},
                                                  net::Reactor::current()->now() + std::chrono::seconds(30));
    if (!documents) co_return std::nullopt;
    co_return std::move(documents->front());
  }
  static net::Task<std::string> value(WriterTest* test, std::string query) {
    auto results = co_await test->sql_->query(std::move(query), kNoDeadline);
    if (!results) co_return results.error().to_string();
    co_return std::string(results->back().value().value_or("NULL"));
  }
  static std::string told(const Result<DocumentOutcome>& outcome) {
    constexpr std::string_view kNames[] = {"created", "updated", "deleted", "not_found"};
    if (!outcome) {
      std::string code(to_string(outcome.error().code));
      std::ranges::replace(code, ' ', '_');
      return code;
    }
    return std::string(kNames[static_cast<int>(outcome->result)]) + " " + std::to_string(outcome->version);
  }

  engine::VisibleLsn visible_;
  std::unique_ptr<engine::Engine> engine_;
  Freshness freshness_;
  Catalog catalog_;
  MetricRegistry metrics_;
  Echo echo_;
  std::unique_ptr<postgres::Connection> sql_;
  std::unique_ptr<Writer> writer_;
  std::shared_ptr<const CollectionEntry> films_, table_;
};

}  // namespace stele::views
