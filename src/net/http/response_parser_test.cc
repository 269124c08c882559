#include "net/http/response_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace stele::net {
namespace {

struct Outcome {
  bool complete = false;
  int failure = 0;
  HttpReply reply;
};

Outcome parse(std::string_view bytes, bool head_only = false) {
  Outcome outcome;
  for (const std::size_t step : {std::size_t{1}, bytes.size()}) {
    outcome = {};
    HttpResponseParser parser(head_only, {});
    std::string pending;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      pending += bytes.substr(at, step);
      const auto fed = parser.feed(pending);
      if (!fed.has_value()) {
        outcome.failure = fed.error().status;
        break;
      }
      pending.erase(0, *fed);
    }
    if (outcome.failure == 0 && !parser.is_complete() && !parser.end().has_value()) outcome.failure = 1;
    outcome.complete = outcome.failure == 0 && parser.is_complete();
    if (outcome.complete) outcome.reply = parser.take();
  }
  return outcome;
}

TEST(HttpResponseParser, KnowsEachEndOfABody) {
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").reply.body, "hi");
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n").reply.body,
            "hi");
  const Outcome until_close = parse("HTTP/1.0 200 OK\r\n\r\nhi");
  EXPECT_EQ(until_close.reply.body, "hi");
  EXPECT_FALSE(until_close.reply.keep_alive);
  EXPECT_TRUE(parse("HTTP/1.1 204 No Content\r\n\r\n").complete);
  EXPECT_TRUE(parse("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").complete);
  EXPECT_TRUE(parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true).complete);
  const Outcome interim = parse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(interim.reply.status, 201);
}

TEST(HttpResponseParser, RefusesWhatIsNoResponse) {
  EXPECT_EQ(parse("HTTP/1.1 20 OK\r\n\r\n").failure, 400);
  EXPECT_EQ(parse("HTTP/1.1 2000 OK\r\n\r\n").failure, 400);
  EXPECT_EQ(parse("HTTP/1.1 abc\r\n\r\n").failure, 400);
  EXPECT_EQ(parse("HTTP/2.0 200 OK\r\n\r\n").failure, 505);
  EXPECT_EQ(parse("SSH-2.0-OpenSSH\r\n\r\n").failure, 400);
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n").failure, 400);
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi").failure, 1);
  EXPECT_EQ(parse("").failure, 1);
}

}  // namespace
}  // namespace stele::net
