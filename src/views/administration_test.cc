#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>

#include "net/gate.h"
#include "views/document_builder.h"
#include "views/test_views.h"

namespace stele::views {
namespace {

class AdministrationTest : public ViewsTest {
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
  Administration& administration() { return views_->administration(); }
};

TEST_F(AdministrationTest, CreatesWidensAndDropsAnIndex) {
  start();
  CollectionDefinition definition;
  definition.schema = *engine::Schema::create({{.path = "title", .type = engine::FieldType::kText}});
  definition.elastic_json = R"({"settings": {"x": 1}})";
  auto created =
      await(administration().create_collection({}, "books", CollectionKind::kElastic, definition, soon()));
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_EQ((*created)->state, CollectionState::kReady);
  EXPECT_EQ((*created)->uuid.size(), 22U);
  EXPECT_EQ((*created)->table.quoted(), R"("elastic"."books")");
  const auto again =
      await(administration().create_collection({}, "books", CollectionKind::kElastic, {}, soon()));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);

  sql()(
      "INSERT INTO elastic.books (_id, _source) VALUES ('1', '{\"title\": \"red  tree\" }'), ('2', "
      "'{\"title\": \"a\"}')");
  sql()("UPDATE elastic.books SET _source = '{\"title\":\"blue tree\"}' WHERE _id = '2'");
  caught_up();
  auto hits = search("books", match("title", "tree"));
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].document->source, "{\"title\": \"red  tree\" }");
  EXPECT_EQ(hits[0].document->version, 1);
  EXPECT_EQ(hits[0].document->seq_no, 0);
  EXPECT_EQ(hits[1].document->version, 2);
  EXPECT_EQ(hits[1].document->seq_no, 2);

  auto widened = await(administration().add_fields(
      {}, "books", {.fields = {{.path = "n", .type = engine::FieldType::kLong}}}, soon()));
  ASSERT_TRUE(widened) << widened.error().to_string();
  EXPECT_TRUE((*widened)->definition->schema.find("n"));
  EXPECT_TRUE((*widened)->collection->schema()->find("n"));
  auto conflict = await(administration().add_fields(
      {}, "books", {.fields = {{.path = "n", .type = engine::FieldType::kText}}}, soon()));
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code, ErrorCode::kConflict);
  EXPECT_EQ(conflict.error().detail("field"), "n");

  ASSERT_TRUE(await(administration().drop_collection({}, "books", soon())));
  EXPECT_EQ(entry("books"), nullptr);
  EXPECT_EQ(sql()("SELECT to_regclass('elastic.books')"), "NULL");
}

// Whoever is told that somebody else was faster finds the other's index and fields.
net::Task<void> create_raced(Views* views, TimePoint deadline, int* made, int* blind) {
  auto created =
      co_await views->administration().create_collection({}, "race", CollectionKind::kElastic, {}, deadline);
  if (created) ++*made;
  const auto shown = views->catalog().current()->find("race");
  if (!shown || (!created && created.error().code != ErrorCode::kAlreadyExists)) ++*blind;
}
net::Task<void> map_raced(Views* views, engine::FieldType type, TimePoint deadline, int* blind) {
  DefinitionChange change{.fields = {{.path = "n", .type = type}}};
  auto mapped = co_await views->administration().add_fields({}, "race", std::move(change), deadline);
  const auto definition = views->catalog().current()->find("race")->definition;
  const auto field = definition->schema.find("n");
  const bool told = mapped || mapped.error().code == ErrorCode::kConflict;
  if (!told || !field || mapped.has_value() != (definition->schema.field(*field).type == type)) ++*blind;
}
net::Task<void> inside_gate(net::Task<void> task, [[maybe_unused]] net::Gate::Holder inside) {
  co_await std::move(task);
}
net::Task<void> race(Views* views, TimePoint deadline, int* made, int* blind) {
  constexpr int kRacers = 6;
  net::Gate creators;
  for (int i = 0; i < kRacers; ++i)
    net::spawn(inside_gate(create_raced(views, deadline, made, blind), creators.hold()));
  co_await creators.close();
  net::Gate mappers;
  for (int i = 0; i < kRacers; ++i) {
    const auto type = i % 2 == 0 ? engine::FieldType::kLong : engine::FieldType::kText;
    net::spawn(inside_gate(map_raced(views, type, deadline, blind), mappers.hold()));
  }
  co_await mappers.close();
}

TEST_F(AdministrationTest, WhoWasSlowerSeesWhatTheFasterMade) {
  start();
  int made = 0;
  int blind = 0;
  sql().run(race(views_.get(), soon(), &made, &blind));
  EXPECT_EQ(made, 1);
  EXPECT_EQ(blind, 0);
}

// What is committed and not shown in time is told as that, not as missing.
TEST_F(AdministrationTest, AnIndexThatIsNotShownInTimeIsNotMissing) {
  start();
  const std::string pid =
      sql()("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + views_->status().slot + "'");
  ::kill(static_cast<pid_t>(std::stol(pid)), SIGSTOP);  // the stream stands still
  const TimePoint deadline = system_clock().now() + std::chrono::seconds(5);
  const auto late =
      await(administration().create_collection({}, "late", CollectionKind::kElastic, {}, deadline));
  ::kill(static_cast<pid_t>(std::stol(pid)), SIGCONT);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded) << late.error().to_string();
  EXPECT_THAT(late.error().message, testing::HasSubstr("not shown here in time"));
  EXPECT_TRUE(ready("late"));
}

TEST_F(AdministrationTest, ANameMayBeLongerThanATables) {
  start();
  const std::string name = std::string(200, 'x') + "-é";
  auto created = await(administration().create_collection({}, name, CollectionKind::kElastic, {}, soon()));
  ASSERT_TRUE(created) << created.error().to_string();
  EXPECT_LE((*created)->table.name.size(), 63U);
  EXPECT_FALSE(await(
      administration().create_collection({}, std::string(256, 'x'), CollectionKind::kElastic, {}, soon())));
}

TEST_F(AdministrationTest, ASqlWritersFieldsAreMappedDynamically) {
  start();
  ASSERT_TRUE(await(administration().create_collection({}, "d", CollectionKind::kElastic, {}, soon())));
  sql()("INSERT INTO elastic.d (_id, _source) VALUES ('1', '{\"who\": \"Ann\", \"n\": 5}')");
  ASSERT_TRUE(eventually([&] { return search("d", match("who", "ann")).size() == 1; }));
  EXPECT_EQ(search("d", match("n", 5)).size(), 1U);
  // The same from a copy, with version, sequence number and the source as it came.
  sql()("UPDATE elastic.d SET _source = '{\"who\" : \"Ann\", \"n\":6}', _routing = 'r'");
  views_.reset();
  start();
  ASSERT_TRUE(ready("d"));
  const auto hits = search("d", match("n", 6));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].document->source, "{\"who\" : \"Ann\", \"n\":6}");
  EXPECT_EQ(hits[0].document->version, 2);
  EXPECT_EQ(hits[0].document->seq_no, 1);
  EXPECT_EQ(hits[0].document->routing, "r");
}

TEST_F(AdministrationTest, PublishesAndWaitsUntilItIsReady) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
  auto published = await(administration().publish({}, {"public", "t"}, "{\"collection\": \"tt\"}", soon()));
  ASSERT_TRUE(published) << published.error().to_string();
  EXPECT_EQ((*published)->name, "tt");
  EXPECT_EQ((*published)->state, CollectionState::kReady);
  EXPECT_EQ(search("tt", match_all()).size(), 1U);
  auto missing = await(administration().publish({}, {"public", "nix"}, "", soon()));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(await(administration().drop_collection({}, "tt", soon())));
  EXPECT_EQ(sql()("SELECT count(*) FROM t"), "1");
}

TEST_F(AdministrationTest, KeepsObjects) {
  start();
  ASSERT_TRUE(await(administration().put_objects({},
                                                 {{"elastic.alias", "a", "{\"index\": 1}"},
                                                  {"elastic.alias", "b", "{}"},
                                                  {"elastic.template", "a", "{}"}},
                                                 soon())));
  EXPECT_EQ(views_->catalog().current()->objects("elastic.alias").size(), 2U);
  ASSERT_TRUE(await(
      administration().put_objects({}, {{"elastic.alias", "a", ""}, {"elastic.alias", "b", "[1]"}}, soon())));
  EXPECT_EQ(views_->catalog().current()->find_object("elastic.alias", "a"), nullptr);
  EXPECT_EQ(views_->catalog().current()->find_object("elastic.alias", "b")->definition, "[1]");
  views_.reset();
  start();
  EXPECT_EQ(views_->catalog().current()->objects("elastic.alias").size(), 1U);
}

TEST_F(AdministrationTest, AChangeOfTheCatalogHoldsOrDoesNot) {
  start();
  ASSERT_TRUE(await(administration().create_collection({}, "old", CollectionKind::kElastic, {}, soon())));
  ASSERT_TRUE(await(administration().create_collection({}, "wide", CollectionKind::kElastic, {}, soon())));
  ASSERT_TRUE(await(administration().put_objects({}, {{"elastic.alias", "a", R"({"x": 1})"}}, soon())));
  const auto change = [](std::string a_was, std::string b_was) {
    CatalogChange made;
    made.dropped = {"old"};
    made.created = NewCollection{.name = "new"};
    made.widened["wide"] = {.fields = {{.path = "n", .type = engine::FieldType::kLong}}};
    made.objects = {{{"elastic.alias", "b", "{}"}, std::move(b_was)},
                    {{"elastic.alias", "a", R"({"x":2})"}, std::move(a_was)}};
    return made;
  };
  for (const auto& [a_was, b_was] : {std::pair{R"({"x":5})", ""}, std::pair{R"({"x":1})", "{}"}}) {
    const auto refused = await(administration().change_catalog({}, change(a_was, b_was), soon()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_NE(refused.error().detail("stale"), "");
    EXPECT_NE(entry("old"), nullptr);
    EXPECT_EQ(entry("new"), nullptr);
    EXPECT_FALSE(entry("wide")->definition->schema.find("n"));
    EXPECT_EQ(views_->catalog().current()->find_object("elastic.alias", "a")->definition, R"({"x": 1})");
  }
  const auto done = await(administration().change_catalog({}, change(R"({"x":1})", ""), soon()));
  ASSERT_TRUE(done) << done.error().to_string();
  EXPECT_EQ(entry("old"), nullptr);
  EXPECT_EQ(sql()("SELECT to_regclass('elastic.old')"), "NULL");
  EXPECT_NE(entry("new"), nullptr);
  EXPECT_TRUE(entry("wide")->definition->schema.find("n"));
  EXPECT_EQ(views_->catalog().current()->find_object("elastic.alias", "a")->definition, R"({"x": 2})");
  EXPECT_NE(views_->catalog().current()->find_object("elastic.alias", "b"), nullptr);
  CatalogChange gone;
  gone.objects = {{{"elastic.alias", "b", ""}, "[]"}};
  EXPECT_EQ(await(administration().change_catalog({}, gone, soon())).error().code, ErrorCode::kConflict);
  gone.objects[0].former = "{}";
  ASSERT_TRUE(await(administration().change_catalog({}, gone, soon())));
  EXPECT_EQ(views_->catalog().current()->find_object("elastic.alias", "b"), nullptr);
}

// What another node committed and this one does not show yet is not undone.
TEST_F(AdministrationTest, PartsOfHeadsAreMergedUnderTheRowLock) {
  start();
  ASSERT_TRUE(await(administration().create_collection({}, "books", CollectionKind::kElastic, {}, soon())));
  for (const char* name : {"a", "b"}) {
    const auto stored =
        await(administration().add_fields({}, "books", {.elastic = {{"settings", {{name, "1"}}}}}, soon()));
    ASSERT_TRUE(stored) << stored.error().to_string();
  }
  EXPECT_EQ(sql()("SELECT definition->'elastic'->'settings' FROM stele.collection"), R"({"a": 1, "b": 1})");
}

TEST_F(AdministrationTest, WaitsForAnLsn) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY); SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  for (int i = 0; i < 50; ++i) {
    sql()("INSERT INTO t VALUES (" + std::to_string(i) + ")");
    const auto lsn = Lsn::parse(sql()("SELECT pg_current_wal_flush_lsn()"));
    ASSERT_TRUE(await(views_->freshness().wait_visible({*lsn, 0}, soon())));
    ASSERT_EQ(search("t", match_all()).size(), static_cast<std::size_t>(i + 1));
  }
  const auto late = await(views_->freshness().wait_visible(
      {Lsn(UINT64_MAX), 0}, system_clock().now() + std::chrono::milliseconds(20)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded);
  const auto elsewhere = await(views_->freshness().wait_visible({Lsn(1), 7}, soon()));
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, ErrorCode::kFailedPrecondition);
  const auto never = await(views_->freshness().wait_write(
      views_->freshness().begin_write(), system_clock().now() + std::chrono::milliseconds(20)));
  EXPECT_FALSE(never);
}

TEST(LsnToken, IsALsnAndPerhapsATimeline) {
  EXPECT_EQ(LsnToken::parse("0/2A")->to_string(), "0/2A");
  EXPECT_EQ(LsnToken::parse("0/2A@3")->to_string(), "0/2A@3");
  EXPECT_EQ(LsnToken::parse("0/2A@3")->timeline, 3U);
  for (const std::string_view bad : {"", "2A", "0/2A@", "0/2A@x", "0/2A@0", "0/2A@-1"})
    EXPECT_FALSE(LsnToken::parse(bad));
}

}  // namespace
}  // namespace stele::views
