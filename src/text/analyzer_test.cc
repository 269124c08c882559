#include "text/analyzer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "text/stemmers/porter.h"
#include "text/unicode.h"

namespace stele::text {
namespace {

// "term|position|start|end" for each token, as Lucene 8.8 prints them for the same text (bytes for offsets).
std::string analyzed(std::string_view analyzer, std::string_view text) {
  const auto found = find_analyzer(analyzer);
  EXPECT_TRUE(found.has_value());
  std::string out;
  for (const Token& token : (*found)->analyze(text))
    out += fmt::format("{}{}|{}|{}|{}", out.empty() ? "" : " ", token.term, token.position, token.start,
                       token.end);
  return out;
}

std::string terms(std::string_view analyzer, std::string_view text) {
  std::string out;
  for (const Token& token : (*find_analyzer(analyzer))->analyze(text))
    out += (out.empty() ? "" : " ") + token.term;
  return out;
}

TEST(Analyzer, StandardFollowsWordBoundariesAsLuceneDoes) {
  EXPECT_EQ(analyzed("standard", "The QUICK brown-fox's, 3.14!"),
            "the|0|0|3 quick|1|4|9 brown|2|10|15 fox's|3|16|21 3.14|4|23|27");
  EXPECT_EQ(terms("standard", "a:b a_b __ _a x.y 3,000 a.b. http://a.b/c x@y.z"),
            "a:b a_b _a x.y 3,000 a.b http a.b c x y.z");
  EXPECT_EQ(analyzed("standard", "東京タワーです"), "東|0|0|3 京|1|3|6 タワー|2|6|15 で|3|15|18 す|4|18|21");
  EXPECT_EQ(terms("standard", "ภาษาไทย 한국어abc"), "ภาษาไทย 한국어abc");
  EXPECT_EQ(terms("standard", "e\u030Aa it\u2019s"), "e\u030Aa it\u2019s");
}

TEST(Analyzer, EmojiSequencesAreTokens) {
  EXPECT_EQ(analyzed("standard", "😀 👨‍👩‍👧 🇩🇪 #️⃣ 👨🏽"),
            "😀|0|0|4 👨‍👩‍👧|1|5|23 🇩🇪|2|24|32 #️⃣|3|33|40 👨🏽|4|41|49");
}

TEST(Analyzer, OtherBuiltInAnalyzers) {
  EXPECT_EQ(terms("simple", "Don't 2nd-Guess É"), "don t nd guess é");
  EXPECT_EQ(terms("whitespace", " Don't\t2nd-Guess\nÉ "), "Don't 2nd-Guess É");
  EXPECT_EQ(analyzed("keyword", "New York"), "New York|0|0|8");
  EXPECT_EQ(analyzed("keyword", ""), "|0|0|0");
  EXPECT_EQ(analyzed("stop", "The fox and a dog"), "fox|1|4|7 dog|4|14|17");
  EXPECT_EQ(analyzed("english", "The dogs' owner's running of APOLOGIES"),
            "dog|1|4|8 owner|2|10|17 run|3|18|25 apolog|5|29|38");
  EXPECT_FALSE(find_analyzer("klingon").has_value());
}

TEST(Analyzer, LongTokensAreCutAt255Characters) {
  const Tokens tokens = (*find_analyzer("standard"))->analyze(std::string(600, 'x') + " y");
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[0].term.size(), 255U);
  EXPECT_EQ(tokens[2].term.size(), 90U);
  EXPECT_EQ(tokens[3].position, 3U);
  std::string accents;
  for (int i = 0; i < 255; ++i) accents += "é";
  EXPECT_EQ((*find_analyzer("standard"))->analyze(accents).size(), 1U);
}

TEST(Analyzer, BadBytesSeparate) {
  EXPECT_EQ(terms("standard",
                  "ab\xff"
                  "cd \xe3\x81"),
            "ab cd");
  EXPECT_EQ(terms("whitespace",
                  "ab\xff"
                  "cd"),
            "ab cd");
  EXPECT_EQ(lowercased("A\xff"
                       "É"),
            "a\xff"
            "é");
}

// Word and stem, from Lucene's PorterStemFilter.
TEST(PorterStemmer, StemsAsLuceneDoes) {
  const std::pair<std::string_view, std::string_view> kPairs[] = {{"caresses", "caress"},
                                                                  {"ponies", "poni"},
                                                                  {"cats", "cat"},
                                                                  {"agreed", "agre"},
                                                                  {"plastered", "plaster"},
                                                                  {"motoring", "motor"},
                                                                  {"sing", "sing"},
                                                                  {"hopping", "hop"},
                                                                  {"filing", "file"},
                                                                  {"falling", "fall"},
                                                                  {"happy", "happi"},
                                                                  {"relational", "relat"},
                                                                  {"conditional", "condit"},
                                                                  {"digitizer", "digit"},
                                                                  {"vietnamization", "vietnam"},
                                                                  {"hopefulness", "hope"},
                                                                  {"formality", "formal"},
                                                                  {"electricity", "electr"},
                                                                  {"adjustment", "adjust"},
                                                                  {"adoption", "adopt"},
                                                                  {"controller", "control"},
                                                                  {"rate", "rate"},
                                                                  {"cease", "ceas"},
                                                                  {"apology", "apolog"},
                                                                  {"assembly", "assembl"},
                                                                  {"is", "is"},
                                                                  {"sky", "sky"},
                                                                  {"übungen", "übungen"},
                                                                  {"cafés", "café"},
                                                                  {"generalizations", "gener"},
                                                                  {"libraries", "librari"},
                                                                  {"s", "s"},
                                                                  {"eed", "eed"}};
  for (const auto& [word, stem] : kPairs) {
    std::string stemmed(word);
    porter_stem(stemmed);
    EXPECT_EQ(stemmed, stem) << word;
  }
}

}  // namespace
}  // namespace stele::text
