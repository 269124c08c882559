#include "postgres/types/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "postgres/types/array.h"
#include "postgres/types/type_catalog.h"

namespace stele::postgres {
namespace {

ColumnValue text(std::string_view bytes) {
  return {ColumnKind::kText, bytes};
}
ColumnValue binary(std::string_view bytes) {
  return {ColumnKind::kBinary, bytes};
}
template <class Integer>
std::string big_endian(Integer number) {
  std::string bytes;
  append_big_endian(bytes, number);
  return bytes;
}

Type type_of(TypeKind kind) {
  Type type;
  type.kind = kind;
  type.name = to_string(kind);
  return type;
}

TEST(Temporal, TimestampsOfAllErasAndOffsets) {
  const auto at = [](std::string_view bytes) { return decode_timestamp(text(bytes)).value().microseconds; };
  EXPECT_EQ(at("2000-01-01 00:00:00"), 0);
  EXPECT_EQ(at("2000-01-01 00:00:00.5+00"), 500'000);
  EXPECT_EQ(at("2000-01-01 05:30:00+05:30"), 0);
  EXPECT_EQ(at("1999-12-31 21:00:00-03"), 0);
  EXPECT_EQ(at("2000-01-01 00:19:32.000001+00:19:32"), 1);
  EXPECT_EQ(at("4714-11-24 00:00:00+00 BC"), -211813488000000000);
  EXPECT_EQ(at("294276-12-31 23:59:59.999999+00"), 9223371331199999999);
  EXPECT_EQ(at("infinity"), Timestamp::kInfinity);
  EXPECT_EQ(at("-infinity"), Timestamp::kMinusInfinity);
  EXPECT_EQ(decode_timestamp(binary(big_endian(std::int64_t{7})))->microseconds, 7);
  for (const std::string_view bad :
       {"", "2000-01-01", "2000-01-01T00:00:00", "2000-13-01 00:00:00", "2000-01-01 00:00", "x",
        "2000-01-01 00:00:00 AD", "9999999-01-01 00:00:00", "2000-01-01 00:00:00.1234567"}) {
    EXPECT_FALSE(decode_timestamp(text(bad)).has_value()) << bad;
  }
  EXPECT_FALSE(decode_timestamp(binary("short")).has_value());
}

TEST(Temporal, NanosecondsWhereTheyFit) {
  EXPECT_EQ(decode_timestamp(text("1970-01-01 00:00:00.000001+00"))->unix_ns(), 1000);
  EXPECT_EQ(decode_timestamp(text("1969-12-31 23:59:59.9999+00"))->unix_ms(), -1);
  EXPECT_EQ(decode_timestamp(text("0001-01-01 00:00:00+00 BC"))->unix_ms(), -62167219200000);
  EXPECT_EQ(decode_timestamp(text("0001-01-01 00:00:00+00 BC"))->unix_ns(), std::nullopt);
  EXPECT_EQ(decode_timestamp(text("2300-01-01 00:00:00+00"))->unix_ns(), std::nullopt);
  EXPECT_EQ(Timestamp{Timestamp::kInfinity}.unix_ns(), std::nullopt);
  EXPECT_EQ(Timestamp{Timestamp::kInfinity}.unix_ms(), std::nullopt);
  EXPECT_EQ(decode_date(text("1970-01-02"))->unix_ns(), 86'400'000'000'000);
}

TEST(Temporal, DatesAndTimes) {
  EXPECT_EQ(decode_date(text("2000-03-01"))->days, 60);
  EXPECT_EQ(decode_date(text("4714-11-24 BC"))->days, -2451545);
  EXPECT_EQ(decode_date(text("5874897-12-31"))->days, 2145031948);
  EXPECT_TRUE(decode_date(text("-infinity"))->is_infinite());
  EXPECT_FALSE(decode_date(text("9999999-12-31")).has_value());
  EXPECT_EQ(decode_time(text("24:00:00"))->microseconds, 86'400'000'000);
  EXPECT_EQ(decode_time(text("00:00:00.000001"))->microseconds, 1);
  EXPECT_FALSE(decode_time(text("1:00:00")).has_value());
}

TEST(Numeric, BinarySpellsWhatTextSays) {
  const auto spelled = [](std::vector<std::uint16_t> words) {
    std::string bytes;
    for (const std::uint16_t word : words) append_big_endian(bytes, word);
    return decode_numeric(binary(bytes)).value().text;
  };
  EXPECT_EQ(spelled({0, 0, 0, 0}), "0");
  EXPECT_EQ(spelled({0, 0, 0, 3}), "0.000");
  EXPECT_EQ(spelled({2, 0, 0x4000, 4, 12, 3400}), "-12.3400");
  EXPECT_EQ(spelled({1, 2, 0, 0, 7}), "700000000");
  EXPECT_EQ(spelled({1, 0xFFFE, 0, 8, 12}), "0.00000012");
  EXPECT_EQ(spelled({0, 0, 0xC000, 0}), "NaN");
  EXPECT_EQ(spelled({0, 0, 0xF000, 0}), "-Infinity");
  std::string wrong;
  for (const std::uint16_t word : {1, 0, 0, 0, 10000}) append_big_endian(wrong, word);
  EXPECT_FALSE(decode_numeric(binary(wrong)).has_value());
  EXPECT_FALSE(decode_numeric(binary(wrong.substr(0, 9))).has_value());
}

TEST(Numeric, TextIsCheckedAndComparedAsDouble) {
  for (const std::string_view good : {"0", "-1.50", "123456789012345678901234567890.1", "NaN", "-Infinity"}) {
    EXPECT_EQ(decode_numeric(text(good))->text, good);
  }
  for (const std::string_view bad : {"", "-", ".5", "1.", "1e5", "+1", "1.2.3", " 1", "inf"}) {
    EXPECT_FALSE(decode_numeric(text(bad)).has_value()) << bad;
  }
  EXPECT_EQ(Decimal{"0.1"}.to_double(), 0.1);
  EXPECT_EQ(Decimal{"1" + std::string(400, '0')}.to_double(), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(Decimal{"NaN"}.to_double()));
  EXPECT_EQ(parse_float("1e-45").value(), std::numeric_limits<float>::denorm_min());
  EXPECT_EQ(parse_double("4.9406564584124654e-324").value(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(parse_double("1e400").value(), std::numeric_limits<double>::infinity());
}

TEST(Array, TextWithEverything) {
  const auto array = decode_array(text(R"([0:5]={a,"b c",NULL,"NULL","q\"u\\o,te}",""})"));
  ASSERT_TRUE(array.has_value()) << array.error().to_string();
  ASSERT_EQ(array->dimensions, (std::vector<std::int32_t>{6}));
  EXPECT_EQ(array->elements[0].bytes, "a");
  EXPECT_EQ(array->elements[1].bytes, "b c");
  EXPECT_TRUE(array->elements[2].is_null());
  EXPECT_EQ(array->elements[3].bytes, "NULL");
  EXPECT_EQ(array->elements[4].bytes, "q\"u\\o,te}");
  EXPECT_EQ(array->elements[5].bytes, "");
  EXPECT_EQ(decode_array(text("{{1,2,3},{4,5,6}}"))->dimensions, (std::vector<std::int32_t>{2, 3}));
  EXPECT_EQ(decode_array(text("{(1,1),(0,0);(2,2),(1,1)}"), ';')->elements.size(), 2U);
  EXPECT_TRUE(decode_array(text("{}"))->dimensions.empty());
}

TEST(Array, MalformedTextIsRefused) {
  for (const std::string_view bad : {"",        "{",        "}",           "x",
                                     "{a",      "{a}}",     "{a}x",        "{a,}",
                                     "{,a}",    "{a,,b}",   "{{1},{2,3}}", "{{1},2}",
                                     "{1,{2}}", "{{}}",     "{\"a}",       "{\"a\"b}",
                                     "{\"a\\",  "{a\"b\"}", "{{1}{2}}",    "{{{{{{{1}}}}}}}",
                                     "[1:2]",   "{a{b}}",   "{{1,2},{3}}"}) {
    EXPECT_FALSE(decode_array(text(bad)).has_value()) << bad;
  }
}

TEST(Array, MalformedBinaryIsRefused) {
  std::string good;
  for (const std::int32_t word : {1, 0, 23, 2, 1, 4, 7, -1}) append_big_endian(good, word);
  const auto array = decode_array(binary(good));
  ASSERT_TRUE(array.has_value());
  EXPECT_EQ(array->elements[0].bytes, std::string_view("\0\0\0\7", 4));
  EXPECT_TRUE(array->elements[1].is_null());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_array(binary(std::string_view(good).substr(0, size))).has_value()) << size;
  }
  std::string huge;
  for (const std::int32_t word : {3, 0, 23, 0x7FFFFFFF, 1, 0x7FFFFFFF, 1, 4, 1})
    append_big_endian(huge, word);
  EXPECT_FALSE(decode_array(binary(huge)).has_value());
}

TEST(Array, FloatsOfVectors) {
  std::vector<float> floats;
  ASSERT_TRUE(decode_floats(text("{1,-2.5,1e-3,NaN,Infinity}"), floats).has_value());
  ASSERT_EQ(floats.size(), 5U);
  EXPECT_EQ(floats[1], -2.5F);
  EXPECT_TRUE(std::isnan(floats[3]));
  EXPECT_TRUE(std::isinf(floats[4]));
  EXPECT_TRUE(decode_floats(text("{}"), floats).has_value());
  EXPECT_TRUE(floats.empty());
  ASSERT_TRUE(decode_floats(text("[3:4]={1,1e300}"), floats).has_value());
  EXPECT_TRUE(std::isinf(floats[1]));
  for (const std::string_view bad : {"", "{", "{1,NULL}", "{1,}", "{a}", "1,2", "{{1,2},{3,4}}"}) {
    EXPECT_FALSE(decode_floats(text(bad), floats).has_value()) << bad;
  }
  std::string doubles;
  for (const std::int32_t word : {1, 0, 701, 1, 1, 8}) append_big_endian(doubles, word);
  append_big_endian(doubles, std::bit_cast<std::uint64_t>(0.5));
  ASSERT_TRUE(decode_floats(binary(doubles), floats).has_value());
  EXPECT_EQ(floats, std::vector<float>{0.5F});
}

TEST(Value, WrongBytesAreRefusedTypeByType) {
  const std::vector<std::pair<TypeKind, std::string_view>> wrong{
      {TypeKind::kBool, "true"},  {TypeKind::kInt2, "40000"},  {TypeKind::kInt4, "1 "},
      {TypeKind::kInt8, ""},      {TypeKind::kOid, "-1"},      {TypeKind::kFloat4, "x"},
      {TypeKind::kFloat8, "1,5"}, {TypeKind::kNumeric, "1e1"}, {TypeKind::kUuid, "12345"},
      {TypeKind::kDate, "today"}, {TypeKind::kBytea, "\\x1"},  {TypeKind::kBytea, "abc"},
  };
  for (const auto& [kind, bytes] : wrong) {
    const auto value = decode_value(type_of(kind), text(bytes));
    ASSERT_FALSE(value.has_value()) << bytes;
    EXPECT_EQ(value.error().code, ErrorCode::kInvalidArgument);
  }
  for (const TypeKind kind :
       {TypeKind::kBool, TypeKind::kInt2, TypeKind::kInt4, TypeKind::kInt8, TypeKind::kFloat4,
        TypeKind::kFloat8, TypeKind::kUuid, TypeKind::kDate, TypeKind::kJsonb}) {
    EXPECT_FALSE(decode_value(type_of(kind), binary("\3\3\3")).has_value()) << to_string(kind);
  }
  EXPECT_EQ(decode_value(type_of(TypeKind::kOther), binary("x")).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(decode_value(type_of(TypeKind::kText), {ColumnKind::kUnchanged, {}}).error().code,
            ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(decode_value(type_of(TypeKind::kText), {})->is_null());
}

TEST(TypeCatalog, ResolvesArraysEnumsAndDomainsOverDomains) {
  const TypeCatalog catalog({{.oid = 20000, .name = "outer", .type = 'd', .domain_base = 20001},
                             {.oid = 20001, .name = "inner", .type = 'd', .domain_base = 1007},
                             {.oid = 1007, .name = "_int4", .array_element = 23},
                             {.oid = 23, .name = "int4"},
                             {.oid = 20002, .name = "mood", .type = 'e'},
                             {.oid = 1186, .name = "interval"}});
  EXPECT_EQ(catalog.find(20000)->kind, TypeKind::kArray);
  EXPECT_EQ(catalog.find(20000)->element->kind, TypeKind::kInt4);
  EXPECT_EQ(catalog.find(20002)->kind, TypeKind::kEnum);
  EXPECT_EQ(catalog.find(1186)->kind, TypeKind::kOther);
  EXPECT_FALSE(catalog.find(1186)->is_binary_decodable());
  EXPECT_TRUE(catalog.find(1007)->is_binary_decodable());
  EXPECT_EQ(catalog.find(99999), nullptr);
}

}  // namespace
}  // namespace stele::postgres
