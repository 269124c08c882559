// Streams in RDB: what redis-server 7.0.15 wrote, older and newer forms of the same, and what is broken.
#include "protocols/redis/rdb/stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/encode.h"
#include "protocols/redis/rdb/packed.h"

namespace stele::redis::rdb {
namespace {

using keyspace::StreamId;
using keyspace::ValueType;
using keyspace::WallMs;
using testing::HasSubstr;

// Two groups, the first with what is pending for two of three consumers; nothing was removed.
constexpr std::string_view kWhole =
    "13011000000000000003e80000000000000001c3406c40b018b00000002500050100010201846e616d65058576616c7565"
    "0640100000200105816102010105201d0a00010101816202f1ce5603402e030101dfff20190a856f746865720681780206"
    "20230902010401816302dff90240310003402205816402e04679e03c0003480501ff0543eb0043e80100000502016743ea"
    "05040300000000000003e80000000000000001b837f706a20100000100000000000003e80000000000000002b837f706a2"
    "0100000100000000000003ea0000000000000005b837f706a2010000020305616c696365b837f706a20100000200000000"
    "000003e8000000000000000100000000000003e8000000000000000203626f62b837f706a20100000100000000000003ea"
    "0000000000000005056361726f6cb837f706a201000000016843eb0081ffffffffffffffff0000";
// Two entries were removed, one of them is still pending.
constexpr std::string_view kTorn =
    "13011000000000000003e80000000000000001c3406d40b008b0000000250003010220010d846e616d65058576616c7565"
    "0600201000002001078161020101050103200a090101816202f1ce560305600c01dfff20190a856f746865720681780206"
    "20230a02010401816302dff90205200b0003402205816402e04679e03c0003480501ff0343eb0043e80143ea0505020167"
    "43ea05040300000000000003e80000000000000001b837f706a20100000100000000000003e80000000000000002b837f7"
    "06a20100000100000000000003ea0000000000000005b837f706a2010000020305616c696365b837f706a2010000020000"
    "0000000003e8000000000000000100000000000003e8000000000000000203626f62b837f706a201000001000000000000"
    "03ea0000000000000005056361726f6cb837f706a201000000016843eb0081ffffffffffffffff0000";
// The same as Redis 5 would have written it, and 7.2.
constexpr std::string_view kTornOlder =
    "0f011000000000000003e80000000000000001c3406d40b008b0000000250003010220010d846e616d65058576616c7565"
    "0600201000002001078161020101050103200a090101816202f1ce560305600c01dfff20190a856f746865720681780206"
    "20230a02010401816302dff90205200b0003402205816402e04679e03c0003480501ff0343eb0002016743ea0503000000"
    "00000003e80000000000000001b837f706a20100000100000000000003e80000000000000002b837f706a2010000010000"
    "0000000003ea0000000000000005b837f706a2010000020305616c696365b837f706a20100000200000000000003e80000"
    "00000000000100000000000003e8000000000000000203626f62b837f706a20100000100000000000003ea000000000000"
    "0005056361726f6cb837f706a201000000016843eb000000";
constexpr std::string_view kTornNewer =
    "15011000000000000003e80000000000000001c3406d40b008b0000000250003010220010d846e616d65058576616c7565"
    "0600201000002001078161020101050103200a090101816202f1ce560305600c01dfff20190a856f746865720681780206"
    "20230a02010401816302dff90205200b0003402205816402e04679e03c0003480501ff0343eb0043e80143ea0505020167"
    "43ea05040300000000000003e80000000000000001b837f706a20100000100000000000003e80000000000000002b837f7"
    "06a20100000100000000000003ea0000000000000005b837f706a2010000020305616c696365b837f706a2010000ffffff"
    "ffffffffff0200000000000003e8000000000000000100000000000003e8000000000000000203626f62b837f706a20100"
    "00ffffffffffffffff0100000000000003ea0000000000000005056361726f6cb837f706a2010000ffffffffffffffff00"
    "016843eb0081ffffffffffffffff0000";

std::string left_entries() {
  return "1000-1,name=a,value=1 1001-0,other=x 1003-0,name=d,value=" + std::string(70, 'y');
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string described(const StreamGroup& group) {
  std::string text = fmt::format("\n{} at {}", group.name, to_string(group.start.last_id));
  if (group.start.entries_read) text += fmt::format(" after {}", *group.start.entries_read);
  for (std::size_t i = 0; i < group.consumers.size(); ++i) {
    text += fmt::format("; {}", group.consumers[i].name);
    if (group.consumers[i].seen_at <= WallMs{0}) text += " was never seen";
    for (const StreamPending& each : group.pending) {
      if (each.consumer == i) text += fmt::format(" {}x{}", to_string(each.id), each.deliveries);
    }
  }
  return text;
}

std::string described(const Stream& stream) {
  std::string text;
  for (const auto& entry : stream.entries.entries) {
    text += to_string(entry.id);
    for (const auto& field : stream.entries.fields_of(entry)) {
      text += fmt::format(",{}={}", field.name, field.value);
    }
    text += ' ';
  }
  text += fmt::format("last {} removed {} added {}", to_string(stream.state.last_id),
                      to_string(stream.state.max_deleted_id), stream.state.entries_added);
  for (const StreamGroup& group : stream.groups) text += described(group);
  return text;
}

std::string decoded(std::string_view bytes) {
  const auto value = decode_value(bytes);
  if (!value) return value.error().message;
  return value->type == ValueType::kStream ? described(value->stream) : "no stream";
}

TEST(RdbStream, IsTheBytesOfRedis) {
  const std::string bytes = from_hex(kWhole);
  const auto value = decode_value(bytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(described(value->stream),
            "1000-1,name=a,value=1 1000-2,name=b,value=22222 1001-0,other=x 1002-5,name=c,value=-7 "
            "1003-0,name=d,value=" +
                std::string(70, 'y') +
                " last 1003-0 removed 0-0 added 5"
                "\ng at 1002-5 after 4; alice 1000-1x1 1000-2x1; bob 1002-5x2; carol"
                "\nh at 1003-0");
  EXPECT_EQ(encode_value(*value, {}), bytes);
}

TEST(RdbStream, IsReadWithoutWhatWasRemoved) {
  const std::string bytes = from_hex(kTorn);
  const auto value = decode_value(bytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(described(value->stream),
            left_entries() +
                " last 1003-0 removed 1002-5 added 5"
                "\ng at 1002-5 after 4; alice 1000-1x1 1000-2x1; bob 1002-5x2; carol"
                "\nh at 1003-0");
  EXPECT_EQ(decoded(encode_value(*value, {})), described(value->stream));
}

TEST(RdbStream, IsReadInOlderAndNewerForms) {
  EXPECT_EQ(decoded(from_hex(kTornNewer)), decoded(from_hex(kTorn)));
  // What a group had read is told from the entries, as far as they tell it.
  EXPECT_EQ(decoded(from_hex(kTornOlder)), left_entries() +
                                               " last 1003-0 removed 0-0 added 3"
                                               "\ng at 1002-5; alice 1000-1x1 1000-2x1; bob 1002-5x2; carol"
                                               "\nh at 1003-0 after 3");
}

TEST(RdbStream, BrokenOnesAreRefusedOrRead) {
  for (const std::string_view hex : {kWhole, kTorn, kTornOlder, kTornNewer}) {
    const std::string bytes = from_hex(hex);
    const auto type = static_cast<Type>(bytes[0]);
    EXPECT_EQ(measure_content(type, std::string_view(bytes).substr(1)).value(), bytes.size() - 1);
    EXPECT_FALSE(decode_value(bytes + "x"));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      EXPECT_FALSE(decode_value(std::string_view(bytes).substr(0, i)));
      for (int bit = static_cast<int>(i % 3); bit < 8; bit += 3) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
        const auto value = decode_value(changed);
        if (value && value->type == ValueType::kStream) {
          EXPECT_EQ(decoded(encode_value(*value, {})), described(value->stream));
        }
      }
    }
  }
}

// Two entries, the first of which is pending.
Stream two_entries() {
  Stream stream;
  stream.entries.fields = {{"a", "1"}, {"a", "2"}};
  stream.entries.entries = {{StreamId{1, 0}, 0, 1, true}, {StreamId{2, 0}, 1, 1, true}};
  stream.state = {.last_id = {2, 0}, .max_deleted_id = {}, .entries_added = 2};
  StreamGroup& group = stream.groups.emplace_back();
  group.name = "g";
  group.start = {.last_id = {1, 0}, .entries_read = 1};
  group.consumers = {{"c", WallMs{7}}};
  group.pending = {{StreamId{1, 0}, WallMs{7}, 1, 0}};
  return stream;
}

bool is_read_after(void (*change)(Stream&)) {
  Stream stream = two_entries();
  change(stream);
  return decode_value(encode_stream(stream, {})).has_value();
}

TEST(RdbStream, RefusesWhatIsOutOfOrderOrThereTwice) {
  EXPECT_TRUE(is_read_after([](Stream&) {}));
  EXPECT_TRUE(is_read_after([](Stream& stream) { stream = {}; }));
  EXPECT_FALSE(
      is_read_after([](Stream& stream) { std::swap(stream.entries.entries[0], stream.entries.entries[1]); }));
  EXPECT_FALSE(is_read_after([](Stream& stream) { stream.entries.entries[1].id = {1, 0}; }));
  EXPECT_FALSE(is_read_after([](Stream& stream) { stream.entries.entries[0].id = {}; }));
  EXPECT_FALSE(is_read_after([](Stream& stream) { stream.state.last_id = {1, 9}; }));
  EXPECT_FALSE(is_read_after([](Stream& stream) { stream.groups.push_back(stream.groups[0]); }));
  EXPECT_FALSE(is_read_after(
      [](Stream& stream) { stream.groups[0].consumers.push_back(stream.groups[0].consumers[0]); }));
  EXPECT_FALSE(
      is_read_after([](Stream& stream) { stream.groups[0].pending.push_back(stream.groups[0].pending[0]); }));
  EXPECT_FALSE(is_read_after([](Stream& stream) { stream.groups[0].pending[0].delivered_at = {-1}; }));
  EXPECT_FALSE(is_read_after([](Stream& stream) { stream.groups[0].consumers[0].seen_at = {-1}; }));
}

TEST(RdbStream, RefusesWhatIsPendingForNobodyOrForTwo) {
  Stream stream = two_entries();
  const std::string whole = encode_stream(stream, {});
  const std::string id = whole.substr(whole.size() - 16);
  ASSERT_TRUE(decode_value(whole));
  std::string other = whole;
  other.back() = 1;
  EXPECT_FALSE(decode_value(other));
  std::string nobodys = whole.substr(0, whole.size() - 16);
  nobodys.back() = 0;
  EXPECT_FALSE(decode_value(nobodys));
  stream.groups[0].consumers.push_back({"d", WallMs{7}});
  std::string of_two = encode_stream(stream, {});
  ASSERT_TRUE(decode_value(of_two));
  of_two.back() = 1;
  EXPECT_FALSE(decode_value(of_two + id));
  std::string miscounted = encode_stream({}, {});
  miscounted[2] = 1;
  EXPECT_FALSE(decode_value(miscounted));
}

TEST(RdbStream, StandsInTheListpacksThatXaddMakes) {
  Stream stream;
  for (std::uint64_t i = 0; i < 250; ++i) {
    stream.entries.entries.push_back({StreamId{i + 1, 0}, i, 1, true});
    stream.entries.fields.push_back({i % 3 == 0 ? "name" : "other", "value"});
  }
  stream.state = {.last_id = {250, 0}, .max_deleted_id = {}, .entries_added = 250};
  const auto nodes = [&](EncodingLimits limits) {
    const std::string bytes = encode_stream(stream, limits);
    EXPECT_EQ(decoded(bytes), described(stream));
    return static_cast<int>(bytes[1]);
  };
  EXPECT_EQ(nodes({}), 3);
  EXPECT_EQ(nodes({.stream_node_entries = 10}), 25);
  EXPECT_EQ(nodes({.stream_node_entries = 0, .stream_node_bytes = 0}), 1);
  EXPECT_GT(nodes({.stream_node_bytes = 400}), 5);
}

// Names that stand once and would be written out ten thousand times.
TEST(RdbStream, BecomesNoMoreThanItMay) {
  constexpr std::int64_t kEntries = 10'000;
  const std::string name(100'000, 'n');
  ListpackWriter node;
  for (const std::int64_t number : {kEntries, std::int64_t{0}, std::int64_t{1}}) node.add_integer(number);
  node.add(name);
  node.add_integer(0);
  for (std::int64_t i = 0; i < kEntries; ++i) {
    for (const std::int64_t number :
         {kEntrySameFields, i, std::int64_t{0}, std::int64_t{1}, std::int64_t{4}}) {
      node.add_integer(number);
    }
  }
  std::string bytes = {static_cast<char>(Type::kStream2), 1};
  std::string id;
  keyspace::append_stream_id(id, {1, 0});
  append_string(bytes, id);
  append_string(bytes, node.finish());
  append_length(bytes, kEntries);
  for (const std::uint64_t number : {std::uint64_t{kEntries}, 0UL, 1UL, 0UL, 0UL, 0UL, 0UL, 0UL}) {
    append_length(bytes, number);
  }
  EXPECT_THAT(decoded(bytes), HasSubstr("Bad data format"));
}

}  // namespace
}  // namespace stele::redis::rdb
