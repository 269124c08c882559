#include "protocols/redis/wire/reply_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace stele::redis::wire {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string one_of_each(int protocol) {
  std::string out;
  ReplyWriter reply(out, protocol);
  reply.simple("OK");
  reply.error("ERR two\r\nlines");
  reply.integer(-42);
  reply.bulk("a\0b"sv);
  reply.null();
  reply.null_array();
  reply.array(2);
  reply.map(1);
  reply.set(3);
  reply.verbatim("text");
  return out;
}

TEST(ReplyWriter, WritesRespTwo) {
  EXPECT_EQ(one_of_each(2),
            "+OK\r\n-ERR two  lines\r\n:-42\r\n$3\r\na\0b\r\n$-1\r\n*-1\r\n*2\r\n*2\r\n*3\r\n"
            "$4\r\ntext\r\n"s);
}

TEST(ReplyWriter, WritesRespThree) {
  EXPECT_EQ(one_of_each(3),
            "+OK\r\n-ERR two  lines\r\n:-42\r\n$3\r\na\0b\r\n_\r\n_\r\n*2\r\n%1\r\n~3\r\n"
            "=8\r\ntxt:text\r\n"s);
}

TEST(ReplyWriter, WritesTruthInBoth) {
  std::string out;
  ReplyWriter(out, 2).boolean(true);
  ReplyWriter(out, 2).boolean(false);
  ReplyWriter(out, 3).boolean(true);
  ReplyWriter(out, 3).boolean(false);
  EXPECT_EQ(out, ":1\r\n:0\r\n#t\r\n#f\r\n");
}

}  // namespace
}  // namespace stele::redis::wire
