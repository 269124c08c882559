#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/query/count_documents.h"
#include "engine/query/edit_automaton.h"
#include "engine/query/term_pattern.h"
#include "engine/reference/inverted_index.h"

namespace stele::engine {
namespace {

// As the definition says, by the whole table.
std::size_t edits_between(const std::string& left, const std::string& right, bool transpositions) {
  std::vector<std::vector<std::size_t>> table(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
  for (std::size_t i = 0; i <= left.size(); ++i) {
    for (std::size_t j = 0; j <= right.size(); ++j) {
      table[i][j] = i == 0 ? j : j == 0 ? i : table[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      if (i == 0 || j == 0) continue;
      table[i][j] = std::min({table[i][j], table[i - 1][j] + 1, table[i][j - 1] + 1});
      if (transpositions && i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[left.size()][right.size()];
}

std::string random_word(std::mt19937& random, std::size_t most) {
  std::string word;
  for (std::size_t i = random() % (most + 1); i > 0; --i)
    word.push_back(static_cast<char>('a' + random() % 3));
  return word;
}

TEST(EditAutomaton, CountsAsTheTableDoes) {
  std::mt19937 random(9);
  for (int round = 0; round < 60; ++round) {
    const std::string word = random_word(random, 7);
    const std::size_t most = 1 + random() % 2;
    const std::size_t prefix = random() % 3;
    const bool transpositions = random() % 2 == 0;
    EditAutomaton automaton(word, most, prefix, transpositions);
    const std::size_t kept = std::min(prefix, word.size());
    for (int i = 0; i < 60; ++i) {
      std::string other = random_word(random, 8);
      if (random() % 2 == 0) other = word.substr(0, kept) + other;
      TermAutomaton::State state = TermAutomaton::kStart;
      for (const char byte : other) state = automaton.step(state, static_cast<unsigned char>(byte));
      const bool stands = other.starts_with(word.substr(0, kept));
      const std::size_t edits =
          stands ? edits_between(word.substr(kept), other.substr(kept), transpositions) : most + 1;
      ASSERT_EQ(automaton.accepts(state), edits <= most) << word << " " << other << " " << prefix;
      if (edits <= most) ASSERT_EQ(automaton.edits(state), edits) << word << " " << other;
    }
  }
}

TEST(EditAutomaton, CharactersAreCodePoints) {
  EditAutomaton automaton("süß", 1, 0, true);
  for (const char* near : {"süß", "sus", "süs", "üsß", "süßer"})
    EXPECT_EQ(automaton.matches(near), std::string(near) != "sus" && std::string(near) != "süßer") << near;
  EXPECT_TRUE(automaton.matches("s漢ß"));
  EXPECT_FALSE(automaton.matches("s\xC3"));
}

TEST(TermPattern, ReadsLucenesSyntax) {
  struct Row {
    const char* pattern;
    std::vector<std::string> matching;
    std::vector<std::string> others;
  };
  const std::vector<Row> rows = {
      {"", {""}, {"a"}},
      {"ab?c*", {"a", "ab", "acc"}, {"", "b", "abb"}},
      {"(ab|cd){2,3}", {"abcd", "cdcdab"}, {"ab", "abababab"}},
      {"a{2}", {"aa"}, {"a", "aaa"}},
      {"a{2,}", {"aa", "aaaa"}, {"a"}},
      {"[a-cx]+", {"abcx"}, {"", "d"}},
      {"[^a-c]", {"d", "é", "漢"}, {"a", "dd", ""}},
      {"[é-ü]", {"é", "ó"}, {"e", "ý"}},
      {".", {"a", "漢", "😀"}, {"", "ab"}},
      {"a@b", {"ab", "axyb"}, {"a", "b"}},
      {"#|a", {"a"}, {"", "#"}},
      {"~(ab)", {"", "a", "abc"}, {"ab"}},
      {"a.*&.*b", {"ab", "axb"}, {"a", "b"}},
      {"\"a.b\"c", {"a.bc"}, {"axbc"}},
      {"\\d+\\.\\w", {"12.x"}, {"12x", "a.x"}},
      {"\\S", {"a"}, {" "}},
      {"()", {""}, {"a"}},
      {"(a?){3}b", {"b", "aaab"}, {"aaaab"}},
  };
  for (const Row& row : rows) {
    auto pattern = TermPattern::regexp(row.pattern, false);
    ASSERT_TRUE(pattern.has_value()) << row.pattern;
    for (const std::string& term : row.matching)
      EXPECT_TRUE((*pattern)->matches(term)) << row.pattern << " " << term;
    for (const std::string& term : row.others)
      EXPECT_FALSE((*pattern)->matches(term)) << row.pattern << " " << term;
  }
  for (const char* wrong :
       {"a|", "(a", "a)", "[a", "a{", "a{2", "a{3,2}", "\\", "\"a", "<1-9>", "[b-a]", "*"})
    EXPECT_EQ(TermPattern::regexp(wrong, false).has_value(), std::string(wrong) == "*") << wrong;
  EXPECT_TRUE((*TermPattern::regexp("aB", true))->matches("Ab"));
}

TEST(TermPattern, StatesHaveALimit) {
  std::mt19937 random(12);
  const auto pattern = *TermPattern::regexp("[ab]*a[ab]{16}", false);
  for (int i = 0; i < 2000 && !pattern->is_exhausted(); ++i) {
    std::string word;
    for (int j = 0; j < 60; ++j) word.push_back(random() % 2 == 0 ? 'a' : 'b');
    if (!pattern->is_exhausted()) pattern->matches(word);
  }
  EXPECT_TRUE(pattern->is_exhausted());
  EXPECT_EQ(pattern->next_byte(TermAutomaton::kStart, 0), TermAutomaton::kNoByte);
}

TEST(AcceptedTerms, FindsWhatAWalkOverAllFinds) {
  std::mt19937 random(10);
  std::set<std::string> words = {""};
  while (words.size() < 900) words.insert(random_word(random, 9));
  reference::InvertedIndexBuilder builder(1, false);
  for (const std::string& word : words) builder.add(word, 0, 0);
  const reference::InvertedIndex index = builder.finish();
  for (int round = 0; round < 40; ++round) {
    const auto walk = [&](TermAutomaton& automaton) {
      std::vector<std::string> expected;
      for (const std::string& word : words)
        if (automaton.matches(word)) expected.push_back(word);
      std::vector<std::string> found;
      for (AcceptedTerms terms(index, automaton); !terms.at_end(); terms.advance()) {
        std::string scratch;
        ASSERT_EQ(index.term(terms.rank(), scratch), terms.term());
        found.emplace_back(terms.term());
      }
      ASSERT_EQ(found, expected);
    };
    EditAutomaton near(random_word(random, 7), 1 + random() % 2, random() % 2, true);
    walk(near);
    for (const char* text : {"a(b|c)*", ".*cab.*", "[ab]{3}c?", "~(a.*)", "b@&@c"})
      walk(**TermPattern::regexp(text, false));
  }
}

TEST(CountOfAll, CountsWhatAllHave) {
  std::mt19937 random(11);
  constexpr std::size_t kDocuments = 60'000;
  const std::vector<std::uint8_t> lengths(kDocuments, 1);
  for (int round = 0; round < 12; ++round) {
    PostingsWriter writer(lengths);
    std::vector<std::vector<bool>> has;
    std::vector<TermEntry> entries;
    for (std::size_t i = 0; i < 1 + random() % 3; ++i) {
      const unsigned rarity = 1U + static_cast<unsigned>(random() % (round % 2 == 0 ? 4 : 600));
      std::vector<bool>& members = has.emplace_back(kDocuments);
      PostingsScratch plain;
      for (DocOrdinal document = 0; document < kDocuments; ++document) {
        if (random() % rarity != 0) continue;
        members[document] = true;
        plain.documents.push_back(document);
        plain.begin.push_back(static_cast<std::uint32_t>(plain.positions.size()));
        plain.positions.push_back(1);
      }
      plain.begin.push_back(static_cast<std::uint32_t>(plain.positions.size()));
      entries.push_back(writer.add({plain.documents, plain.begin, plain.positions}));
    }
    for (const bool some : {false, true}) {
      DocumentBits allowed = DocumentBits::all(kDocuments);
      if (some)
        for (std::uint64_t& word : allowed.words()) word &= random() | std::uint64_t{random()} << 32U;
      std::size_t expected = 0;
      for (DocOrdinal document = 0; document < kDocuments; ++document)
        expected += allowed.contains(document) &&
                            std::ranges::all_of(has, [&](const auto& members) { return members[document]; })
                        ? 1
                        : 0;
      std::vector<PostingsCursor> cursors;
      for (const TermEntry& entry : entries)
        cursors.emplace_back(PostingsList(entry, writer.postings(), writer.positions(), true));
      EXPECT_EQ(count_of_all(cursors, allowed), expected);
    }
  }
}

}  // namespace
}  // namespace stele::engine
