#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "postgres/replication/test_copy.h"
#include "postgres/types/array.h"
#include "postgres/types/load_type_catalog.h"
#include "postgres/types/value.h"

namespace stele::postgres {
namespace {

// What a type's values are must not depend on the way they came.
class TypesAgree : public CopyTest {
 protected:
  using T = TypesAgree;

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

  template <class Row>
  static void add_row(const TypeCatalog& catalog, const std::vector<Oid>& types, const Row& row,
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

  static net::Task<Dumps> dump_copy(T* t, const TypeCatalog* catalog, std::vector<Oid> types,
                                    wire::Format format) {
    Dumps dumps;
    const Visit add = [&](const std::vector<ColumnValue>& row) { add_row(*catalog, types, row, dumps); };
    auto copied = co_await copy_rows(t, t->options(), "SELECT * FROM every", "", format, add);
    EXPECT_TRUE(copied.has_value()) << copied.error().to_string();
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
    auto from_text_copy = co_await dump_copy(t, catalog->get(), types, wire::Format::kText);
    auto from_binary_copy = co_await dump_copy(t, catalog->get(), types, wire::Format::kBinary);
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
};

TEST_F(TypesAgree, InTextAndBinaryCopyAndStream) {
  run(types_agree(this));
}

}  // namespace
}  // namespace stele::postgres
