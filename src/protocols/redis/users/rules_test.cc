#include "protocols/redis/users/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocols/redis/commands/table.h"
#include "protocols/redis/users/categories.h"
#include "protocols/redis/users/denial_log.h"
#include "protocols/redis/users/users.h"

namespace stele::redis {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string_view>;

Rules rules_of(const Words& words) {
  Rules rules;
  const auto applied = rules.apply_all(words, false);
  EXPECT_TRUE(applied.has_value()) << applied.error().message;
  return rules;
}

std::string commands_of(const Words& words) {
  return rules_of(words).selectors()[0].describe_commands();
}

Denial denial_of(const Rules& rules, const Words& request) {
  const Command* command = CommandTable::get().find(request[0]);
  if (!command->subcommands.empty()) command = CommandTable::find_subcommand(*command, request[1]);
  return rules.check(*command, request).denial;
}

TEST(Rules, CategoriesAreDescribedAsTheyWereGiven) {
  for (const std::string_view category : category_names()) {
    if (category == "stream") continue;  // none are served
    EXPECT_EQ(commands_of({"+@all", "-@" + std::string(category)}), "+@all -@" + std::string(category));
    EXPECT_EQ(commands_of({"+@" + std::string(category)}), "-@all +@" + std::string(category));
  }
}

TEST(Rules, CommandsAndSubcommandsAreDescribed) {
  EXPECT_EQ(commands_of({"+@all", "-client|kill"}), "+@all -client|kill");
  EXPECT_EQ(commands_of({"+memory|usage"}), "-@all +memory|usage");
  EXPECT_EQ(commands_of({"+memory|usage", "+memory"}), "-@all +memory");
  EXPECT_EQ(commands_of({"+select|0", "+select|1"}), "-@all +select|0 +select|1");
  EXPECT_EQ(commands_of({"+debug|object"}), "-@all +debug|object");
  EXPECT_EQ(commands_of({"+select|0", "+@all"}), "+@all");
}

TEST(Rules, WhatIsWrongIsSaid) {
  Rules rules;
  const auto problem = [&](const Words& words) {
    const auto applied = rules.apply_all(words, false);
    return applied ? std::string() : applied.error().message;
  };
  EXPECT_THAT(problem({"+config|get|x"}), HasSubstr("Allowing first-arg of a subcommand is not supported"));
  EXPECT_THAT(problem({"+config|nothing"}), HasSubstr("Unknown command or category name in ACL"));
  EXPECT_THAT(problem({"+@nothing"}), HasSubstr("Unknown command or category name in ACL"));
  EXPECT_THAT(problem({"~*", "~a"}), HasSubstr("Try 'resetkeys' to start with an empty list of patterns"));
  EXPECT_THAT(problem({"&*", "&a"}),
              HasSubstr("Try 'resetchannels' to start with an empty list of channels"));
  EXPECT_THAT(problem({"%~a"}), HasSubstr("Syntax error"));
  EXPECT_THAT(problem({"%RR~a"}), HasSubstr("Syntax error"));
  EXPECT_THAT(problem({"%R"}), HasSubstr("Syntax error"));
  EXPECT_THAT(problem({"#123"}), HasSubstr("must be exactly 64 characters"));
  EXPECT_THAT(problem({"(+get", "~a"}),
              HasSubstr("Unmatched parenthesis in acl selector starting at '(+get'"));
  EXPECT_EQ(rules, Rules()) << "nothing has changed";
}

TEST(Rules, KeysAreCheckedByWhatIsDoneToThem) {
  const Rules rules = rules_of({"+@all", "%R~r*", "%W~w*", "~rw*"});
  EXPECT_EQ(denial_of(rules, {"get", "r1"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"get", "w1"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"set", "w1", "v"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"set", "w1", "v", "GET"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"copy", "r1", "w1"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"copy", "w1", "r1"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"sort", "r1", "STORE", "w1"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"sort", "r1", "STORE", "r1"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"georadius", "r1", "1", "1", "1", "M", "STORE", "w", "STORE", "r2"}),
            Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"eval", "", "1", "rw1"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"eval", "", "1", "r1"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"eval", "", "0", "r1"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"exists", "r1", "w1"}), Denial::kNone) << "to be there is no content";
  EXPECT_EQ(denial_of(rules, {"exists", "r1", "x"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"bitfield", "r1", "GET", "u4", "0"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"bitfield", "r1", "SET", "u4", "0", "1"}), Denial::kKey);
}

TEST(Rules, SelectorsAllowEachForItself) {
  const Rules rules = rules_of({"+mget", "~a", "(+mget ~a ~b)", "(+get", "~c)"});
  EXPECT_EQ(denial_of(rules, {"mget", "a", "b"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"mget", "a", "c"}), Denial::kKey);
  EXPECT_EQ(denial_of(rules, {"get", "c"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"set", "c", "v"}), Denial::kCommand);
  EXPECT_EQ(rules.check(*CommandTable::get().find("mget"), Words{"mget", "b", "x", "y"}).argument, 2);
}

TEST(Rules, ChannelsAreCheckedByName) {
  const Rules rules = rules_of({"+@all", "&news:*"});
  EXPECT_EQ(denial_of(rules, {"publish", "news:1", "x"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"publish", "other", "x"}), Denial::kChannel);
  EXPECT_EQ(denial_of(rules, {"subscribe", "news:1", "other"}), Denial::kChannel);
  EXPECT_EQ(denial_of(rules, {"psubscribe", "news:*"}), Denial::kNone);
  EXPECT_EQ(denial_of(rules, {"psubscribe", "news:1"}), Denial::kChannel) << "a pattern fits itself only";
  EXPECT_EQ(denial_of(rules, {"unsubscribe", "other"}), Denial::kNone);
}

TEST(Rules, WhoMayDoAllIsKnownByThat) {
  EXPECT_TRUE(Rules::all().is_unrestricted());
  EXPECT_TRUE(rules_of({"+@all", "~*", "&*"}).is_unrestricted());
  EXPECT_FALSE(rules_of({"+@all", "~*"}).is_unrestricted());
  EXPECT_FALSE(rules_of({"+@all", "-get", "~*", "&*"}).is_unrestricted());
}

TEST(AclFile, IsReadAsItIsWritten) {
  const std::string text =
      "user alice on nopass sanitize-payload ~* &* +@all\n\nuser bob off resetchannels -@all +get (~a "
      "resetchannels "
      "-@all +set)\n";
  const auto users = read_acl_file(text, "f", false);
  ASSERT_TRUE(users.has_value()) << users.error().message;
  std::string again;
  for (const auto& [name, rules] : *users) again += describe_line(User(name, rules)) + "\n";
  EXPECT_EQ(again,
            "user alice on nopass sanitize-payload ~* &* +@all\nuser bob off resetchannels -@all +get (~a "
            "resetchannels -@all +set)\n");
}

TEST(AclFile, SaysEachLineThatIsWrong) {
  const auto users = read_acl_file("usr x\nuser a +get\nuser a on\nuser b +nothing ( \n", "f", false);
  ASSERT_FALSE(users.has_value());
  EXPECT_THAT(users.error().message, HasSubstr("f:1 should start with user keyword"));
  EXPECT_THAT(users.error().message, HasSubstr("Duplicate user 'a' found on line 3"));
  EXPECT_THAT(users.error().message, HasSubstr("f:4: Unmatched parenthesis"));
  EXPECT_THAT(users.error().message, HasSubstr("no change to the previously active ACL rules"));
}

TEST(Users, TheDefaultUserStaysWhoHeIs) {
  Users users("secret");
  const auto before = users.default_user();
  EXPECT_TRUE(users.asks_for_password());
  EXPECT_TRUE(before->rules()->fits("secret"));
  EXPECT_FALSE(before->rules()->fits("other"));
  Users::UserRules others;
  others.emplace("a", Rules::all());
  EXPECT_TRUE(users.replace(std::move(others)).empty());
  EXPECT_EQ(users.find("default"), before);
  EXPECT_FALSE(users.asks_for_password());
  EXPECT_EQ(users.remove("default"), nullptr);
  EXPECT_NE(users.remove("a"), nullptr);
}

TEST(DenialLog, CountsWhatHappensAgain) {
  DenialLog log;
  const TimePoint now{};
  DenialLog::Entry entry{.denial = Denial::kCommand, .object = "get", .user = "a", .at = now};
  log.add(entry);
  entry.object = "set";
  log.add(entry);
  entry.object = "get";
  entry.at = now + std::chrono::seconds(59);
  log.add(entry);
  ASSERT_EQ(log.newest(10).size(), 2);
  EXPECT_EQ(log.newest(1)[0].count, 2);
  entry.at += std::chrono::minutes(2);
  log.add(entry);
  EXPECT_EQ(log.newest(10).size(), 3);
  log.set_entries_max(1);
  EXPECT_EQ(log.newest(10).size(), 1);
}

}  // namespace
}  // namespace stele::redis
