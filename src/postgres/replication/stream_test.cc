#include "postgres/replication/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/replication/test_stream.h"

namespace stele::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What comes, and in which form.
class StreamRules : public StreamTest {
 protected:
  using Stream = std::unique_ptr<ReplicationStream>;

  static net::Task<void> rows_before_add_table(StreamRules* t) {
    co_await t->must("CREATE PUBLICATION p");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); INSERT INTO a VALUES (1);"
        "BEGIN; INSERT INTO a VALUES (2); ALTER PUBLICATION p ADD TABLE a; INSERT INTO a VALUES (3); COMMIT;"
        "INSERT INTO a VALUES (4)");
    auto lines = co_await t->read(stream.get());
    // Even 3, in the same transaction but after ADD TABLE.
    EXPECT_THAT(lines, ElementsAre("begin", "+a 3", "commit", "begin", "+a 4", "commit"));
  }

  static net::Task<void> unchanged_toast(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE d(id int PRIMARY KEY, n int, body text); ALTER TABLE d ALTER body SET STORAGE EXTERNAL;"
        "CREATE TABLE f(id int PRIMARY KEY, n int, body text); ALTER TABLE f ALTER body SET STORAGE EXTERNAL;"
        "ALTER TABLE f REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE d, f");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "INSERT INTO d VALUES (1, 1, repeat('x', 9000)); UPDATE d SET n = 2; UPDATE d SET id = 5; DELETE "
        "FROM d;"
        "INSERT INTO f VALUES (1, 1, repeat('x', 9000)); UPDATE f SET n = 2; DELETE FROM f");
    auto lines = co_await t->read(stream.get());
    std::erase(lines, "begin");
    std::erase(lines, "commit");
    // A key change keeps the value under the old key: whoever deletes and inserts loses it.
    EXPECT_THAT(lines,
                ElementsAre("+d 1|1|<9000 bytes>", "~d 1|2|UNCHANGED", "~d K 1|NULL|NULL -> 5|2|UNCHANGED",
                            "-d K 5|NULL|NULL", "+f 1|1|<9000 bytes>",
                            "~f O 1|1|<9000 bytes> -> 1|2|UNCHANGED", "-f O 1|2|<9000 bytes>"));
  }

  static net::Task<void> replica_identities(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE nokey(a int); CREATE TABLE none(id int PRIMARY KEY); ALTER TABLE none REPLICA IDENTITY "
        "NOTHING;"
        "CREATE TABLE whole(a int, b text); ALTER TABLE whole REPLICA IDENTITY FULL;"
        "CREATE TABLE byindex(id int PRIMARY KEY, code text NOT NULL); CREATE UNIQUE INDEX code ON "
        "byindex(code);"
        "ALTER TABLE byindex REPLICA IDENTITY USING INDEX code;"
        "CREATE PUBLICATION p FOR TABLE nokey, none, whole, byindex");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must("INSERT INTO nokey VALUES (1); INSERT INTO none VALUES (1)");
    auto answer = co_await t->ask("UPDATE nokey SET a = 2");
    EXPECT_THAT(answer,
                HasSubstr("ERROR 55000 cannot update table \"nokey\" because it does not have a replica id"));
    answer = co_await t->ask("DELETE FROM none");
    EXPECT_THAT(answer, HasSubstr("ERROR 55000 cannot delete from table \"none\""));
    co_await t->must(
        "INSERT INTO whole VALUES (1, NULL); UPDATE whole SET b = 'x'; DELETE FROM whole;"
        "INSERT INTO byindex VALUES (1, 'a'); UPDATE byindex SET id = 2; UPDATE byindex SET code = 'b';"
        "DELETE FROM byindex");
    auto lines = co_await t->read(stream.get());
    std::erase(lines, "begin");
    std::erase(lines, "commit");
    EXPECT_THAT(lines,
                ElementsAre("+nokey 1", "+none 1", "+whole 1|NULL", "~whole O 1|NULL -> 1|x", "-whole O 1|x",
                            "+byindex 1|a", "~byindex 2|a", "~byindex K NULL|a -> 2|b", "-byindex K NULL|b"));
  }

  static net::Task<void> key_flags(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE whole(id int PRIMARY KEY, b text); ALTER TABLE whole REPLICA IDENTITY FULL;"
        "CREATE TABLE plain(id int PRIMARY KEY, b numeric(8,2)); CREATE PUBLICATION p FOR ALL TABLES");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must("BEGIN; INSERT INTO whole VALUES (1); INSERT INTO plain VALUES (1); COMMIT");
    auto event = co_await stream->next();
    while (event.has_value() && std::holds_alternative<Progress>(*event)) event = co_await stream->next();
    auto batch = std::get<std::unique_ptr<Transaction>>(*event)->next_batch();
    std::vector<const Relation*> relations;
    for (const Change& change : *batch) {
      if (change.kind == ChangeKind::kRelation) relations.push_back(change.relation);
    }
    EXPECT_EQ(relations.size(), 2U);
    if (relations.size() != 2) co_return;
    EXPECT_EQ(relations[0]->identity, pgoutput::ReplicaIdentity::kFull);
    // With FULL every column is flagged: the primary key is to be read from pg_index.
    EXPECT_TRUE(relations[0]->columns[0].is_key && relations[0]->columns[1].is_key);
    EXPECT_TRUE(relations[1]->columns[0].is_key && !relations[1]->columns[1].is_key);
    EXPECT_EQ(relations[1]->schema, "public");
    EXPECT_EQ(relations[1]->columns[1].type, 1700U);
    EXPECT_EQ(relations[1]->columns[1].type_modifier, (8 << 16 | 2) + 4);
  }

  static net::Task<void> truncations(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE b(id int PRIMARY KEY, a int REFERENCES a);"
        "CREATE TABLE c(id serial PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a, b, c;"
        "CREATE PUBLICATION silent FOR TABLE a WITH (publish = 'insert')");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must("TRUNCATE a, c CASCADE; TRUNCATE c RESTART IDENTITY; TRUNCATE b");
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("begin", "truncate a cascade", "truncate c cascade", "truncate b cascade",
                                   "commit", "begin", "truncate c restart", "commit", "begin", "truncate b",
                                   "commit"));
  }

  // Counts descriptions by name and number of columns.
  static net::Task<void> relations_again(StreamRules* t) {
    co_await t->must("CREATE TABLE a(id int PRIMARY KEY, n int); CREATE PUBLICATION p FOR TABLE a");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "INSERT INTO a VALUES (1, 1); INSERT INTO a VALUES (2, 2); ALTER TABLE a ADD COLUMN c text DEFAULT "
        "'old';"
        "INSERT INTO a VALUES (3, 3, 'c'); ALTER TABLE a RENAME COLUMN n TO m; ALTER TABLE a RENAME TO z;"
        "BEGIN; INSERT INTO z VALUES (4); ALTER TABLE z DROP COLUMN m; INSERT INTO z VALUES (5); COMMIT");
    auto lsn = co_await t->flush_lsn();
    Lines described;
    Lines lines;
    while (stream->delivered() < lsn) {
      auto event = co_await stream->next();
      if (!event.has_value()) break;
      auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event);
      if (transaction == nullptr) continue;
      auto batch = (*transaction)->next_batch();
      for (const Change& change : *batch) {
        if (change.kind == ChangeKind::kInsert) lines.push_back(to_line(change));
        if (change.kind != ChangeKind::kRelation) continue;
        std::string line = change.relation->name;
        for (const Relation::Column& column : change.relation->columns) line += " " + column.name;
        described.push_back(line);
      }
    }
    EXPECT_THAT(described, ElementsAre("a id n", "a id n c", "z id m c", "z id c"));
    // ADD COLUMN … DEFAULT sent nothing for rows 1 and 2.
    EXPECT_THAT(lines, ElementsAre("+a 1|1", "+a 2|2", "+a 3|3|c", "+z 4|NULL|old", "+z 5|old"));
  }

  static net::Task<void> invisible_ddl(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY, n int); CREATE TABLE b(id int PRIMARY KEY);"
        "CREATE PUBLICATION p FOR TABLE a, b; INSERT INTO a VALUES (1, 10), (2, 20); INSERT INTO b VALUES "
        "(1)");
    Stream stream = co_await t->open(t->stream_options());
    auto before = co_await t->ask("SELECT relfilenode FROM pg_class WHERE relname = 'a'");
    co_await t->must("ALTER TABLE a ALTER n TYPE text USING 'n' || n");
    co_await t->must("DROP TABLE b");
    auto after = co_await t->ask("SELECT relfilenode FROM pg_class WHERE relname = 'a'");
    EXPECT_NE(before, after);
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, IsEmpty());
    co_await t->must("INSERT INTO a VALUES (3, 'x')");
    lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("begin", "+a 3|x", "commit"));
  }

  static net::Task<void> messages(StreamRules* t) {
    co_await t->must("CREATE TABLE a(id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "BEGIN; SELECT pg_logical_emit_message(true, 'stele', '3:7'); INSERT INTO a VALUES (1); COMMIT;"
        "BEGIN; SELECT pg_logical_emit_message(true, 'other', 'x'); ROLLBACK;"
        "BEGIN; SELECT pg_logical_emit_message(true, 'stele', '3:8'); COMMIT;"
        "BEGIN; SELECT pg_logical_emit_message(false, 'stele', 'free'); INSERT INTO a VALUES (2); ROLLBACK;"
        "INSERT INTO a VALUES (3)");
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("begin 3:7", "+a 1", "commit", "begin 3:8", "commit", "message free",
                                   "begin", "+a 3", "commit"));
  }

  // The transaction that brings the mark back ends exactly where the session's commit ended.
  static net::Task<void> exact_lsn(StreamRules* t) {
    co_await t->must("CREATE TABLE a(id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "BEGIN; SELECT pg_logical_emit_message(true, 'stele', '1:1'); INSERT INTO a VALUES (1); COMMIT");
    auto lsn = co_await t->flush_lsn();
    Lsn seen;
    while (seen.is_none()) {
      auto event = co_await stream->next();
      if (!event.has_value()) break;
      if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event)) {
        seen = (*transaction)->commit_lsn();
        EXPECT_EQ((*transaction)->head().marks, (std::vector<WriteMark>{{1, 1}}));
        EXPECT_LT((*transaction)->head().commit_record_lsn, seen);
      }
    }
    EXPECT_EQ(seen, lsn);
    EXPECT_EQ(stream->delivered(), lsn);
  }

  static net::Task<void> progress(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE other(id int); CREATE PUBLICATION p FOR TABLE a");
    Stream stream = co_await t->open(t->stream_options());
    for (int i = 0; i < 5; ++i) {
      co_await t->must("INSERT INTO other VALUES (1)");
      auto lsn = co_await t->flush_lsn();
      // Comes by itself, without any published change.
      auto lines = co_await read_until(stream.get(), lsn);
      EXPECT_THAT(lines, IsEmpty());
    }
  }

  static net::Task<void> savepoints_and_two_phase(StreamRules* t) {
    co_await t->must("CREATE TABLE a(id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "BEGIN; INSERT INTO a VALUES (1); SAVEPOINT s; INSERT INTO a VALUES (2); ROLLBACK TO s; INSERT INTO "
        "a VALUES (3);"
        "SAVEPOINT u; INSERT INTO a VALUES (4); RELEASE u; COMMIT;"
        "BEGIN; INSERT INTO a VALUES (5); PREPARE TRANSACTION 'g'");
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("begin", "+a 1", "+a 3", "+a 4", "commit"));
    co_await t->must("INSERT INTO a VALUES (6); COMMIT PREPARED 'g'");
    lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("begin", "+a 6", "commit", "begin", "+a 5", "commit"));
  }

  static net::Task<void> partitions(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE m(id int PRIMARY KEY, v text) PARTITION BY RANGE (id);"
        "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE m2 PARTITION OF m FOR VALUES FROM (10) TO (20);"
        "CREATE PUBLICATION p FOR TABLE m WITH (publish_via_partition_root = true)");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "INSERT INTO m VALUES (1, 'a'); UPDATE m SET id = 15; TRUNCATE m1; TRUNCATE m;"
        "ALTER TABLE m DETACH PARTITION m2; CREATE TABLE m3 PARTITION OF m FOR VALUES FROM (20) TO (30);"
        "INSERT INTO m VALUES (21, 'b')");
    auto lines = co_await t->read(stream.get());
    // A row that moves is deleted and inserted; TRUNCATE of a leaf, ATTACH and DETACH are not seen.
    EXPECT_THAT(lines, ElementsAre("begin", "+m 1|a", "commit", "begin", "-m K 1|NULL", "+m 15|a", "commit",
                                   "begin", "truncate m", "commit", "begin", "+m 21|b", "commit"));
  }

  static net::Task<void> generated_columns_and_lists(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE g(id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED);"
        "CREATE TABLE l(id int PRIMARY KEY, secret text, open text);"
        "CREATE TABLE r(id int PRIMARY KEY); ALTER TABLE r REPLICA IDENTITY FULL;"
        "CREATE PUBLICATION p FOR TABLE g, l (id, open), r WHERE (id > 10)");
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must(
        "INSERT INTO g VALUES (1, 5); INSERT INTO l VALUES (1, 's', 'o'); INSERT INTO r VALUES (5), (20);"
        "UPDATE r SET id = 6 WHERE id = 20");
    auto lines = co_await t->read(stream.get());
    std::erase(lines, "begin");
    std::erase(lines, "commit");
    EXPECT_THAT(lines, ElementsAre("+g 1|5", "+l 1|o", "+r 20", "-r O 20"));
  }

  static net::Task<void> refusals(StreamRules* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); CREATE VIEW v AS TABLE a; CREATE UNLOGGED TABLE u(id int)");
    auto answer = co_await t->ask("CREATE PUBLICATION p FOR TABLE v");
    EXPECT_THAT(answer, HasSubstr("ERROR 22023 cannot add relation \"v\" to publication"));
    answer = co_await t->ask("CREATE PUBLICATION p FOR TABLE u");
    EXPECT_THAT(answer, HasSubstr("ERROR 22023"));
    // Names are cut at 63 bytes with a notice only.
    const std::string name(70, 'n');
    answer = co_await t->ask("CREATE TABLE " + name + "(id int)");
    EXPECT_EQ(answer, "");
    answer = co_await t->ask("SELECT relname FROM pg_class WHERE relname LIKE 'nnn%'");
    EXPECT_EQ(answer, std::string(63, 'n'));
    // Why sources are json and not jsonb.
    answer = co_await t->ask(R"(SELECT '{"a":"\u0000"}'::jsonb)");
    EXPECT_THAT(answer, HasSubstr("ERROR 22P05"));
    answer = co_await t->ask(R"(SELECT '{"a":"\u0000","a":1}'::json)");
    EXPECT_EQ(answer, R"({"a":"\u0000","a":1})");
  }
};

TEST_F(StreamRules, RowsBeforeAddTableAreNeverDecoded) {
  run(rows_before_add_table(this));
}
TEST_F(StreamRules, UnchangedToastIsNotSent) {
  run(unchanged_toast(this));
}
TEST_F(StreamRules, ReplicaIdentityDecidesOldTuples) {
  run(replica_identities(this));
}
TEST_F(StreamRules, RelationsTellIdentityTypesAndModifiers) {
  run(key_flags(this));
}
TEST_F(StreamRules, TruncateNamesAllRelations) {
  run(truncations(this));
}
TEST_F(StreamRules, RelationsComeAgainAfterChanges) {
  run(relations_again(this));
}
TEST_F(StreamRules, RewritesAndDropsAreInvisible) {
  run(invisible_ddl(this));
}
TEST_F(StreamRules, MessagesWithAndWithoutTransaction) {
  run(messages(this));
}
TEST_F(StreamRules, AMarkTellsTheExactCommitLsn) {
  run(exact_lsn(this));
}
TEST_F(StreamRules, KeepalivesAreProgress) {
  run(progress(this));
}
TEST_F(StreamRules, SavepointsAndTwoPhaseCommit) {
  run(savepoints_and_two_phase(this));
}
TEST_F(StreamRules, PartitionsComeAsTheirRoot) {
  run(partitions(this));
}
TEST_F(StreamRules, GeneratedColumnsListsAndFilters) {
  run(generated_columns_and_lists(this));
}
TEST_F(StreamRules, WhatPostgresRefusesToPublish) {
  run(refusals(this));
}

}  // namespace
}  // namespace stele::postgres
