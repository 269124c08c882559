#include "protocols/redis/commands/table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "protocols/redis/commands/command_facts.h"

namespace stele::redis {
namespace {

void expect_complete(const Command& command) {
  EXPECT_NE(command.arity, 0) << command.name;
  EXPECT_TRUE(command.handler != nullptr || !command.subcommands.empty()) << command.name;
  EXPECT_FALSE(command.summary.empty() || command.since.empty() || command.complexity.empty())
      << command.name;
  EXPECT_EQ(!command.keys.empty(), !command.keys.use.empty()) << command.name;
  EXPECT_FALSE(command.is(flag::kWrite) && command.is(flag::kReadOnly)) << command.name;
  if (command.reach == Reach::kKeys) EXPECT_FALSE(command.keys.empty()) << command.name;
  EXPECT_FALSE(acl_categories(command).empty()) << command.name;
}

TEST(CommandTable, EveryRowIsCompleteAndFound) {
  const CommandTable& table = CommandTable::get();
  std::set<std::string_view> names;
  for (const Command& command : table.all()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name << " twice";
    EXPECT_EQ(table.find(command.name), &command);
    EXPECT_EQ(&table.row_at(table.number(command)), &command);
    EXPECT_FALSE(is_known_to_redis(command.name)) << command.name << " is served and missing";
    expect_complete(command);
    for (const Command& each : command.subcommands) {
      EXPECT_TRUE(each.name.starts_with(std::string(command.name) + "|")) << each.name;
      EXPECT_EQ(table.find_full(each.name), &each);
      expect_complete(each);
    }
  }
}

TEST(CommandTable, FindsInAnyCaseAndNothingElse) {
  const CommandTable& table = CommandTable::get();
  EXPECT_EQ(table.find("GeT"), table.find("get"));
  EXPECT_EQ(table.find("gett"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
  EXPECT_EQ(table.find(std::string(1000, 'x')), nullptr);
  EXPECT_EQ(table.find_full("CONFIG|get")->name, "config|get");
  EXPECT_EQ(table.find_full("get|x"), nullptr);
  EXPECT_TRUE(is_known_to_redis("PSYNC"));
  EXPECT_TRUE(is_known_to_redis("script", "DEBUG"));
  EXPECT_FALSE(is_known_to_redis("xaddd"));
}

}  // namespace
}  // namespace stele::redis
