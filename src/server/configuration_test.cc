#include "server/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace stele::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Configuration> configured(std::vector<std::string> arguments) {
  std::vector<std::string> rest;
  return configure(arguments, rest);
}

TEST(ConfigurationTest, FlagsComeInBothSpellings) {
  std::vector<std::string> rest;
  const std::vector<std::string> arguments = {"serve",  "--sql-port", "0", "--elastic-port=off",
                                              "--demo", "x"};
  const auto configuration = configure(arguments, rest);
  ASSERT_TRUE(configuration.has_value());
  EXPECT_EQ(configuration->sql_port, Port(0));
  EXPECT_EQ(configuration->elastic_port, std::nullopt);
  EXPECT_EQ(configuration->redis_port, Port(6379));
  EXPECT_TRUE(configuration->demo);
  EXPECT_THAT(rest, ElementsAre("serve", "x"));
}

TEST(ConfigurationTest, FlagsWinOverTheFile) {
  const auto path = std::filesystem::temp_directory_path() / "stele_configuration_test.yaml";
  std::ofstream(path) << "sql-port: 1\nlisten: 127.0.0.2\ndemo: true\n";
  const auto configuration = configured({"--sql-port=2", "--config", path.string()});
  ASSERT_TRUE(configuration.has_value()) << configuration.error().message;
  EXPECT_EQ(configuration->sql_port, Port(2));
  EXPECT_EQ(configuration->listen, "127.0.0.2");
  EXPECT_TRUE(configuration->demo);

  std::ofstream(path) << "sql_port: 1\n";
  EXPECT_THAT(configured({"--config", path.string()}).error().message,
              HasSubstr("unknown setting \"sql_port\""));
  std::ofstream(path) << "[1, 2\n";
  EXPECT_FALSE(configured({"--config", path.string()}).has_value());
  std::filesystem::remove(path);
}

TEST(ConfigurationTest, MistakesNameTheFlag) {
  EXPECT_THAT(configured({"--sqlport", "1"}).error().message, HasSubstr("--sqlport"));
  EXPECT_THAT(configured({"--sql-port", "65536"}).error().message, HasSubstr("--sql-port"));
  EXPECT_THAT(configured({"--sql-port"}).error().message, HasSubstr("needs a value"));
  EXPECT_THAT(configured({"--threads", "-1"}).error().message, HasSubstr("--threads"));
  EXPECT_FALSE(configured({"--config", "/nonexistent/stele.yaml"}).has_value());
}

}  // namespace
}  // namespace stele::server
