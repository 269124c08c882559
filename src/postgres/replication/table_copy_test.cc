#include "postgres/replication/table_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "postgres/replication/test_stream.h"
#include "postgres/types/array.h"
#include "postgres/types/load_type_catalog.h"
#include "postgres/types/value.h"

namespace stele::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TableCopies : public StreamTest {
 protected:
  using T = TableCopies;
  using Stream = std::unique_ptr<ReplicationStream>;

  static net::Task<std::vector<PublishedTable>> tables(T* t) {
    auto found = co_await published_tables(t->sql_.get(), "p", t->soon());
    EXPECT_TRUE(found.has_value()) << found.error().to_string();
    co_return found.has_value() ? *std::move(found) : std::vector<PublishedTable>();
  }

  static net::Task<Lines> copy_lines(T* t, PublishedTable table, std::string snapshot, bool binary) {
    Lines lines;
    auto copy = co_await TableCopy::open(t->options(), snapshot, binary, t->soon());
    auto begun = co_await (*copy)->begin(table, t->soon());
    if (!begun.has_value()) {
      lines.push_back(fmt::format("error {} {}", begun.error().detail("sqlstate"), begun.error().message));
      co_return lines;
    }
    while (true) {
      auto rows = co_await (*copy)->next(t->soon());
      if (!rows.has_value()) {
        lines.push_back(fmt::format("error {} {}", rows.error().detail("sqlstate"), rows.error().message));
        break;
      }
      if (rows->empty()) break;
      for (const Tuple& row : *rows) lines.push_back(to_line(row));
    }
    co_return lines;
  }

  static net::Task<void> published_columns(T* t) {
    co_await t->must(
        "CREATE TABLE g(id int PRIMARY KEY, \"odd \"\"name\" text, twice int GENERATED ALWAYS AS (id * 2) "
        "STORED, gone int);"
        "ALTER TABLE g DROP COLUMN gone; CREATE TABLE l(id int PRIMARY KEY, secret text, open text);"
        "CREATE TABLE m(id int PRIMARY KEY, v text) PARTITION BY RANGE (id);"
        "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE parent(id int PRIMARY KEY); CREATE TABLE child() INHERITS (parent);"
        "CREATE TABLE f(id int PRIMARY KEY);"
        "CREATE PUBLICATION p FOR TABLE g, l (open, id), m, ONLY parent, f WHERE (id > 1)"
        " WITH (publish_via_partition_root = true);"
        "INSERT INTO g VALUES (1, E'tab\\there \\\\N'); INSERT INTO l VALUES (1, 's', 'o'); INSERT INTO m "
        "VALUES (1, 'x');"
        "INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2); INSERT INTO f VALUES (1), (2)");
    auto all = co_await tables(t);
    Lines lines;
    for (const PublishedTable& table : all) {
      auto copied = co_await copy_lines(t, table, "", false);
      for (const std::string& line : copied) lines.push_back(table.name + " " + line);
    }
    EXPECT_THAT(lines, ElementsAre("f 2", "g 1|tab\there \\N", "l 1|o", "m 1|x", "parent 1"));
    // The stream agrees about the columns.
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must("INSERT INTO g VALUES (2, 'y'); INSERT INTO l VALUES (2, 's', 'p')");
    auto changes = co_await t->read(stream.get());
    EXPECT_THAT(changes, ElementsAre("begin", "+g 2|y", "commit", "begin", "+l 2|p", "commit"));
  }

  static net::Task<void> snapshot_is_a_moment(T* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE a; INSERT INTO a VALUES (1)");
    auto all = co_await tables(t);
    auto snapshot = co_await ExportedSnapshot::take(t->options(), "temporary_one", t->soon());
    EXPECT_TRUE(snapshot.has_value()) << snapshot.error().to_string();
    co_await t->must("INSERT INTO a VALUES (2)");
    auto lsn = co_await t->flush_lsn();
    EXPECT_LT(snapshot->consistent_point(), lsn);
    auto lines = co_await copy_lines(t, all.front(), snapshot->name(), true);
    EXPECT_EQ(lines.size(), 1U);
    {
      const auto gone = std::move(*snapshot);
    }
    auto left = std::string("1");
    while (left != "0")
      left = co_await t->ask("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
    auto late = co_await TableCopy::open(t->options(), "00000003-0000001B-1", false, t->soon());
    EXPECT_FALSE(late.has_value());
  }

  static net::Task<void> rights(T* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE secret(id int PRIMARY KEY); INSERT INTO secret "
        "VALUES (1), (2);"
        "ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON secret USING (id = 1);"
        "CREATE PUBLICATION p FOR TABLE secret; DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN;"
        "GRANT SELECT ON secret TO plain; GRANT CREATE ON SCHEMA public TO plain");
    co_await t->must("SET ROLE plain");
    // A copy by a role that policies apply to loses rows in silence; ours is refused.
    auto answer = co_await t->ask("SELECT count(*) FROM secret");
    EXPECT_EQ(answer, "1");
    // What needs which right: messages none, publications ownership of both, origins a superuser.
    answer = co_await t->ask("SELECT pg_logical_emit_message(true, 'stele', '1:1') IS NOT NULL");
    EXPECT_EQ(answer, "t");
    answer = co_await t->ask("SELECT pg_replication_origin_create('x')");
    EXPECT_THAT(answer, HasSubstr("ERROR 42501"));
    answer = co_await t->ask("ALTER PUBLICATION p ADD TABLE a");
    EXPECT_THAT(answer, HasSubstr("ERROR 42501 must be owner of publication p"));
    co_await t->must("RESET ROLE; ALTER PUBLICATION p OWNER TO plain; SET ROLE plain");
    answer = co_await t->ask("ALTER PUBLICATION p ADD TABLE a");
    EXPECT_THAT(answer, HasSubstr("ERROR 42501 must be owner of table a"));
    co_await t->must("RESET ROLE; GRANT ALL ON DATABASE " + t->database_ + " TO plain");
    auto all = co_await tables(t);
    ConnectOptions options = t->options();
    options.user = "plain";
    auto copy = co_await TableCopy::open(options, "", false, t->soon());
    auto begun = co_await (*copy)->begin(all.front(), t->soon());
    EXPECT_EQ(begun.has_value() ? "" : begun.error().detail("sqlstate"), "42501");
    copy->reset();
    co_await t->must("REASSIGN OWNED BY plain TO postgres; DROP OWNED BY plain; DROP ROLE plain");
  }

  // --- text and binary, copy and stream, type by type

  static std::string dump(const Value& value) {
    struct Writer {
      std::string operator()(std::monostate) const { return "null"; }
      std::string operator()(bool b) const { return b ? "true" : "false"; }
      std::string operator()(std::int64_t n) const { return fmt::format("int {}", n); }
      std::string operator()(float f) const {
        return std::isnan(f) ? "float nan" : fmt::format("float {:a}", f);
      }
      std::string operator()(double d) const {
        return std::isnan(d) ? "double nan" : fmt::format("double {:a}", d);
      }
      std::string operator()(const Decimal& d) const { return "decimal " + d.text; }
      std::string operator()(std::string_view s) const { return fmt::format("text {}", s); }
      std::string operator()(const Uuid& u) const { return u.to_string(); }
      std::string operator()(Date d) const { return fmt::format("date {}", d.days); }
      std::string operator()(TimeOfDay d) const { return fmt::format("time {}", d.microseconds); }
      std::string operator()(Timestamp d) const { return fmt::format("timestamp {}", d.microseconds); }
      std::string operator()(const Json& j) const { return fmt::format("json {}", j.text); }
      std::string operator()(const Bytes& b) const { return "bytes " + b.bytes; }
      std::string operator()(const Array& a) const {
        std::string text = "array";
        for (const auto size : a.dimensions) text += fmt::format(" {}", size);
        for (const Value& element : a.elements) text += " <" + dump(element) + ">";
        return text;
      }
    };
    return std::visit(Writer(), value.is);
  }

  struct TestedColumn {
    std::string type;
    std::vector<std::string> values;  // SQL literals, NULL is added
  };
  static std::vector<TestedColumn> columns() {
    return {
        {"bool", {"true", "false"}},
        {"int2", {"-32768", "32767", "0"}},
        {"int4", {"-2147483648", "2147483647"}},
        {"int8", {"-9223372036854775808", "9223372036854775807"}},
        {"oid", {"0", "4294967295"}},
        {"float4", {"'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "1.1", "1e-45", "3.4028235e38"}},
        {"float8",
         {"'NaN'", "'-Infinity'", "'-0'", "0.1", "5e-324", "1.7976931348623157e308", "1e15", "123456789"}},
        {"numeric",
         {"'NaN'", "'Infinity'", "'-Infinity'", "0", "0.000", "-1.50", "1e-30", "1e30",
          "12345678901234567890.123456789", "10000", "100000000", "0.00010001", "-0.0000000099990000",
          "9999.9999"}},
        {"numeric(20,5)", {"1", "-99999.99999", "0.00001"}},
        {"text",
         {"''", "'a'", "E'tab\\tnew\\nline\\\\N \\r'", "'\\N'", "'ünï \U0001F600'", "repeat('x', 3000)"}},
        {"varchar(20)", {"''", "'with \"quotes\" ''n'"}},
        {"char(5)", {"'ab'", "''"}},
        {"name", {"'a name'", "''"}},
        {"\"char\"", {"'a'", "''"}},
        {"uuid", {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"}},
        {"date",
         {"'2020-02-29'", "'infinity'", "'-infinity'", "'4714-11-24 BC'", "'5874897-12-31'", "'0001-01-01'"}},
        {"time", {"'00:00'", "'24:00'", "'12:34:56.789012'"}},
        {"timestamp",
         {"'2020-02-29 12:34:56.7'", "'infinity'", "'0044-03-15 10:00 BC'",
          "'294276-12-31 23:59:59.999999'"}},
        {"timestamptz",
         {"'2020-06-01 12:00:00+05:30'", "'-infinity'", "'4713-01-02 00:00:00+00 BC'",
          "'1969-12-31 23:59:59.999999+00'"}},
        {"json", {"'{\"a\":1, \"a\":2,  \"b\":\"\\u0000\"}'", "'null'", "'[1,  2]'"}},
        {"jsonb", {"'{\"b\":1,\"a\":[null,1.50]}'", "'\"x\"'", "'12345678901234567890'"}},
        {"mood", {"'ok'", "'so so'", "'it''s'"}},
        {"positive", {"7"}},
        {"bytea", {"''", "'\\x00ff5c275c'"}},
        {"int4[]", {"'{}'", "'{1,NULL,-3}'", "'{{1,2},{3,4}}'", "'[5:6]={7,8}'"}},
        {"text[]",
         {"'{a,\"b c\",NULL,\"NULL\",\"\",\"q\\\"u\\\\o,te}{\"}'",
          "array[E'tab\\t', E'new\\nline', ' lead', 'ü']"}},
        {"numeric[]", {"'{1.50,NaN,-0.001}'"}},
        {"float4[]", {"'{1,2.5,NaN,1e-45}'"}},
        {"float8[]", {"'{0.1,-Infinity}'"}},
        {"bool[]", {"'{t,f,NULL}'"}},
        {"uuid[]", {"'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'"}},
        {"timestamptz[]", {"'{2020-01-01 00:00:00+00,infinity,0001-01-01 00:00:00+00 BC}'"}},
        {"jsonb[]", {"array['{\"a\": \"x,y\"}'::jsonb]"}},
        {"mood[]", {"'{ok,\"so so\"}'"}},
        {"positive[]", {"'{1,2}'"}},
        {"bytea[]", {"'{\"\\\\x00ff\"}'"}},
        {"names", {"'{a,b}'"}},
    };
  }

  using Dumps = std::map<std::int64_t, std::vector<std::string>>;

  static void add_row(const TypeCatalog& catalog, const std::vector<Oid>& types, const Tuple& row,
                      Dumps& dumps) {
    std::vector<std::string> dumped;
    std::int64_t id = 0;
    std::size_t i = 0;
    for (const ColumnValue column : row) {
      const Type* const type = catalog.find(types[i]);
      if (type == nullptr) {
        ADD_FAILURE() << "unknown type " << types[i];
        return;
      }
      auto value = decode_value(*type, column);
      EXPECT_TRUE(value.has_value()) << type->name << " " << value.error().to_string();
      if (i == 0 && value.has_value()) id = std::get<std::int64_t>(value->is);
      if (type->kind == TypeKind::kArray && type->element->kind == TypeKind::kFloat4 && !column.is_null()) {
        std::vector<float> floats;
        EXPECT_TRUE(decode_floats(column, floats).has_value());
        EXPECT_EQ(floats.size(), 4U);
        EXPECT_EQ(floats[1], 2.5F);
      }
      dumped.push_back(value.has_value() ? dump(*value) : "error");
      ++i;
    }
    dumps[id] = std::move(dumped);
  }

  static net::Task<Dumps> dump_copy(T* t, const TypeCatalog* catalog, std::vector<Oid> types, bool binary) {
    auto all = co_await tables(t);
    auto copy = co_await TableCopy::open(t->options(), "", binary, t->soon());
    auto begun = co_await (*copy)->begin(all.front(), t->soon());
    Dumps dumps;
    while (true) {
      auto rows = co_await (*copy)->next(t->soon());
      EXPECT_TRUE(rows.has_value()) << rows.error().to_string();
      if (!rows.has_value() || rows->empty()) break;
      for (const Tuple& row : *rows) add_row(*catalog, types, row, dumps);
    }
    co_return dumps;
  }

  static net::Task<Dumps> dump_stream(T* t, const TypeCatalog* catalog, Stream* stream) {
    Dumps dumps;
    auto lsn = co_await t->flush_lsn();
    while ((*stream)->delivered() < lsn) {
      auto event = co_await (*stream)->next();
      if (!event.has_value()) break;
      auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event);
      if (transaction == nullptr) continue;
      auto batch = (*transaction)->next_batch();
      for (const Change& change : *batch) {
        if (change.kind != ChangeKind::kInsert) continue;
        std::vector<Oid> types;
        for (const Relation::Column& column : change.relation->columns) types.push_back(column.type);
        add_row(*catalog, types, change.row, dumps);
      }
    }
    co_return dumps;
  }

  // A table with a column of every type, published; how many rows show all values and a NULL.
  static net::Task<std::size_t> create_every(T* t, const std::vector<TestedColumn>* tested) {
    co_await t->must(
        "CREATE TYPE mood AS ENUM ('ok', 'so so', 'it''s'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
        "CREATE DOMAIN names AS text[]");
    std::string create = "CREATE TABLE every(id int PRIMARY KEY";
    std::size_t rows = 1;
    for (std::size_t i = 0; i < tested->size(); ++i) {
      create += fmt::format(", c{} {}", i, (*tested)[i].type);
      rows = std::max(rows, (*tested)[i].values.size() + 1);
    }
    co_await t->must(create + ")");
    co_await t->must("CREATE PUBLICATION p FOR TABLE every");
    // Defaults that would make text differ, were our settings not fixed.
    co_await t->must(fmt::format(
        "ALTER DATABASE {0} SET datestyle = 'German'; ALTER DATABASE {0} SET timezone = 'Asia/Kolkata';"
        "ALTER DATABASE {0} SET extra_float_digits = -3; ALTER DATABASE {0} SET bytea_output = 'escape'",
        t->database_));
    co_return rows;
  }

  static net::Task<void> types_agree(T* t) {
    const auto tested = columns();
    auto rows = co_await create_every(t, &tested);
    StreamOptions text = t->stream_options();
    StreamOptions binary = t->stream_options();
    binary.slot += "_binary";
    binary.pgoutput.binary = true;
    Stream text_stream = co_await t->open(text);
    Stream binary_stream = co_await t->open(binary);
    for (std::size_t row = 0; row < rows; ++row) {
      std::string insert = fmt::format("INSERT INTO every VALUES ({}", row);
      for (const TestedColumn& column : tested) {
        insert += ", " + (row < column.values.size() ? column.values[row] : "NULL");
      }
      auto answer = co_await t->ask(insert + ")");
      EXPECT_EQ(answer, "") << insert;
    }
    auto catalog = co_await load_type_catalog(t->sql_.get(), t->soon());
    auto results = co_await t->sql_->query(
        "SELECT atttypid FROM pg_attribute WHERE attrelid = 'every'::regclass AND attnum > 0 ORDER BY attnum",
        t->soon());
    std::vector<Oid> types;
    for (const ResultSet::Row row : results->front())
      types.push_back(static_cast<Oid>(std::stoul(std::string(*row[0]))));

    auto from_text_stream = co_await dump_stream(t, catalog->get(), &text_stream);
    auto from_binary_stream = co_await dump_stream(t, catalog->get(), &binary_stream);
    auto from_text_copy = co_await dump_copy(t, catalog->get(), types, false);
    auto from_binary_copy = co_await dump_copy(t, catalog->get(), types, true);
    EXPECT_EQ(from_text_stream.size(), rows);
    for (const auto& [id, wanted] : from_text_stream) {
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const std::string what = i == 0 ? "id" : tested[i - 1].type;
        EXPECT_EQ(from_binary_stream[id].at(i), wanted[i]) << what;
        EXPECT_EQ(from_text_copy[id].at(i), wanted[i]) << what;
        EXPECT_EQ(from_binary_copy[id].at(i), wanted[i]) << what;
      }
    }
    // A few by name, so that not all four are wrong alike.
    const auto value = [&](std::string_view type, std::int64_t id) {
      for (std::size_t i = 0; i < tested.size(); ++i) {
        if (tested[i].type == type) return from_text_stream[id].at(i + 1);
      }
      return std::string("no such column");
    };
    EXPECT_EQ(value("numeric", 12), "decimal -0.0000000099990000");
    EXPECT_EQ(value("timestamptz", 0), "timestamp 644308200000000");
    EXPECT_EQ(value("date", 1), fmt::format("date {}", Date::kInfinity));
    EXPECT_EQ(value("text", 2), "text tab\tnew\nline\\N \r");
    EXPECT_EQ(value("char(5)", 0), "text ab   ");
    EXPECT_EQ(value("int4[]", 2), "array 2 2 <int 1> <int 2> <int 3> <int 4>");
    EXPECT_EQ(value("text[]", 0),
              "array 6 <text a> <text b c> <null> <text NULL> <text > <text q\"u\\o,te}{>");
    EXPECT_EQ(value("positive[]", 0), "array 2 <int 1> <int 2>");
    EXPECT_EQ(value("bytea[]", 0), std::string("array 1 <bytes \0\xff>", 18));
    EXPECT_EQ(value("mood", 2), "text it's");
    EXPECT_EQ(value("bool", 2), "null");
  }

  // --- copy and stream joined, while others write and the walsender dies

  struct Copy {
    std::map<std::string, std::string> rows;  // by id
    std::size_t faults = 0;                   // changes that do not fit: something was lost or came twice
  };

  static std::vector<std::string> texts(const Tuple& row) {
    std::vector<std::string> all;
    for (const ColumnValue column : row) all.emplace_back(column.is_null() ? "NULL" : column.bytes);
    return all;
  }

  static void apply(const Change& change, Copy& copy) {
    if (change.kind == ChangeKind::kInsert) {
      auto row = texts(change.row);
      if (!copy.rows.emplace(row[0], row[1]).second) ++copy.faults;
    } else if (change.kind == ChangeKind::kDelete) {
      if (copy.rows.erase(texts(change.old_row)[0]) != 1) ++copy.faults;
    } else if (change.kind == ChangeKind::kUpdate) {
      auto row = texts(change.row);
      const std::string old =
          change.old_kind == pgoutput::OldTuple::kNone ? row[0] : texts(change.old_row)[0];
      const auto found = copy.rows.find(old);
      if (found == copy.rows.end()) {
        ++copy.faults;
        return;
      }
      copy.rows.erase(found);
      copy.rows[row[0]] = row[1];
    }
  }

  static net::Task<void> fill(T* t, std::string name, std::string snapshot, Copy* copy) {
    auto all = co_await tables(t);
    auto reader = co_await TableCopy::open(t->options(), std::move(snapshot), false, t->soon());
    EXPECT_TRUE(reader.has_value()) << reader.error().to_string();
    if (!reader.has_value()) co_return;
    for (const PublishedTable& table : all) {
      if (table.name != name) continue;
      auto begun = co_await (*reader)->begin(table, t->soon());
      EXPECT_TRUE(begun.has_value());
      while (true) {
        auto rows = co_await (*reader)->next(t->soon());
        EXPECT_TRUE(rows.has_value());
        if (!rows.has_value() || rows->empty()) break;
        for (const Tuple& tuple : *rows) {
          auto row = texts(tuple);
          copy->rows.emplace(row[0], row[1]);
        }
      }
    }
  }

  struct Writers {
    bool stop = false;
    int running = 0;
    net::Event ended;
    std::size_t commits = 0;
  };

  // Random transactions on rows of its own, in both tables.
  static net::Task<void> write(T* t, Writers* writers, int number) {
    auto connection = co_await connect(t);
    std::mt19937 random(static_cast<unsigned>(number));
    const auto pick = [&random](int below) {
      return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    for (int n = 0; !writers->stop; ++n) {
      std::string sql = "BEGIN";
      const int statements = pick(20) == 0 ? 150 : 1 + pick(4);
      for (int i = 0; i < statements; ++i) {
        const char* table = pick(2) == 0 ? "a" : "b";
        const int id = number * 1000 + pick(300);
        const int kind = pick(10);
        if (kind < 6) {
          sql += fmt::format(";INSERT INTO {} VALUES ({}, {}) ON CONFLICT (id) DO UPDATE SET n = excluded.n",
                             table, id, n);
        } else if (kind < 8) {
          sql += fmt::format(";DELETE FROM {} WHERE id = {}", table, id);
        } else if (kind == 8) {
          sql += fmt::format(
              ";UPDATE {0} SET id = {1}, n = {2} WHERE id = {3} AND NOT EXISTS (SELECT FROM {0} WHERE id = "
              "{1})",
              table, number * 1000 + pick(300), n, id);
        } else {
          sql += fmt::format(";SAVEPOINT s;DELETE FROM {} WHERE id BETWEEN {} AND {};{} s", table,
                             number * 1000, number * 1000 + 50, pick(2) == 0 ? "ROLLBACK TO" : "RELEASE");
        }
      }
      co_await must_on(t, connection.get(), sql + (pick(8) == 0 ? ";ROLLBACK" : ";COMMIT"));
      ++writers->commits;
    }
    if (--writers->running == 0) writers->ended.set();
  }

  static net::Task<void> compare(T* t, std::string table, const Copy* copy) {
    auto results = co_await t->sql_->query("SELECT id, n FROM " + table, t->soon());
    std::map<std::string, std::string> wanted;
    for (const ResultSet::Row row : results->front()) wanted.emplace(*row[0], *row[1]);
    EXPECT_EQ(copy->rows, wanted) << table;
    EXPECT_EQ(copy->faults, 0U) << table;
  }

  static void for_each_change(Transaction* transaction, const std::function<void(const Change&)>& visit) {
    while (true) {
      auto batch = transaction->next_batch();
      EXPECT_TRUE(batch.has_value());
      if (!batch.has_value() || batch->empty()) return;
      for (const Change& change : *batch) visit(change);
    }
  }

  // An existing table joins while the stream runs: publication first, then the snapshot, then the copy. The
  // snapshot's position.
  static net::Task<Lsn> join_table(T* t, Connection* connection, Copy* b) {
    co_await must_on(t, connection, "ALTER PUBLICATION p ADD TABLE b");
    auto snapshot = co_await ExportedSnapshot::take(t->options(), "join_" + t->database_, t->soon());
    EXPECT_TRUE(snapshot.has_value()) << snapshot.error().to_string();
    co_await fill(t, "b", snapshot->name(), b);
    co_return snapshot->consistent_point();
  }

  static net::Task<void> join(T* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY, n int); CREATE TABLE b(id int PRIMARY KEY, n int);"
        "INSERT INTO a SELECT g, 0 FROM generate_series(1, 3000) g; INSERT INTO b SELECT g, 0 FROM "
        "generate_series(1, 3000) g;"
        "CREATE PUBLICATION p FOR TABLE a");
    Writers writers;
    writers.running = 3;
    for (int i = 1; i <= 3; ++i) net::spawn(write(t, &writers, i));
    while (writers.commits < 50) co_await t->reactor_->sleep_for(std::chrono::milliseconds(1));

    StreamOptions options = t->stream_options();
    options.connect.settings.emplace_back("logical_decoding_work_mem", "64kB");
    options.limits.memory_bytes_max = 5'000;
    ReplicationStream* confirming = nullptr;
    options.confirmed = [&confirming] { return confirming != nullptr ? confirming->delivered() : Lsn(); };
    auto stream = co_await ReplicationStream::create(options, false, SnapshotAction::kExport, t->soon());
    EXPECT_TRUE(stream.has_value()) << stream.error().to_string();
    confirming = stream->get();
    Copy a;
    Copy b;
    const Lsn begin = (*stream)->delivered();
    co_await fill(t, "a", (*stream)->created().snapshot, &a);
    EXPECT_FALSE(a.rows.empty());

    std::size_t transactions = 0;
    std::size_t reconnects = 0;
    std::optional<Lsn> joined;  // where b stands
    Lsn last = begin;
    std::mt19937 random(7);
    auto killer = co_await connect(t);
    std::size_t next_kill = 150;
    Lsn end = Lsn(UINT64_MAX);
    while ((*stream)->delivered() < end) {
      auto event = co_await (*stream)->next();
      EXPECT_TRUE(event.has_value());
      if (!event.has_value() || std::holds_alternative<Lost>(*event)) {
        ADD_FAILURE() << "the stream ended";
        break;
      }
      if (std::holds_alternative<Reconnected>(*event)) ++reconnects;
      if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event)) {
        ++transactions;
        EXPECT_LT(last, (*transaction)->commit_lsn());
        last = (*transaction)->commit_lsn();
        for_each_change(transaction->get(), [&](const Change& change) {
          if (change.relation->name == "a") apply(change, a);
          // What committed up to the snapshot is in the copy.
          if (change.relation->name == "b" && joined && last > *joined) apply(change, b);
        });
        if (transactions == 300) {
          auto from = co_await join_table(t, killer.get(), &b);
          joined = from;
        }
        if (transactions >= next_kill && !writers.stop) {
          next_kill += 50 + random() % 150;
          co_await must_on(t, killer.get(),
                           fmt::format("SELECT pg_terminate_backend({})", (*stream)->walsender_pid()));
        }
        if (transactions >= 1500 && reconnects >= 4 && !writers.stop) {
          writers.stop = true;
          co_await writers.ended.wait();
          end = co_await t->flush_lsn();
        }
      }
    }
    EXPECT_GE(reconnects, 4U);
    co_await compare(t, "a", &a);
    co_await compare(t, "b", &b);
  }
};

TEST_F(TableCopies, HaveTheColumnsAndRowsOfThePublication) {
  run(published_columns(this));
}
TEST_F(TableCopies, ASnapshotIsAMomentHeldByItsSlot) {
  run(snapshot_is_a_moment(this));
}
TEST_F(TableCopies, RightsAndRowSecurity) {
  run(rights(this));
}
TEST_F(TableCopies, TextAndBinaryCopyAndStreamAgreeTypeByType) {
  run(types_agree(this));
}
TEST_F(TableCopies, CopyAndStreamJoinWithoutLossOrRepetition) {
  run(join(this));
}

}  // namespace
}  // namespace stele::postgres
