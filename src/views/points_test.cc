// Qdrant collections: their tables, their points' vectors, and who writes them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "views/document_builder.h"
#include "views/test_views.h"
#include "views/writer.h"

namespace stele::views {
namespace {

using testing::ElementsAre;

class PointsTest : public ViewsTest {
 protected:
  template <class T>
  static net::Task<void> store(net::Task<T> task, std::optional<T>* into) {
    *into = co_await std::move(task);
  }
  template <class T>
  T await(net::Task<T> task) {
    std::optional<T> result;
    sql().run(store(std::move(task), &result));
    return std::move(*result);
  }
  static TimePoint soon() { return system_clock().now() + std::chrono::seconds(20); }

  // "points": a vector "image" of 1,000 dimensions, which PostgreSQL moves out of the row, and one of two.
  void create() {
    CollectionDefinition definition;
    definition.schema = *engine::Schema::create(
        {{.path = "image", .type = engine::FieldType::kDenseVector, .dimension = 1000},
         {.path = "small", .type = engine::FieldType::kDenseVector, .dimension = 2}});
    definition.vectors = {{"image", "image"}, {"small", "small"}};
    definition.qdrant = {{"params", R"({"x":1})"}};
    auto created = await(views_->administration().create_collection({}, "points", CollectionKind::kQdrant,
                                                                    definition, soon()));
    ASSERT_TRUE(created) << created.error().to_string();
    EXPECT_EQ((*created)->state, CollectionState::kReady);
    EXPECT_EQ((*created)->table.quoted(), R"("qdrant"."points")");
  }

  static net::Task<void> write_task(Views* views, std::vector<DocumentWrite> writes, WriteReply* reply) {
    const std::unique_ptr<Writer> writer = views->make_writer();
    *reply = co_await writer->write({}, std::move(writes), soon());
    co_await writer->stop();
  }
  WriteReply write(std::vector<DocumentWrite> writes) {
    WriteReply reply;
    sql().run(write_task(views_.get(), std::move(writes), &reply));
    return reply;
  }
  DocumentWrite point(std::string id, std::string payload, std::vector<VectorWrite> vectors,
                      DocumentAction action = DocumentAction::kIndex) {
    DocumentWrite made{entry("points"), action, std::move(id), std::move(payload), {}, {}};
    made.vectors = std::move(vectors);
    return made;
  }
  engine::DocumentPtr document(std::string_view id) {
    const auto found = entry("points");
    const std::shared_ptr<engine::Collection> collections[] = {found->collection};
    return engine::Snapshot::take(views_->visible(), collections)
        .view(0)
        .get(*engine::DocKey::parse({engine::KeyType::kPoint}, id));
  }
  std::vector<float> vector(std::string_view id, std::string_view path) {
    const engine::DocumentPtr found = document(id);
    const auto field = entry("points")->definition->schema.find(path);
    if (found == nullptr || !field) return {};
    for (const engine::VectorValue& value : found->vectors)
      if (value.field == *field) return value.elements;
    return {};
  }
};

std::string told(const Result<DocumentOutcome>& outcome) {
  static constexpr std::string_view kNames[] = {"created", "updated", "deleted", "absent"};
  return outcome ? std::string(kNames[static_cast<std::size_t>(outcome->result)])
                 : std::string(to_string(outcome.error().code));
}

TEST_F(PointsTest, SqlRowsArePoints) {
  start();
  create();
  sql()(
      "INSERT INTO qdrant.points VALUES ('18446744073709551615', '{\"city\": \"Rome\"}', "
      "(SELECT array_agg(i::real) FROM generate_series(1, 1000) i), '{1,2}'), "
      "('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{}', NULL, '{1,2,3}')");
  caught_up();
  EXPECT_EQ(vector("18446744073709551615", "image").size(), 1000U);
  EXPECT_THAT(vector("18446744073709551615", "small"), ElementsAre(1, 2));
  // Of the wrong length: the point is there without it.
  ASSERT_NE(document("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), nullptr);
  EXPECT_TRUE(vector("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "small").empty());
  ASSERT_TRUE(eventually([&] { return search("points", match("city", "rome")).size() == 1; }));
  // The vector that lies outside of the row is not in the change and stays; so is the payload's text.
  sql()("UPDATE qdrant.points SET payload = '{\"city\":  \"Oslo\"}' WHERE id = '18446744073709551615'");
  caught_up();
  EXPECT_EQ(vector("18446744073709551615", "image").size(), 1000U);
  EXPECT_EQ(document("18446744073709551615")->source, "{\"city\":  \"Oslo\"}");
  sql()("UPDATE qdrant.points SET image = NULL WHERE id = '18446744073709551615'");
  caught_up();
  EXPECT_TRUE(vector("18446744073709551615", "image").empty());
  EXPECT_THAT(sql().error("INSERT INTO qdrant.points VALUES ('01')"), testing::HasSubstr("check"));
  EXPECT_THAT(sql().error("INSERT INTO qdrant.points VALUES ('18446744073709551616')"),
              testing::HasSubstr("check"));
  EXPECT_THAT(sql().error("INSERT INTO qdrant.points VALUES ('1', '[]')"), testing::HasSubstr("check"));
  sql()("DELETE FROM qdrant.points");
  caught_up();
  EXPECT_EQ(search("points", match_all()).size(), 0U);
}

TEST_F(PointsTest, FieldsAndRestartsKeepVectors) {
  start();
  create();
  sql()(
      "INSERT INTO qdrant.points VALUES ('1', '{\"n\": 5, \"image\": [1,2], \"small\": {\"a\": 1}}', "
      "(SELECT array_agg(i::real) FROM generate_series(1, 1000) i), '{1,2}')");
  // A member that bears a vector's name stays payload alone.
  ASSERT_TRUE(eventually([&] { return search("points", match("n", 5)).size() == 1; }));
  EXPECT_EQ(vector("1", "image").size(), 1000U);
  EXPECT_THAT(vector("1", "small"), ElementsAre(1, 2));
  auto changed = await(views_->administration().add_fields(
      {}, "points", {.qdrant = {{"index:n", "\"integer\""}, {"params", ""}}}, soon()));
  ASSERT_TRUE(changed) << changed.error().to_string();
  EXPECT_EQ((*changed)->definition->qdrant, (HeadParts{{"index:n", "\"integer\""}}));
  views_.reset();
  start();
  ASSERT_TRUE(ready("points"));
  EXPECT_EQ(entry("points")->definition->qdrant, (HeadParts{{"index:n", "\"integer\""}}));
  EXPECT_EQ(search("points", match("n", 5)).size(), 1U);
  EXPECT_EQ(vector("1", "image").size(), 1000U);
  EXPECT_EQ(vector("1", "image").back(), 1000.0F);
  ASSERT_TRUE(await(views_->administration().drop_collection({}, "points", soon())));
  EXPECT_EQ(sql()("SELECT to_regclass('qdrant.points')"), "NULL");
}

TEST_F(PointsTest, SparseVectors) {
  start();
  CollectionDefinition definition;
  definition.schema = *engine::Schema::create({{.path = "words", .indexed = false, .doc_values = false}});
  definition.vectors = {{"words", "words", true}};
  ASSERT_TRUE(await(
      views_->administration().create_collection({}, "points", CollectionKind::kQdrant, definition, soon())));
  const auto words = [&](std::string_view id) {
    const engine::DocumentPtr found = document(id);
    return found == nullptr || found->fields.empty() ? "" : engine::to_string(found->fields[0].values[0]);
  };
  DocumentWrite written = point("1", "{}", {});
  written.vectors = {{"words", {0.5F, -2}, {7, 4294967295}}};
  EXPECT_EQ(told(write({written}).outcomes[0]), "created");
  EXPECT_EQ(words("1"), R"("{"indices":[7,4294967295],"values":[0.5,-2]}")");
  EXPECT_EQ(sql()("SELECT words::text FROM qdrant.points"), "{{7,4294967295},{0.5,-2}}");
  sql()(
      "INSERT INTO qdrant.points VALUES ('2', '{}', '{{1,2},{0.1,0.2}}'), ('3', '{}', '{1,2}'), "
      "('4', '{}', '{{1.5},{2}}')");
  caught_up();
  EXPECT_EQ(words("2"), R"("{"indices":[1,2],"values":[0.1,0.2]}")");
  EXPECT_EQ(words("3"), "");  // no two rows
  EXPECT_EQ(words("4"), "");  // no index
  // A field that comes later is filled, and the vector stays.
  sql()("UPDATE qdrant.points SET payload = '{\"n\": 5}' WHERE id = '2'");
  ASSERT_TRUE(eventually([&] { return search("points", match("n", 5)).size() == 1; }));
  EXPECT_EQ(words("2"), R"("{"indices":[1,2],"values":[0.1,0.2]}")");
}

TEST_F(PointsTest, Writes) {
  start();
  create();
  WriteReply reply = write({point("1", R"({"a":1})", {{"small", {1, 2}}}), point("2", "{}", {}),
                            point("x", "{}", {}), point("3", R"({"b":1})", {{"small", {0.1F, -3}}})});
  EXPECT_EQ(told(reply.outcomes[0]), "created");
  EXPECT_EQ(told(reply.outcomes[2]), "database error");
  EXPECT_LE(reply.lsn, views_->freshness().visible());
  EXPECT_THAT(vector("3", "small"), ElementsAre(0.1F, -3));
  EXPECT_EQ(sql()("SELECT small::text FROM qdrant.points WHERE id = '3'"), "{0.1,-3}");

  DocumentWrite stale = point("1", R"({"a":2})", {}, DocumentAction::kUpdate);
  stale.if_source = R"({"a":0})";
  DocumentWrite right = point("3", R"({"b":2})", {}, DocumentAction::kUpdate);
  right.if_source = R"({"b":1})";
  DocumentWrite gone = point("9", R"({"b":2})", {}, DocumentAction::kUpdate);
  gone.if_source = "{}";
  reply = write({stale, right, gone, point("1", "", {{"small", {}}}, DocumentAction::kUpdate),
                 point("8", "", {}, DocumentAction::kUpdate), point("2", "{}", {}, DocumentAction::kCreate),
                 point("7", "{}", {}, DocumentAction::kDelete), point("2", "", {}, DocumentAction::kDelete)});
  std::string outcomes;
  for (const auto& outcome : reply.outcomes) outcomes += told(outcome) + "; ";
  EXPECT_EQ(outcomes, "conflict; updated; not found; updated; not found; conflict; absent; deleted; ");
  EXPECT_TRUE(vector("1", "small").empty());
  EXPECT_EQ(document("1")->source, R"({"a":1})");
  EXPECT_EQ(document("3")->source, R"({"b":2})");
  EXPECT_THAT(vector("3", "small"), ElementsAre(0.1F, -3));
  // Replaced as a whole.
  write({point("3", "{}", {})});
  EXPECT_TRUE(vector("3", "small").empty());
}

}  // namespace
}  // namespace stele::views
