// RDB's values: the bytes that redis-server 7.0.15 wrote for them, older encodings, and what is broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "protocols/redis/rdb/crc64.h"
#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/encode.h"
#include "protocols/redis/rdb/file_reader.h"
#include "protocols/redis/rdb/lzf.h"
#include "protocols/redis/rdb/packed.h"

namespace stele::redis::rdb {
namespace {

using keyspace::FieldRef;
using keyspace::ScoredRef;
using keyspace::ValueType;
using testing::ElementsAre;
using testing::SizeIs;

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

Value string_value(std::string_view bytes) {
  Value value;
  value.type = ValueType::kString;
  value.elements = {bytes};
  return value;
}

Value of_elements(ValueType type, std::vector<std::string_view> elements) {
  Value value;
  value.type = type;
  value.elements = std::move(elements);
  return value;
}

Value hash_value(std::vector<FieldRef> fields) {
  Value value;
  value.type = ValueType::kHash;
  value.fields = std::move(fields);
  return value;
}

Value sorted_value(std::vector<ScoredRef> members) {
  Value value;
  value.type = ValueType::kSortedSet;
  value.members = std::move(members);
  return value;
}

struct Sample {
  Value value;
  std::string payload;  // what redis-server 7.0.15 answers to DUMP
};

const std::string& long_text() {
  static const std::string text = [] {
    std::string made;
    for (int i = 0; i < 40; ++i) made += "abc";
    return made + "hello hello";
  }();
  return text;
}

std::vector<Sample> samples() {
  static const std::string x100(100, 'x');
  static const std::string y70(70, 'y');
  static const std::string m65(65, 'm');
  std::vector<Sample> all;
  const auto add = [&](Value value, std::string_view hex) {
    all.push_back({std::move(value), from_hex(hex)});
  };
  add(string_value("bar"), "00036261720a00e6be4960ee66fd17");
  add(string_value("12345"), "00c139300a009d94ea2793fc08b9");
  add(string_value("123456789012"), "000c3132333435363738393031320a00911001b1d116e7ac");
  add(string_value("-7"), "00c0f90a005e26d130d7a242ab");
  add(string_value(long_text()), "00c31440830361626361e06b020568656c6c6f202005016c6f0a005ac7f9e16b396878");
  add(of_elements(ValueType::kList, {"a", "1", "-5000", x100, "70000"}),
      "120102c31e407c117c00000005008161020101f178ec03e06478e05a000666f270110104ff0a00df89f3ceb4fa58db");
  add(hash_value({{"f", "v"}, {"n", "17"}}), "1012120000000400816602817602816e021101ff0a00a180dda23510453b");
  add(hash_value({{"f", y70}}), "04010166c3094046017979e039000179790a00ee85cb01a5bbf409");
  add(of_elements(ValueType::kSet, {"1", "2", "3", "70000"}),
      "0b180400000004000000010000000200000003000000701101000a00ef2e6521e385a22a");
  add(of_elements(ValueType::kSet, {"only"}), "0201046f6e6c790a006190c4de032a2d68");
  add(sorted_value({{"a", 1}, {"b", 2.5}, {"d", 1e17}, {"c", INFINITY}}),
      "1129290000000800816102010181620283322e3504816402f400008a5d784563010981630283696e6604ff0a00698915638c49"
      "1a"
      "c4");
  add(sorted_value({{m65, 1.5}}), "0501c3094041016d6de03400016d6d000000000000f83f0a00f782f77e140ddf23");
  return all;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

// With the type's byte; 0: more is needed, 1: an error.
std::size_t measure(std::string_view value) {
  const auto measured = measure_content(static_cast<Type>(value[0]), value.substr(1));
  if (!measured) return 1;
  return *measured ? **measured + 1 : 0;
}

TEST(Crc64, IsThatOfRedis) {
  EXPECT_EQ(crc64(0, "123456789"), 0xe9c6d914c4b8d9caU);
  EXPECT_EQ(crc64(crc64(0, "12345"), "6789"), 0xe9c6d914c4b8d9caU);
}

TEST(RdbEncode, GivesTheBytesOfRedis) {
  for (const Sample& sample : samples()) {
    EXPECT_EQ(hex(make_payload(encode_value(sample.value, {}), 10)), hex(sample.payload));
  }
}

TEST(RdbDecode, ReadsTheBytesOfRedis) {
  for (const Sample& sample : samples()) {
    const auto payload = open_payload(sample.payload);
    ASSERT_TRUE(payload) << hex(sample.payload);
    EXPECT_EQ(payload->version, 10);
    const auto value = decode_value(payload->value);
    ASSERT_TRUE(value) << hex(sample.payload);
    EXPECT_EQ(value->type, sample.value.type);
    EXPECT_EQ(value->elements, sample.value.elements);
    EXPECT_EQ(value->fields, sample.value.fields);
    if (value->type == ValueType::kSortedSet && value->members.size() == 4) {
      EXPECT_EQ(value->members, sample.value.members);
    }
    EXPECT_EQ(measure(payload->value), payload->value.size());
  }
}

// Of each byte that is not there, or is another one, the answer is a value or an error, and within a checksum
// always an error.
TEST(RdbDecode, TakesNothingBroken) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 0; i < sample.payload.size(); ++i) {
      EXPECT_FALSE(open_payload(std::string_view(sample.payload).substr(0, i)));
      std::string changed = sample.payload;
      changed[i] = static_cast<char>(changed[i] ^ 0x5A);
      EXPECT_FALSE(open_payload(changed));
    }
    const std::string value = sample.payload.substr(0, sample.payload.size() - 10);
    for (std::size_t i = 0; i < value.size(); ++i) {
      EXPECT_FALSE(decode_value(value.substr(0, i)));
      if (i > 0) EXPECT_EQ(measure(value.substr(0, i)), 0U);
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed = value;
        changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
        (void)decode_value(changed);
        (void)measure(changed);
      }
    }
    EXPECT_FALSE(decode_value(value + "x"));
  }
}

TEST(RdbDecode, ReadsOlderEncodings) {
  const auto elements = [](std::string_view bytes) {
    const auto value = decode_value(bytes);
    return value ? std::vector<std::string>(value->elements.begin(), value->elements.end())
                 : std::vector<std::string>{"error"};
  };
  // A ziplist: a text, small and wide numbers.
  const std::string ziplist = from_hex(
      "1d000000160000000500000161"
      "03f6"
      "02fe9c"
      "03c01027"
      "04d0a0860100"
      "ff");
  EXPECT_THAT(elements(std::string("\x0a") + static_cast<char>(ziplist.size()) + ziplist),
              ElementsAre("a", "5", "-100", "10000", "100000"));
  EXPECT_THAT(elements(std::string("\x0e\x01") + static_cast<char>(ziplist.size()) + ziplist), SizeIs(5));
  EXPECT_THAT(elements(from_hex("010201610162")), ElementsAre("a", "b"));
  // A zipmap whose value has unused bytes.
  const std::string zipmap = from_hex("090e020161010278000001620100") + "y\xff";
  const auto hash = decode_value(zipmap);
  ASSERT_TRUE(hash);
  EXPECT_THAT(hash->fields, ElementsAre(FieldRef{"a", "x"}, FieldRef{"b", "y"}));
  // Scores as text, and as what has none.
  const std::string scores = from_hex("0303016103312e350162fe0163ff");
  const auto sorted = decode_value(scores);
  ASSERT_TRUE(sorted);
  EXPECT_THAT(sorted->members,
              ElementsAre(ScoredRef{"a", 1.5}, ScoredRef{"b", INFINITY}, ScoredRef{"c", -INFINITY}));
  EXPECT_FALSE(decode_value(from_hex("03010161fd")));
  // A set as a listpack, as 7.2 writes it, and an element that stands alone.
  EXPECT_THAT(elements(from_hex("140d"
                                "0d0000000200"
                                "816102"
                                "816202"
                                "ff")),
              ElementsAre("a", "b"));
  EXPECT_THAT(elements(from_hex("1201010161")), ElementsAre("a"));
}

TEST(RdbDecode, RefusesWhatIsThereTwiceOrNotAtAll) {
  EXPECT_FALSE(decode_value(from_hex("020201610161")));
  EXPECT_FALSE(
      decode_value(from_hex("0402016101620161"
                            "0163")));
  EXPECT_FALSE(decode_value(from_hex("0200")));
  EXPECT_FALSE(decode_value(from_hex("1200")));
  EXPECT_FALSE(
      decode_value(from_hex("0b0c"
                            "02000000"
                            "02000000"
                            "02000100")));
  EXPECT_FALSE(decode_value(""));
  EXPECT_EQ(decode_value(from_hex("0700")).error().code, ErrorCode::kUnsupported);
}

// Small payloads that say that they are large.
TEST(RdbDecode, BelievesNoLength) {
  EXPECT_FALSE(decode_value(from_hex("0181ffffffffffffffff")));
  EXPECT_FALSE(decode_value(from_hex("0081ffffffffffffffff")));
  EXPECT_FALSE(
      decode_value(from_hex("00c30581ffffffffffffffff"
                            "0102030405")));
  EXPECT_FALSE(decode_value(from_hex("04807fffffff0161")));
  EXPECT_FALSE(
      decode_value(from_hex("0b08"
                            "02000000"
                            "ffffffff")));
}

TEST(Lzf, ExpandsWhatItCompressed) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * i % 97) + (i % 5 == 0 ? "longer words" : ",");
  for (const std::string& each : {text, std::string(100'000, 'a'), std::string("abcabcabcabcabcabcabcabc")}) {
    const auto compressed = lzf_compress(each, each.size() - 4);
    ASSERT_TRUE(compressed);
    EXPECT_LT(compressed->size(), each.size());
    std::string expanded;
    EXPECT_TRUE(lzf_expand(*compressed, each.size(), expanded));
    EXPECT_EQ(expanded, each);
    expanded.clear();
    EXPECT_FALSE(lzf_expand(*compressed, each.size() - 1, expanded));
  }
  EXPECT_FALSE(lzf_compress("no part of this is there twice", 26));
}

TEST(Listpack, KeepsAllWidths) {
  const std::vector<std::string> elements = {"0",
                                             "127",
                                             "128",
                                             "-1",
                                             "4095",
                                             "-4096",
                                             "4096",
                                             "32767",
                                             "-32769",
                                             "8388607",
                                             "2147483647",
                                             "2147483648",
                                             "",
                                             std::string(63, 'a'),
                                             std::string(64, 'b'),
                                             std::string(4095, 'c'),
                                             std::string(4096, 'd'),
                                             std::string(70'000, 'e'),
                                             "-9223372036854775808",
                                             "007"};
  ListpackWriter writer;
  for (const std::string& each : elements) writer.add(each);
  const std::size_t size = writer.size();
  const std::string packed = writer.finish();
  EXPECT_EQ(packed.size(), size);
  std::deque<std::string> texts;
  Reader keeper(packed, texts, 1U << 20);
  Views views;
  ASSERT_TRUE(read_listpack(packed, keeper, views));
  EXPECT_EQ(std::vector<std::string>(views.begin(), views.end()), elements);
}

TEST(RdbEncode, CutsListsAsRedisDoes) {
  const std::string element(3000, 'z');
  const Value list = of_elements(ValueType::kList, {element, element, element, element, element});
  const std::string bytes = encode_value(list, {});
  EXPECT_EQ(bytes.substr(0, 2), std::string("\x12\x03"));
  EXPECT_EQ(encode_value(list, {.list_listpack_size = 4}).substr(0, 2), std::string("\x12\x03"));
  EXPECT_EQ(encode_value(list, {.list_listpack_size = -5}).substr(0, 2), std::string("\x12\x01"));
  EXPECT_EQ(decode_value(bytes)->elements, list.elements);
}

std::string file_of_all_samples() {
  std::string file = "REDIS0010";
  file += from_hex("fa0372656403372e30");  // red: 7.0
  file += from_hex("f50b") + "#!lua name=";
  file += from_hex("fe03fb0c02");
  int number = 0;
  for (const Sample& sample : samples()) {
    const std::string value = sample.payload.substr(0, sample.payload.size() - 10);
    if (number == 1) file += from_hex("fc0100000000000000");
    if (number == 2) file += from_hex("fd02000000f805f9ff");
    file += value[0];
    append_string(file, "key " + std::to_string(number++));
    file += value.substr(1);
  }
  file += "\xff";
  std::string sum;
  const std::uint64_t checksum = crc64(0, file);
  for (int shift = 0; shift < 64; shift += 8) sum += static_cast<char>(checksum >> shift);
  return file + sum;
}

TEST(RdbFile, ComesInAnyPieces) {
  const std::string file = file_of_all_samples();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, file.size() + 4}) {
    FileReader reader;
    std::size_t keys = 0;
    std::size_t libraries = 0;
    const std::string fed = file + "rest";
    for (std::size_t at = 0; at < fed.size(); at += piece) {
      reader.feed(std::string_view(fed).substr(at, piece));
      while (true) {
        const auto item = reader.next();
        ASSERT_TRUE(item) << item.error().message;
        if (!*item) break;
        if ((*item)->kind == FileItem::Kind::kLibrary) {
          EXPECT_EQ((*item)->content, "#!lua name=");
          ++libraries;
          continue;
        }
        const std::string value = static_cast<char>((*item)->type) + std::string((*item)->content);
        EXPECT_EQ(hex(make_payload(value, 10)), hex(samples()[keys].payload));
        EXPECT_EQ((*item)->key, "key " + std::to_string(keys));
        EXPECT_EQ((*item)->db, 3U);
        EXPECT_EQ((*item)->expires_at_ms, keys == 1 ? 1 : keys == 2 ? 2000 : 0);
        ++keys;
      }
    }
    EXPECT_EQ(keys, samples().size());
    EXPECT_EQ(libraries, 1U);
    EXPECT_TRUE(reader.is_at_end());
    EXPECT_EQ(reader.rest(), "rest");
    EXPECT_EQ(reader.position(), file.size());
  }
}

TEST(RdbFile, BrokenOnesAreErrors) {
  const std::string file = file_of_all_samples();
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 0x11);
    FileReader reader;
    reader.feed(changed);
    auto item = reader.next();
    while (item && *item) item = reader.next();
    // Its end is not reached, or is told not to be its own.
    EXPECT_FALSE(item && reader.is_at_end() && reader.rest().empty()) << i;
  }
  FileReader reader;
  reader.feed("REDIS9999 and more");
  EXPECT_EQ(reader.next().error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace stele::redis::rdb
