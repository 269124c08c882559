#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "views/test_views.h"

namespace stele::views {
namespace {

// "path:type" of every field, then "-column (why)" of what is left out.
std::string described(const CollectionDefinition& definition) {
  std::string text;
  for (const engine::FieldDefinition& field : definition.schema.fields()) {
    text += field.path + ":" + std::string(engine::to_string(field.type));
    if (field.dimension > 0) text += "[" + std::to_string(field.dimension) + "]";
    text += " ";
  }
  for (const ColumnMapping& column : definition.columns)
    if (!column.left_out.empty()) text += "-" + column.column + " ";
  return text;
}

struct TypeCase {
  std::string type, value, fields, json;
};

TEST_F(ViewsTest, InfersAFieldFromEveryType) {
  const TypeCase cases[] = {
      {"text", "'a \"b\"\n'", "c:text c.keyword:keyword ", R"("a \"b\"\n")"},
      {"varchar(20)", "'x'", "c:text c.keyword:keyword ", R"("x")"},
      {"char(3)", "'x'", "c:text c.keyword:keyword ", R"("x  ")"},
      {"name", "'x'", "c:text c.keyword:keyword ", R"("x")"},
      {"\"char\"", "'x'", "c:keyword ", R"("x")"},
      {"smallint", "-7", "c:long ", "-7"},
      {"integer", "7", "c:long ", "7"},
      {"bigint", "9223372036854775807", "c:long ", "9223372036854775807"},
      {"oid", "7", "c:long ", "7"},
      {"numeric", "12.3400", "c:double ", "12.3400"},
      {"numeric", "'NaN'", "c:double ", R"("NaN")"},
      {"real", "0.1", "c:float ", "0.1"},
      {"double precision", "'Infinity'", "c:double ", R"("Infinity")"},
      {"double precision", "1e300", "c:double ", "1e+300"},
      {"boolean", "true", "c:boolean ", "true"},
      {"date", "'2024-05-01'", "c:date ", R"("2024-05-01")"},
      {"date", "'infinity'", "c:date ", R"("infinity")"},
      {"timestamp", "'2024-05-01 10:00:00.5'", "c:date ", R"("2024-05-01T10:00:00.5")"},
      {"timestamptz", "'1969-12-31 23:59:59.25-01'", "c:date ", R"("1970-01-01T00:59:59.25Z")"},
      {"time", "'10:00'", "c:keyword ", R"("10:00:00")"},
      {"uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "c:uuid ",
       R"("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")"},
      {"json", "'{\"b\" :1, \"b\":2}'", "c:object c.b:long ", R"({"b" :1, "b":2})"},
      {"jsonb", "'{\"x\":{\"y\":[\"s\"]}}'", "c:object c.x:object c.x.y:text c.x.y.keyword:keyword ",
       R"({"x": {"y": ["s"]}})"},
      {"jsonb", "'7'", "c:long ", "7"},
      {"text[]", "'{a,NULL,\"b c\"}'", "c:text c.keyword:keyword ", R"(["a",null,"b c"])"},
      {"int[]", "'{{1,2},{3,4}}'", "c:long ", "[[1,2],[3,4]]"},
      {"mood", "'happy'", "c:keyword ", R"("happy")"},
      {"mood[]", "'{happy}'", "c:keyword ", R"(["happy"])"},
      {"posint", "5", "c:long ", "5"},
      {"real[]", "'{1,2.5,3}'", "c:dense_vector[3] ", "[1,2.5,3]"},
      {"float8[]", "'{1,2}'", "c:dense_vector[2] ", "[1,2]"},
      {"bytea", "'\\x01'", "-c ", ""},
      {"inet", "'127.0.0.1'", "-c ", ""},
      {"interval", "'1 day'", "-c ", ""},
      {"int4range", "'[1,2)'", "-c ", ""},
      {"tsvector", "'a b'", "-c ", ""},
  };
  sql()("CREATE TYPE mood AS ENUM ('happy'); CREATE DOMAIN posint AS int CHECK (VALUE > 0)");
  start();
  int number = 0;
  for (const TypeCase& c : cases) {
    const std::string table = "t" + std::to_string(++number);
    sql()("CREATE TABLE " + table + " (id int PRIMARY KEY, c " + c.type + ")");
    sql()("INSERT INTO " + table + " VALUES (1, " + c.value + ")");
    sql()("SELECT stele.publish('" + table + "')");
  }
  for (int i = 1; i <= number; ++i) {
    const TypeCase& c = cases[i - 1];
    const std::string table = "t" + std::to_string(i);
    ASSERT_TRUE(ready(table)) << c.type;
    EXPECT_EQ(described(*entry(table)->definition), "id:long " + c.fields) << c.type;
    // The same from the stream as from the copy.
    sql()("INSERT INTO " + table + " SELECT 2, c FROM " + table);
  }
  caught_up();
  for (int i = 1; i <= number; ++i) {
    const auto hits = search("t" + std::to_string(i), match_all());
    ASSERT_EQ(hits.size(), 2U) << cases[i - 1].type;
    const std::string json = cases[i - 1].json;
    EXPECT_EQ(hits[0].document->source, json.empty() ? R"({"id":1})" : R"({"id":1,"c":)" + json + "}");
    EXPECT_EQ(hits[1].document->source, json.empty() ? R"({"id":2})" : R"({"id":2,"c":)" + json + "}");
  }
}

TEST_F(ViewsTest, KeysAreWhatThePrimaryKeyIs) {
  start();
  sql()("CREATE TABLE pair (b text, n int, a bigint, PRIMARY KEY (a, b))");
  sql()("INSERT INTO pair VALUES ('x:y', 1, -5), ('', 2, 5)");
  sql()("CREATE TABLE at (at timestamptz PRIMARY KEY); INSERT INTO at VALUES ('2024-05-01 10:00Z')");
  sql()("SELECT stele.publish('pair'), stele.publish('at')");
  ASSERT_TRUE(ready("pair") && ready("at"));
  const auto hits = search("pair", match_all());
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_EQ(hits[0].key.to_string(), "-5:x\\:y");
  EXPECT_EQ(search("at", match_all())[0].key.to_string(), "2024-05-01T10:00:00Z");
  sql()("UPDATE pair SET b = 'z' WHERE a = 5; DELETE FROM pair WHERE a = -5");
  EXPECT_EQ(difference("pair", "pair"), "");
  EXPECT_EQ(search("pair", match_all())[0].key.to_string(), "5:z");
}

TEST_F(ViewsTest, OptionsChooseNameFieldsAndVectors) {
  start();
  sql()(
      "CREATE TABLE film (id int PRIMARY KEY, title text, code text, ip inet, secret text, v real[], w "
      "real[])");
  sql()(
      "SELECT stele.publish('public.film', '{\"collection\": \"films\", \"exclude\": [\"secret\"], "
      "\"fields\": {\"title\": "
      "{\"type\": \"text\", \"analyzer\": \"english\"}, \"code\": {\"type\": \"keyword\"}, \"ip\": "
      "{\"type\": \"keyword\"}}, "
      "\"vector\": {\"v\": {\"dimension\": 2, \"similarity\": \"dot\"}}}')");
  ASSERT_TRUE(ready("films"));
  EXPECT_EQ(described(*entry("films")->definition),
            "id:long title:text title.keyword:keyword code:keyword ip:keyword v:dense_vector[2] -secret -w ");
  sql()("INSERT INTO film VALUES (1, 'running', 'X', '10.0.0.1', 'hidden', '{1,2}', '{1}')");
  caught_up();
  EXPECT_EQ(search("films", match("title", "run")).size(), 1U);
  EXPECT_EQ(search("films", match_all())[0].document->source.find("hidden"), std::string::npos);
  sql()("SELECT stele.unpublish('film')");
  EXPECT_TRUE(eventually([&] { return entry("films") == nullptr; }));
  EXPECT_EQ(sql()("SELECT count(*) FROM pg_publication_tables WHERE tablename = 'film'"), "0");
}

TEST_F(ViewsTest, RefusesWithReasonAndHint) {
  start();
  sql()("CREATE ROLE owner_" + database_ + " LOGIN; GRANT CREATE ON SCHEMA public TO owner_" + database_);
  auto options = server().options(database_);
  options.user = "owner_" + database_;
  Sql owner(options);
  owner("CREATE TABLE plain (id int PRIMARY KEY, t text)");
  EXPECT_EQ(owner.error("SELECT stele.publish('plain')"), "permission denied for schema stele | ");
  sql()("GRANT stele_publishers TO owner_" + database_);
  sql()("ALTER ROLE postgres NOINHERIT; ALTER ROLE postgres INHERIT");
  EXPECT_EQ(owner("SELECT stele.publish('plain')"), "plain");
  ASSERT_TRUE(ready("plain"));
  EXPECT_EQ(owner.error("SELECT stele.publish('plain')"),
            "plain is published already, as \"plain\" | SELECT stele.unpublish('plain') first to publish it "
            "in another way.");
  sql()("CREATE TABLE foreign_one (id int PRIMARY KEY)");
  EXPECT_EQ(owner.error("SELECT stele.publish('foreign_one')"), "must be owner of table foreign_one | ");
  owner(
      "CREATE VIEW a_view AS SELECT 1; CREATE TABLE keyless (id int); CREATE UNLOGGED TABLE quick (id int "
      "PRIMARY KEY);"
      "CREATE TABLE guarded (id int PRIMARY KEY); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;"
      "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);"
      "CREATE TABLE part PARTITION OF parts DEFAULT;"
      "CREATE TABLE silent (id int PRIMARY KEY); ALTER TABLE silent REPLICA IDENTITY NOTHING;"
      "CREATE TABLE plain2 (id int PRIMARY KEY, v text)");
  EXPECT_EQ(
      owner.error("SELECT stele.publish('a_view')"),
      "a_view is a view and cannot be published | Publish the tables it reads, or keep its rows in a table.");
  EXPECT_EQ(owner.error("SELECT stele.publish('keyless')"),
            "keyless has no primary key and cannot be published | ALTER TABLE keyless ADD PRIMARY KEY (...)");
  EXPECT_EQ(owner.error("SELECT stele.publish('quick')"),
            "quick is unlogged and cannot be published | ALTER TABLE quick SET LOGGED");
  EXPECT_THAT(owner.error("SELECT stele.publish('guarded')"), testing::HasSubstr("has row security"));
  EXPECT_EQ(owner.error("SELECT stele.publish('part')"),
            "part is a partition and cannot be published by itself | Publish parts.");
  EXPECT_THAT(owner.error("SELECT stele.publish('silent')"), testing::HasSubstr("replica identity"));
  EXPECT_THAT(owner.error("SELECT stele.publish('nowhere')"), testing::HasSubstr("does not exist"));
  EXPECT_THAT(owner.error("SELECT stele.publish('plain2', '{\"analyser\": 1}')"),
              testing::HasSubstr("unknown option of stele.publish: \"analyser\""));
  EXPECT_THAT(owner.error("SELECT stele.publish('plain2', '{\"exclude\": [\"nix\"]}')"),
              testing::HasSubstr("column \"nix\" of plain2 does not exist"));
  EXPECT_THAT(owner.error("SELECT stele.publish('plain2', '{\"collection\": \"plain\"}')"),
              testing::HasSubstr("there is a collection \"plain\" already"));
  EXPECT_THAT(owner.error("DELETE FROM stele.collection"), testing::HasSubstr("no error"));
  // What SQL cannot check is refused by the node, and stands in stele.status.
  owner("SELECT stele.publish('plain2', '{\"fields\": {\"v\": {\"type\": \"blob\"}}}')");
  ASSERT_TRUE(
      eventually([&] { return entry("plain2") && entry("plain2")->state == CollectionState::kFailed; }));
  ASSERT_TRUE(eventually(
      [&] { return sql()("SELECT state FROM stele.status WHERE collection = 'plain2'") == "failed"; }));
  EXPECT_THAT(owner("SELECT reason FROM stele.status WHERE collection = 'plain2'"),
              testing::HasSubstr("unknown field type: blob"));
  sql()("DROP OWNED BY owner_" + database_ + "; DROP ROLE owner_" + database_);
}

TEST_F(ViewsTest, PublishesForAnOrdinaryRoleOfItsOwn) {
  // Beside a database that is not ours: no superuser, no CREATEROLE, only CREATE and REPLICATION.
  Sql admin(server().options());
  const std::string role = "stele_" + database_;
  admin("DROP ROLE IF EXISTS " + role + "; CREATE ROLE " + role + " LOGIN REPLICATION");
  admin("GRANT CREATE ON DATABASE " + database_ + " TO " + role);
  sql()("CREATE TABLE public.theirs (id int PRIMARY KEY, t text); ALTER TABLE theirs OWNER TO " + role);
  sql()("INSERT INTO theirs VALUES (1, 'a')");
  ViewsOptions views = options();
  views.postgres.user = role;
  auto started = Views::start(views, metrics_);
  ASSERT_TRUE(started) << started.error().to_string();
  views_ = std::move(*started);
  Sql theirs(views.postgres);
  theirs("SELECT stele.publish('theirs')");
  ASSERT_TRUE(ready("theirs"));
  EXPECT_EQ(difference("theirs", "theirs"), "");
  views_.reset();
  sql()("DROP OWNED BY " + role + " CASCADE");
  sql_.reset();
  admin("REVOKE ALL ON DATABASE " + database_ + " FROM " + role + "; DROP ROLE " + role);
}

TEST_F(ViewsTest, ACollectionThatNeedsTooMuchMemoryFailsAlone) {
  ViewsOptions views = options();
  views.collection_memory_max = 200'000;
  auto started = Views::start(views, metrics_);
  ASSERT_TRUE(started) << started.error().to_string();
  views_ = std::move(*started);
  const auto failed = [&](std::string_view name) {
    return eventually([&] { return entry(name) && entry(name)->state == CollectionState::kFailed; });
  };
  sql()(
      "CREATE TABLE copied AS SELECT g id, repeat('x', 1000) t FROM generate_series(1, 2000) g;"
      "ALTER TABLE copied ADD PRIMARY KEY (id);"
      "CREATE TABLE grown (id int PRIMARY KEY, t text); CREATE TABLE small (id int PRIMARY KEY)");
  for (const char* table : {"copied", "grown", "small"})
    sql()("SELECT stele.publish('" + std::string(table) + "')");
  ASSERT_TRUE(failed("copied"));
  EXPECT_THAT(entry("copied")->reason, testing::HasSubstr("more than 200000"));
  ASSERT_TRUE(ready("grown"));
  ASSERT_TRUE(ready("small"));
  sql()("INSERT INTO grown SELECT g, repeat('x', 1000) FROM generate_series(1, 2000) g");
  ASSERT_TRUE(failed("grown"));
  EXPECT_THAT(entry("grown")->reason, testing::HasSubstr("more than 200000"));
  EXPECT_EQ(entry("grown")->collection, nullptr);
  // The stream goes on for the others.
  sql()("INSERT INTO grown VALUES (0, ''); INSERT INTO small VALUES (1)");
  EXPECT_EQ(difference("small", "small"), "");
}

// Who runs the database may narrow what Stele gets: the copy has exactly what the stream will have.
TEST_F(ViewsTest, ACopyHasThePublicationsColumnsAndRows) {
  start();
  sql()(
      "CREATE TABLE t (id int PRIMARY KEY, open text, secret text, twice int GENERATED ALWAYS AS (id * 2) "
      "STORED); CREATE VIEW shown AS SELECT id, open FROM t WHERE id > 2");
  sql()("INSERT INTO t (id, open, secret) SELECT i, 'o', 's' FROM generate_series(1, 9) i");
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  const auto publish_anew = [&](const std::string& part) {
    sql()("BEGIN; ALTER PUBLICATION stele DROP TABLE t; ALTER PUBLICATION stele ADD TABLE t " + part +
          "; COMMIT");
  };
  publish_anew("(id, open) WHERE (id > 2)");
  ASSERT_TRUE(eventually([&] {
    const auto now = entry("t");
    return now->state == CollectionState::kReady && !now->definition->schema.find("secret");
  }));
  EXPECT_EQ(difference("t", "shown"), "");
  sql()(
      "INSERT INTO t VALUES (10, 'p', 'q'), (0, 'p', 'q'); UPDATE t SET open = 'n' WHERE id < 6; DELETE FROM "
      "t "
      "WHERE id = 3; UPDATE t SET id = -1 WHERE id = 4; UPDATE t SET id = 11 WHERE id = 1");
  EXPECT_EQ(difference("t", "shown"), "");
  // Its documents could not be told apart.
  publish_anew("(open)");
  EXPECT_TRUE(eventually(
      [&] { return entry("t")->reason.find("leaves out id, which is part") != std::string::npos; }));
}

TEST_F(ViewsTest, AReplicaIdentityHasAtLeastThePrimaryKey) {
  start();
  sql()(
      "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL UNIQUE, b int NOT NULL);"
      "CREATE UNIQUE INDEX wide ON t (a, id); CREATE UNIQUE INDEX covering ON t (a) INCLUDE (id)");
  sql()("INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2)");
  for (const char* index : {"t_a_key", "covering"}) {
    sql()("ALTER TABLE t REPLICA IDENTITY USING INDEX " + std::string(index));
    EXPECT_THAT(sql().error("SELECT stele.publish('t')"), testing::HasSubstr("has not all columns"));
  }
  sql()("ALTER TABLE t REPLICA IDENTITY USING INDEX wide");
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  sql()("UPDATE t SET b = 3 WHERE id = 1; UPDATE t SET id = 4 WHERE id = 2; DELETE FROM t WHERE id = 1");
  EXPECT_EQ(difference("t", "t"), "");
  // Keys may bear what the identity has.
  EXPECT_THAT(sql().error("SELECT stele.map_keys('b:', 't', '{\"key\": \"b\"}')"),
              testing::HasSubstr("is no key"));
  sql()("SELECT stele.map_keys('a:', 't', '{\"key\": \"a\"}')");
}

}  // namespace
}  // namespace stele::views
