#include <gtest/gtest.h>

#include <set>

#include "server/tour/level.h"
#include "server/tour/redis_reply.h"

namespace stele::server {
namespace {

TEST(TourLevel, ReadsItsSteps) {
  const auto level = TourLevel::parse(R"(
level: 7
title: one
items:
  - name: a
    teaches: b
    steps:
      - sql: SELECT 1
        expect: "1"
      - redis: TTL k
        expect: {at_most: 60}
        within: 250
      - elastic: POST /i/_search
        body: '{"size": 1}'
        expect: {status: 200, hits.hits.0._id: "x", hits.max_score: {at_least: 0.5}}
)");
  ASSERT_TRUE(level) << level.error().to_string();
  EXPECT_EQ(level->number, 7);
  ASSERT_EQ(level->items.size(), 1U);
  const auto& steps = level->items[0].steps;
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].protocol, TourProtocol::kSql);
  EXPECT_EQ(steps[1].within, std::chrono::milliseconds(250));
  EXPECT_EQ(steps[1].expected[0].kind, Expectation::Kind::kAtMost);
  EXPECT_EQ(steps[2].request, "POST /i/_search");
  EXPECT_EQ(steps[2].expected.size(), 3U);
}

TEST(TourLevel, SaysInWhichLineItIsWrong) {
  for (const char* text : {"level: 1\ntitle: x\nitems: []", "level: 1", "level: [", "level: x\ntitle: y",
                           "level: 1\ntitle: x\nitems:\n  - name: a\n    teaches: b\n    steps: [{sql: S}]",
                           "level: 1\ntitle: x\nitems:\n  - name: a\n    teaches: b\n    steps:\n"
                           "      - redis: PING\n        expect: {like: PONG}"}) {
    const auto level = TourLevel::parse(text);
    ASSERT_FALSE(level) << text;
    EXPECT_EQ(level.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(level.error().message.starts_with("line ")) << level.error().message;
  }
}

TEST(TourLevel, TheBuiltInOnesAreNumbered) {
  std::set<int> numbers;
  for (const std::string_view text : level_texts()) {
    const auto level = TourLevel::parse(text);
    ASSERT_TRUE(level) << level.error().to_string();
    EXPECT_TRUE(numbers.insert(level->number).second);
    EXPECT_TRUE(find_level(std::to_string(level->number)));
  }
  EXPECT_TRUE(numbers.contains(1));
  EXPECT_EQ(find_level("0").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(find_level("/no/such/file").error().code, ErrorCode::kNotFound);
}

TEST(Expectation, LooksWhereItIsTold) {
  const TourAnswer answer{.text = R"({"hits": [{"id": 7, "name": "x y"}], "score": 0.75})", .status = 200};
  const auto problem = [&](std::string place, Expectation::Kind kind, std::string wanted) {
    return disappointment(answer, {{std::move(place), kind, std::move(wanted)}});
  };
  using Kind = Expectation::Kind;
  EXPECT_EQ(problem("status", Kind::kEqual, "200"), "");
  EXPECT_EQ(problem("hits.0.id", Kind::kEqual, "7"), "");
  EXPECT_EQ(problem("hits.0.name", Kind::kContains, "y"), "");
  EXPECT_EQ(problem("score", Kind::kAtLeast, "0.7"), "");
  EXPECT_EQ(problem("score", Kind::kAtMost, "0.7"), "expected score = at most 0.7, found 0.75");
  EXPECT_EQ(problem("hits.1.id", Kind::kEqual, "7"), "expected hits.1.id = 7, found nothing");
  EXPECT_EQ(problem("hits.x", Kind::kEqual, "7"), "expected hits.x = 7, found nothing");
  EXPECT_EQ(problem("status", Kind::kEqual, "201"), "expected status = 201, found 200");
  EXPECT_EQ(disappointment({.text = "", .status = {}, .failed = "refused"}, {}), "refused");
  EXPECT_EQ(disappointment({.text = "OK", .status = {}}, {{"", Kind::kEqual, "PONG"}}),
            "expected PONG, found OK");
}

TEST(RedisReply, IsReadAsRedisCliShowsIt) {
  EXPECT_EQ(redis_request("SET  k \"a b\""), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na b\r\n");
  const auto text = [](std::string_view input) { return read_redis_reply(input)->text; };
  EXPECT_EQ(text("+OK\r\n"), "OK");
  EXPECT_EQ(text("-ERR no\r\n"), "ERR no");
  EXPECT_EQ(text(":12\r\n"), "(integer) 12");
  EXPECT_EQ(text("$-1\r\n"), "(nil)");
  EXPECT_EQ(text("$3\r\na\r\n\r\n"), "a\r\n");
  EXPECT_EQ(text("*2\r\n$1\r\na\r\n*0\r\n"), "1) a\n2) (empty array)");
  const std::string_view whole = "*2\r\n$1\r\na\r\n:1\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(read_redis_reply(whole.substr(0, size))->size, 0U) << size;
  EXPECT_EQ(read_redis_reply(whole)->size, whole.size());
  EXPECT_FALSE(read_redis_reply("HTTP/1.1 400\r\n"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "*1\r\n";
  EXPECT_FALSE(read_redis_reply(deep));
}

}  // namespace
}  // namespace stele::server
