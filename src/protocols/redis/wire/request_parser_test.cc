#include "protocols/redis/wire/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stele::redis::wire {
namespace {

using namespace std::string_literals;
using Outcome = RequestParser::Outcome;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Request = std::vector<std::string>;

struct Parsed {
  std::vector<Request> requests;
  std::string problem;
};

// As a connection gives it: `step` bytes more at a time.
Parsed parse(std::string_view bytes, std::size_t step, const RequestLimits& limits = {}) {
  Parsed parsed;
  RequestParser parser;
  std::size_t begin = 0;
  std::size_t end = 0;
  while (true) {
    const Outcome outcome = parser.next(bytes.substr(begin, end - begin), limits);
    if (outcome == Outcome::kBroken) {
      parsed.problem = parser.problem();
      return parsed;
    }
    if (outcome == Outcome::kIncomplete) {
      if (end == bytes.size()) return parsed;
      end = std::min(bytes.size(), end + step);
      continue;
    }
    parsed.requests.emplace_back(parser.arguments().begin(), parser.arguments().end());
    begin += parser.size();
  }
}

void expect_problem(std::string_view bytes, std::string_view problem, const RequestLimits& limits = {}) {
  EXPECT_EQ(parse(bytes, bytes.size(), limits).problem, "Protocol error: " + std::string(problem)) << bytes;
  EXPECT_EQ(parse(bytes, 1, limits).problem, "Protocol error: " + std::string(problem)) << bytes;
}

TEST(RequestParser, ReadsAPipelineHoweverItIsCut) {
  const std::string bytes =
      "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
      "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n\r\n\0x\r\n"
      "PING\r\n"
      "\r\n"
      "*0\r\n*-1\r\n"
      "set k \"a b\\x41\\n\" 'it\\'s'\n"s;
  for (std::size_t step = 1; step < bytes.size(); ++step) {
    const Parsed parsed = parse(bytes, step);
    EXPECT_EQ(parsed.problem, "");
    ASSERT_THAT(parsed.requests, SizeIs(7)) << step;
    EXPECT_THAT(parsed.requests[0], ElementsAre("GET", "a"));
    EXPECT_THAT(parsed.requests[1], ElementsAre("SET", "", "\r\n\0x"s));
    EXPECT_THAT(parsed.requests[2], ElementsAre("PING"));
    EXPECT_THAT(parsed.requests[3], IsEmpty());
    EXPECT_THAT(parsed.requests[4], IsEmpty());
    EXPECT_THAT(parsed.requests[5], IsEmpty());
    EXPECT_THAT(parsed.requests[6], ElementsAre("set", "k", "a bA\n", "it's"));
  }
}

TEST(RequestParser, NamesWhatIsWrongAsRedisDoes) {
  expect_problem("*x\r\n", "invalid multibulk length");
  expect_problem("*3000000000\r\n", "invalid multibulk length");
  expect_problem("*1\r\nGET\r\n", "expected '$', got 'G'");
  expect_problem("*1\r\n\r\n\r\n", "expected '$', got ' '");
  expect_problem("*1\r\n$-1\r\n", "invalid bulk length");
  expect_problem("*1\r\n$x\r\n", "invalid bulk length");
  expect_problem("*1\r\n$536870913\r\n", "invalid bulk length");
  expect_problem("set k \"a\r\n", "unbalanced quotes in request");
  expect_problem("set k \"a\"b\r\n", "unbalanced quotes in request");
}

TEST(RequestParser, RefusesLinesThatDoNotEnd) {
  const std::string long_line(70'000, 'x');
  EXPECT_EQ(parse(long_line, 4096).problem, "Protocol error: too big inline request");
  EXPECT_EQ(parse("*" + long_line, 4096).problem, "Protocol error: too big mbulk count string");
  EXPECT_EQ(parse("*1\r\n$" + long_line, 4096).problem, "Protocol error: too big bulk count string");
}

TEST(RequestParser, WhoIsNotAuthenticatedMaySendLittle) {
  RequestLimits limits;
  limits.is_authenticated = false;
  expect_problem("*11\r\n", "unauthenticated multibulk length", limits);
  expect_problem("*1\r\n$16385\r\n", "unauthenticated bulk length", limits);
  EXPECT_THAT(parse("*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n", 5, limits).requests, SizeIs(1));
}

TEST(RequestParser, WaitsForALongArgumentWithoutLookingAtIt) {
  RequestParser parser;
  const std::string head = "*2\r\n$3\r\nSET\r\n$8000000\r\n";
  const std::string whole = head + std::string(8'000'000, 'v') + "\r\n";
  EXPECT_EQ(parser.next(std::string_view(whole).substr(0, head.size() + 10), {}), Outcome::kIncomplete);
  EXPECT_EQ(parser.next(std::string_view(whole).substr(0, whole.size() - 1), {}), Outcome::kIncomplete);
  ASSERT_EQ(parser.next(whole, {}), Outcome::kRequest);
  EXPECT_EQ(parser.arguments()[1].size(), 8'000'000U);
  EXPECT_EQ(parser.size(), whole.size());
}

}  // namespace
}  // namespace stele::redis::wire
