#include "net/http/response_writer.h"

#include <gtest/gtest.h>

#include <string>

namespace stele::net {
namespace {

std::string write(HttpResponse response, HttpResponseContext context = {}) {
  std::string out;
  append_http_response(out, response, context);
  return out;
}

HttpResponse response_of(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(HttpResponseWriter, WritesWholeResponses) {
  EXPECT_EQ(write(response_of(200, "hi")), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(write(response_of(404, "")), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(write(response_of(204, "x")), "HTTP/1.1 204 No Content\r\n\r\n");
  HttpResponseContext context;
  context.head_only = true;
  context.keep_alive = false;
  EXPECT_EQ(write(response_of(200, "hi"), context),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n");
  context = {};
  context.version_minor = 0;
  EXPECT_EQ(write(response_of(200, ""), context),
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpResponseWriter, KeepsItsOwnFieldsAndItsLines) {
  HttpResponse response = response_of(201, "");
  response.headers.add("Content-Length", "99");
  response.headers.add("transfer-encoding", "chunked");
  response.headers.add("Location", "/a\r\nSet-Cookie: evil=1");
  EXPECT_EQ(write(std::move(response)),
            "HTTP/1.1 201 Created\r\nLocation: /a  Set-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpResponseWriter, CompressesWhatIsLargeForWhoAsks) {
  HttpResponseContext context;
  context.accepts_gzip = true;
  EXPECT_EQ(write(response_of(200, std::string(1023, 'a')), context).find("gzip"), std::string::npos);
  const std::string large = write(response_of(200, std::string(1024, 'a')), context);
  EXPECT_NE(large.find("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"), std::string::npos);
  EXPECT_LT(large.size(), 300U);
  HttpResponse encoded = response_of(200, std::string(2000, 'a'));
  encoded.headers.add("Content-Encoding", "br");
  EXPECT_GT(write(std::move(encoded), context).size(), 2000U);
}

TEST(HttpResponseWriter, ReadsAcceptEncoding) {
  const auto accepts = [](std::string value) {
    HttpHeaders headers;
    headers.add("Accept-Encoding", std::move(value));
    return accepts_gzip(headers);
  };
  EXPECT_TRUE(accepts("gzip"));
  EXPECT_TRUE(accepts("deflate, GZIP;q=0.5"));
  EXPECT_TRUE(accepts("*"));
  EXPECT_FALSE(accepts("gzip;q=0, *"));
  EXPECT_FALSE(accepts("gzip; q=0.000"));
  EXPECT_FALSE(accepts("identity"));
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts_gzip(HttpHeaders()));
}

TEST(HttpResponseWriter, WritesDates) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace stele::net
