#include <map>
#include <set>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

// Which objects of a cut are committed together?
class BundlesTest : public KeyspaceTest {};
INSTANTIATE_TEST_SUITE_P(Keyspace, BundlesTest, testing::ValuesIn(implementations()), implementation_name);

// Names by their bundles, in order: "a b|c".
std::string bundles_of(const Cut& cut, const std::map<ObjectId, std::string>& names) {
  std::map<std::uint32_t, std::set<std::string>> bundles;
  std::set<std::string> texts;
  for (const DirtyObject& object : cut.objects) {
    if (object.bundle == 0) texts.insert(names.at(object.id));
    if (object.bundle != 0) bundles[object.bundle].insert(names.at(object.id));
  }
  for (const auto& [number, members] : bundles) {
    std::string text;
    for (const std::string& name : members) text += (text.empty() ? "" : " ") + name;
    texts.insert(text);
  }
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "|") + text;
  return all;
}

TEST_P(BundlesTest, WhatAGroupWroteIsOneBundle) {
  const auto set_together = [&](std::initializer_list<const char*> names) {
    const GroupHandle group = whole();
    for (const char* const name : names) ASSERT_TRUE(group->strings().set(key(name), "x", {}).has_value());
  };
  for (const char* const name : {"d:a", "d:b", "d:c", "d:d", "d:e"}) set(name, "1");
  std::map<ObjectId, std::string> names;
  const Cut first = cut();
  keyspace_->flush_committed(first);
  for (const DirtyObject& object : first.objects) names[object.id] = object.key.name.substr(2);
  EXPECT_EQ(bundles_of(first, names), "a|b|c|d|e");
  set_together({"d:a", "d:b"});
  set_together({"d:d", "d:e"});
  set("d:c", "2");
  set("d:b", "2");
  Cut second = cut();
  EXPECT_EQ(bundles_of(second, names), "a b|c|d e");
  // Over what they have in common, and also when they come again.
  set_together({"d:c", "d:d"});
  keyspace_->flush_failed(std::move(second));
  Cut third = cut();
  EXPECT_EQ(bundles_of(third, names), "a b|c d e");
  keyspace_->flush_failed(std::move(third));
  // What was removed since has left it; what a group removes belongs to it.
  ASSERT_TRUE(whole()->keys().remove(key("d:d")).has_value());
  {
    const GroupHandle group = whole();
    ASSERT_TRUE(group->keys().remove(key("d:a")).has_value());
    ASSERT_TRUE(group->strings().set(key("d:e"), "3", {}).has_value());
  }
  EXPECT_EQ(bundles_of(cut(), names), "a c e|b|d");
}

TEST_P(BundlesTest, KeysThatExpireHaveNothingToDoWithOneAnother) {
  set_until("d:a", "1", in_ms(10));
  set_until("d:b", "1", in_ms(10));
  std::map<ObjectId, std::string> names;
  for (const DirtyObject& object : cut().objects) names[object.id] = object.key.name.substr(2);
  advance_ms(10);
  EXPECT_EQ(keyspace_->expire_some(10), 2u);
  EXPECT_EQ(bundles_of(cut(), names), "a|b");
}

}  // namespace
}  // namespace stele::keyspace
