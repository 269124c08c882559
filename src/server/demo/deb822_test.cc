#include "server/demo/deb822.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/demo/debian_version.h"
#include "server/demo/dependencies.h"

namespace stele::server::demo {
namespace {

using testing::ElementsAre;

TEST(StanzaReaderTest, ReadsFieldsAndContinuationLines) {
  StanzaReader reader(
      "\n\nPackage: stele\nTag: a::b,\n c::d\nHomepage:https://example.org/a:b \n"
      "\n \n# a comment\nPackage: other\r\nempty:\n");
  Stanza stanza;
  ASSERT_TRUE(reader.next(stanza));
  EXPECT_EQ(stanza.get("package"), "stele");
  EXPECT_EQ(stanza.get("Tag"), "a::b,\n c::d");
  EXPECT_EQ(stanza.get("Homepage"), "https://example.org/a:b");
  EXPECT_EQ(stanza.get("Version"), "");
  ASSERT_TRUE(reader.next(stanza));
  EXPECT_EQ(stanza.get("Package"), "other");
  EXPECT_EQ(stanza.get("Empty"), "");
  EXPECT_EQ(stanza.fields().size(), 2u);
  EXPECT_FALSE(reader.next(stanza));
  EXPECT_EQ(reader.broken_lines(), 0u);
}

TEST(StanzaReaderTest, ABrokenLineCostsItselfAndWhatHangsOnIt) {
  StanzaReader reader(
      " hangs on nothing\nPackage: a\nno colon here\n goes on\nVersion: 1\n: no name\nb c: d\n");
  Stanza stanza;
  ASSERT_TRUE(reader.next(stanza));
  EXPECT_EQ(stanza.get("Package"), "a");
  EXPECT_EQ(stanza.get("Version"), "1");
  EXPECT_EQ(stanza.fields().size(), 2u);
  EXPECT_EQ(reader.broken_lines(), 5u);
}

TEST(StanzaReaderTest, NothingIsNoStanza) {
  Stanza stanza;
  for (const std::string_view text : {"", "\n", "   \n\t\n", "junk", "# only a comment\n"}) {
    StanzaReader reader(text);
    EXPECT_FALSE(reader.next(stanza)) << text;
  }
}

TEST(DebianVersionTest, OrdersAsDpkgDoes) {
  const std::vector<std::string_view> ascending = {
      "0~~",           "0~",   "",         "0.1", "1.0~rc1-1", "1.0",   "1.0-0.1", "1.0-1", "1.0-1+b1",
      "1.0-1+deb12u1", "1.0a", "1.0+dfsg", "1.2", "1.10",      "1:0.1", "2:0",     "10:0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(compare_versions(ascending[i], ascending[j]) < 0, i < j)
          << ascending[i] << " " << ascending[j];
    }
  }
  EXPECT_TRUE(compare_versions("0:1.0", "1.0") == 0);
  EXPECT_TRUE(compare_versions("1.01", "1.1") == 0);
}

auto parsed(std::string_view value) {
  std::vector<std::tuple<int, int, std::string_view, std::string_view, std::string_view>> fields;
  for (const Dependency& d : parse_dependencies(value)) {
    fields.emplace_back(d.position, d.alternative, d.name, d.relation, d.version);
  }
  return fields;
}

TEST(DependenciesTest, ReadsAlternativesVersionsAndQualifiers) {
  EXPECT_THAT(parsed("libc6 (>= 2.34), a:any|b (<<1:2~) [amd64],\n c <!nocheck>, d(= 1)"),
              ElementsAre(std::tuple(1, 1, "libc6", ">=", "2.34"), std::tuple(2, 1, "a", "", ""),
                          std::tuple(2, 2, "b", "<<", "1:2~"), std::tuple(3, 1, "c", "", ""),
                          std::tuple(4, 1, "d", "=", "1")));
}

TEST(DependenciesTest, WhatIsBrokenIsLeftOut) {
  EXPECT_THAT(parsed(""), ElementsAre());
  EXPECT_THAT(parsed(" , ,|"), ElementsAre());
  EXPECT_THAT(parsed("a (, | b ("),
              ElementsAre(std::tuple(1, 1, "a", "", ""), std::tuple(2, 1, "b", "", "")));
  EXPECT_THAT(parsed("(>= 1), a (foo)"), ElementsAre(std::tuple(1, 1, "a", "", "")));
}

}  // namespace
}  // namespace stele::server::demo
