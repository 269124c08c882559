#include "postgres/connect_options.h"

#include <gtest/gtest.h>

#include <map>

namespace stele::postgres {
namespace {

ConnectOptions::Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

Result<ConnectOptions> parse(std::string_view text) {
  return ConnectOptions::parse(text, environment({}));
}

TEST(ConnectOptionsTest, ReadsAUrl) {
  const auto options =
      parse("postgres://ann:p%40ss%3A@db.example:6000/shop?sslmode=verify-full&application_name=a%20b");
  ASSERT_TRUE(options.has_value()) << options.error().to_string();
  ASSERT_EQ(options->addresses.size(), 1U);
  EXPECT_EQ(options->addresses[0], (net::Address{"db.example", 6000}));
  EXPECT_EQ(options->user, "ann");
  EXPECT_EQ(options->password, "p@ss:");
  EXPECT_EQ(options->database, "shop");
  EXPECT_EQ(options->ssl_mode, SslMode::kVerifyFull);
  EXPECT_EQ(options->application_name, "a b");
  EXPECT_EQ(options->to_string(), "postgres://ann@db.example:6000/shop");
}

TEST(ConnectOptionsTest, ReadsSocketsAndLists) {
  const auto socket = parse("postgresql:///shop?host=/run/pg&port=6001&user=ann");
  ASSERT_TRUE(socket.has_value());
  EXPECT_EQ(socket->addresses[0].host, "/run/pg/.s.PGSQL.6001");
  EXPECT_TRUE(socket->addresses[0].is_unix());

  const auto encoded = parse("postgres://ann@%2Frun%2Fpg/shop");
  EXPECT_EQ(encoded->addresses[0].host, "/run/pg/.s.PGSQL.5432");

  const auto several = parse("postgres://ann@db1:6000,[::1]:6001,db3/shop");
  ASSERT_TRUE(several.has_value()) << several.error().to_string();
  ASSERT_EQ(several->addresses.size(), 3U);
  EXPECT_EQ(several->addresses[1], (net::Address{"::1", 6001}));
  EXPECT_EQ(several->addresses[2], (net::Address{"db3", 5432}));
}

TEST(ConnectOptionsTest, ReadsConninfo) {
  const auto options =
      parse(" host = db  port=6000 user='o''x' password='it\\'s' dbname=a\\ b sslmode=disable ");
  ASSERT_FALSE(options.has_value());  // '' is no escape in a conninfo: the text after the quote is a new key
  const auto quoted =
      parse(" host = db  port=6000 user='o x' password='it\\'s' dbname=a\\ b sslmode=disable ");
  ASSERT_TRUE(quoted.has_value()) << quoted.error().to_string();
  EXPECT_EQ(quoted->user, "o x");
  EXPECT_EQ(quoted->password, "it's");
  EXPECT_EQ(quoted->database, "a b");
  EXPECT_EQ(quoted->ssl_mode, SslMode::kDisable);
}

TEST(ConnectOptionsTest, TakesTheRestFromTheEnvironment) {
  const auto variables = environment({{"PGHOST", "db"},
                                      {"PGPORT", "6000"},
                                      {"PGUSER", "ann"},
                                      {"PGPASSWORD", "x"},
                                      {"PGSSLMODE", "require"},
                                      {"PGOPTIONS", "-c work_mem=1MB"},
                                      {"PGCONNECT_TIMEOUT", "3"}});
  const auto all = ConnectOptions::parse("", variables);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->addresses[0], (net::Address{"db", 6000}));
  EXPECT_EQ(all->user, "ann");
  EXPECT_EQ(all->database, "ann");
  EXPECT_EQ(all->password, "x");
  EXPECT_EQ(all->ssl_mode, SslMode::kRequire);
  EXPECT_EQ(all->connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(all->settings.front().second, "-c work_mem=1MB");
  const auto named = ConnectOptions::parse("postgres://bob@other/shop", variables);
  EXPECT_EQ(named->addresses[0].host, "other");
  EXPECT_EQ(named->user, "bob");
}

TEST(ConnectOptionsTest, DefaultsToTheLocalSocket) {
  const auto options = parse("");
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->addresses[0].host, "/var/run/postgresql/.s.PGSQL.5432");
  EXPECT_FALSE(options->user.empty());
  EXPECT_EQ(options->ssl_mode, SslMode::kPrefer);
}

TEST(ConnectOptionsTest, RefusesWhatIsWrong) {
  for (const char* text :
       {"host", "host=a port=0", "host=a port=65536", "host=a port=x", "sslmode=maybe", "nonsense=1",
        "user='open", "postgres://[::1/db", "postgres://h/db?x", "postgres://h/d%2", "postgres://h/%zz",
        "postgres://h/%00", "host=a,b port=1,2,3", "connect_timeout=soon"}) {
    const auto options = parse(text);
    ASSERT_FALSE(options.has_value()) << text;
    EXPECT_EQ(options.error().code, ErrorCode::kInvalidArgument) << text;
  }
  for (const char* text : {"service=prod", "gssencmode=require", "channel_binding=require"}) {
    EXPECT_EQ(parse(text).error().code, ErrorCode::kUnsupported) << text;
  }
  EXPECT_TRUE(parse("gssencmode=disable target_session_attrs=any").has_value());
}

}  // namespace
}  // namespace stele::postgres
