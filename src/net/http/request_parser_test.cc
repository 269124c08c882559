#include "net/http/request_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/http/gzip.h"

namespace stele::net {
namespace {

// All requests of `bytes`, fed in pieces of `step`; the failure's status at the end of the list, if any.
struct Parsed {
  std::vector<HttpRequest> requests;
  int failure = 0;
};

Parsed parse(std::string_view bytes, std::size_t step, HttpLimits limits = {}) {
  HttpRequestParser parser(limits);
  Parsed parsed;
  std::string pending;
  while (!bytes.empty()) {
    pending += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const auto fed = parser.feed(pending);
      if (!fed.has_value()) {
        parsed.failure = fed.error().status;
        return parsed;
      }
      pending.erase(0, *fed);
      if (!parser.is_complete()) break;
      parsed.requests.push_back(parser.take());
    }
  }
  return parsed;
}

int failure_of(std::string_view bytes, HttpLimits limits = {}) {
  const int at_once = parse(bytes, bytes.size(), limits).failure;
  EXPECT_EQ(parse(bytes, 1, limits).failure, at_once) << bytes;
  return at_once;
}

TEST(HttpRequestParser, TakesPipelinedRequestsInAnyPieces) {
  const std::string bytes =
      "GET /a%2Fb/c%20d?x=1&y=a+b%2B&flag&x=2 HTTP/1.1\r\nHost: h\r\nX-Thing:  v 1 \t\r\n\r\n"
      "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "\r\nPUT http://other:9200/q?z HTTP/1.1\r\nHOST: h\r\ntransfer-encoding: Chunked\r\n\r\n"
      "3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n"
      "HEAD / HTTP/1.0\r\n\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, bytes.size()}) {
    const Parsed parsed = parse(bytes, step);
    EXPECT_EQ(parsed.failure, 0);
    ASSERT_EQ(parsed.requests.size(), 4U);
    const HttpRequest& first = parsed.requests[0];
    EXPECT_EQ(first.method, "GET");
    EXPECT_EQ(first.path, "/a/b/c d");
    EXPECT_EQ(first.segments, (std::vector<std::string>{"a/b", "c d"}));
    EXPECT_EQ(first.query, (std::vector<std::pair<std::string, std::string>>{
                               {"x", "1"}, {"y", "a b+"}, {"flag", ""}, {"x", "2"}}));
    EXPECT_EQ(first.query_value("x"), "2");
    EXPECT_EQ(first.query_value("none"), std::nullopt);
    EXPECT_EQ(first.headers.get("x-thing"), "v 1");
    EXPECT_TRUE(first.keep_alive);
    EXPECT_EQ(parsed.requests[1].body, "hello");
    EXPECT_EQ(parsed.requests[2].path, "/q");
    EXPECT_EQ(parsed.requests[2].query_value("z"), "");
    EXPECT_EQ(parsed.requests[2].body, "abc0123456789");
    EXPECT_FALSE(parsed.requests[2].headers.contains("Trailer"));
    EXPECT_FALSE(parsed.requests[3].keep_alive);
  }
}

TEST(HttpRequestParser, KnowsWhenToKeepTheConnection) {
  const auto keeps = [](std::string_view bytes) {
    const Parsed parsed = parse(bytes, bytes.size());
    EXPECT_EQ(parsed.requests.size(), 1U) << bytes;
    return parsed.requests.at(0).keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST(HttpRequestParser, RefusesWhatCouldBeReadInTwoWays) {
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(failure_of(post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"), 400);
  EXPECT_EQ(failure_of(post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400);
  EXPECT_EQ(failure_of(post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 0);
  EXPECT_EQ(failure_of(post + "Content-Length: 3, 3\r\n\r\nabc"), 400);
  EXPECT_EQ(failure_of(post + "Content-Length: +3\r\n\r\nabc"), 400);
  EXPECT_EQ(failure_of(post + "Content-Length: 0x3\r\n\r\nabc"), 400);
  EXPECT_EQ(failure_of(post + "Content-Length:\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400);
  EXPECT_EQ(failure_of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501);
  EXPECT_EQ(failure_of(post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501);
  EXPECT_EQ(failure_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + "X: a\r\n folded\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + " X: a\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + "X : a\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + ": a\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + "X\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + std::string("X: a\0b\r\n\r\n", 10)), 400);
  EXPECT_EQ(failure_of(post + "X: a\rb\r\n\r\n"), 400);
  EXPECT_EQ(failure_of(post + "X: a\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\nHost: h\n\n"), 400);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(failure_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
}

TEST(HttpRequestParser, RefusesBrokenChunks) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view body :
       {"\r\n", "x\r\n", "-1\r\n", " 1\r\na\r\n0\r\n\r\n", "0x1\r\na\r\n", "1\r\nab\r\n", "1\na\r\n",
        "1\r\na\n0\r\n", "1;\rx\r\na\r\n", "fffffffffffffffff\r\n"})
    EXPECT_EQ(failure_of(chunked + std::string(body)), 400) << body;
  EXPECT_EQ(failure_of(chunked + "ffffffffffffffff\r\n"), 413);
  EXPECT_EQ(failure_of(chunked + "1;" + std::string(5000, 'x')), 400);
  std::string trailers = chunked + "0\r\n";
  for (int i = 0; i < 100; ++i) trailers += "T: " + std::string(1000, 'x') + "\r\n";
  EXPECT_EQ(failure_of(trailers), 431);
}

TEST(HttpRequestParser, RefusesBrokenRequestLines) {
  const auto status = [](const std::string& line) { return failure_of(line + "\r\nHost: h\r\n\r\n"); };
  EXPECT_EQ(status("GET /"), 400);
  EXPECT_EQ(status("GET  / HTTP/1.1"), 400);
  EXPECT_EQ(status("GET / HTTP/1.1 "), 400);
  EXPECT_EQ(status("GET / http/1.1"), 400);
  EXPECT_EQ(status("GET / HTTP/1.10"), 400);
  EXPECT_EQ(status("GET / HTTP/2.0"), 505);
  EXPECT_EQ(status("G(T / HTTP/1.1"), 400);
  EXPECT_EQ(status(" GET / HTTP/1.1"), 400);
  EXPECT_EQ(status("BREW / HTTP/1.1"), 501);
  EXPECT_EQ(status("get / HTTP/1.1"), 501);
  EXPECT_EQ(status("CONNECT h:1 HTTP/1.1"), 501);
  EXPECT_EQ(status("GET nothing HTTP/1.1"), 400);
  EXPECT_EQ(status("GET ftp://h/ HTTP/1.1"), 400);
  EXPECT_EQ(status("GET http:///x HTTP/1.1"), 400);
  EXPECT_EQ(status("GET /%zz HTTP/1.1"), 400);
  EXPECT_EQ(status("GET /%0 HTTP/1.1"), 400);
  EXPECT_EQ(status("GET /%00 HTTP/1.1"), 400);
  EXPECT_EQ(status("GET /?a=%f HTTP/1.1"), 400);
  EXPECT_EQ(status("GET /a#b HTTP/1.1"), 400);
  EXPECT_EQ(status("GET * HTTP/1.1"), 400);
  EXPECT_EQ(status("OPTIONS * HTTP/1.1"), 0);
  EXPECT_EQ(status("GET http://h HTTP/1.1"), 0);
  EXPECT_EQ(status("GET http://h?q=1 HTTP/1.1"), 0);
  EXPECT_EQ(status("GET /k\xc3\xa4se HTTP/1.1"), 0);
}

TEST(HttpRequestParser, HoldsItsLimits) {
  HttpLimits limits;
  limits.start_line_bytes_max = 100;
  limits.head_bytes_max = 300;
  limits.fields_max = 3;
  limits.body_bytes_max = 10;
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(failure_of("GET /" + std::string(200, 'a'), limits), 414);
  EXPECT_EQ(failure_of(get + "A: " + std::string(300, 'a'), limits), 431);
  EXPECT_EQ(failure_of(get + "A: 1\r\nB: 2\r\n\r\n", limits), 0);
  EXPECT_EQ(failure_of(get + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits), 431);
  EXPECT_EQ(failure_of(get + "Content-Length: 10\r\n\r\n0123456789", limits), 0);
  EXPECT_EQ(failure_of(get + "Content-Length: 11\r\n\r\n", limits), 413);
  EXPECT_EQ(failure_of(get + "Content-Length: 99999999999999999999\r\n\r\n", limits), 413);
  EXPECT_EQ(failure_of(get + "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n", limits),
            413);
  EXPECT_EQ(failure_of(get + "Expect: miracles\r\n\r\n", limits), 417);
  EXPECT_EQ(failure_of(get + "Content-Encoding: br\r\nContent-Length: 1\r\n\r\n", limits), 415);
}

std::string gzipped_request(const std::string& compressed) {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: " +
         std::to_string(compressed.size()) + "\r\n\r\n" + compressed;
}

TEST(HttpRequestParser, Decompresses) {
  std::string plain;
  for (int i = 0; i < 20'000; ++i) plain += std::to_string(i) + ",";
  const std::string bytes = gzipped_request(gzip(plain, 6));
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, bytes.size()}) {
    const Parsed parsed = parse(bytes, step);
    ASSERT_EQ(parsed.requests.size(), 1U);
    EXPECT_EQ(parsed.requests[0].body, plain);
  }
}

TEST(HttpRequestParser, RefusesBombsAndBrokenStreams) {
  HttpLimits limits;
  limits.body_bytes_max = 100'000;
  EXPECT_EQ(failure_of(gzipped_request(gzip(std::string(100'000, 'z'), 9)), limits), 0);
  EXPECT_EQ(failure_of(gzipped_request(gzip(std::string(100'001, 'z'), 9)), limits), 413);
  EXPECT_EQ(failure_of(gzipped_request(gzip(std::string(50'000'000, 'z'), 9)), limits), 413);
  const std::string good = gzip("good", 6);
  EXPECT_EQ(failure_of(gzipped_request(good)), 0);
  EXPECT_EQ(failure_of(gzipped_request("not gzip at all")), 400);
  EXPECT_EQ(failure_of(gzipped_request(good.substr(0, good.size() - 1))), 400);
  EXPECT_EQ(failure_of(gzipped_request(good + "x")), 400);
  EXPECT_EQ(failure_of(gzipped_request("")), 0);
}

TEST(HttpHeaders, KnowsTokensInLists) {
  HttpHeaders headers;
  headers.add("Connection", "keep-alive, Upgrade;x=1");
  headers.add("connection", "TE");
  EXPECT_TRUE(headers.has_token("CONNECTION", "upgrade"));
  EXPECT_TRUE(headers.has_token("Connection", "te"));
  EXPECT_FALSE(headers.has_token("Connection", "close"));
  EXPECT_FALSE(headers.has_token("Connection", "keep"));
  headers.set("Connection", "close");
  EXPECT_EQ(headers.count("Connection"), 1U);
}

}  // namespace
}  // namespace stele::net
