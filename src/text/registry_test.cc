#include "text/registry.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stele::text {
namespace {

Parameters definition(std::string type,
                      std::initializer_list<std::pair<const char*, const char*>> texts = {}) {
  Parameters parameters;
  parameters.set("type", std::move(type));
  for (const auto& [name, text] : texts) parameters.set(name, text);
  return parameters;
}

Parameters list(Parameters parameters, std::string name, std::vector<std::string> texts) {
  parameters.set_list(std::move(name), std::move(texts));
  return parameters;
}

// "term/position" of each token, "+length" where it spans more positions than one.
std::string shown(const Tokens& tokens) {
  std::string out;
  for (const Token& token : tokens) {
    out += fmt::format("{}{}/{}", out.empty() ? "" : " ", token.term, token.position);
    if (token.position_length != 1) out += fmt::format("+{}", token.position_length);
  }
  return out;
}

std::string filtered(const Parameters& filter, std::string_view text,
                     std::string_view tokenizer = "whitespace") {
  const Registry registry;
  Chain chain;
  chain.tokenizer.part = *registry.tokenizer(tokenizer);
  Result<TokenFilterPtr> part = registry.make_filter("test", filter, chain);
  if (!part) return part.error().message;
  chain.filters.push_back({"test", *part});
  return shown(Analyzer("test", chain).analyze(text));
}

std::string tokenized(const Parameters& tokenizer, std::string_view text) {
  Result<TokenizerPtr> part = Registry().make_tokenizer("test", tokenizer);
  if (!part) return part.error().message;
  return shown(Analyzer("test", *part, {}).analyze(text));
}

TEST(Registry, EveryBuiltInNameIsMadeOrSaysWhatItNeeds) {
  const Registry registry;
  for (const std::string& name : analyzer_names()) EXPECT_TRUE(find_analyzer(name).has_value()) << name;
  for (const std::string& name : tokenizer_names()) EXPECT_TRUE(registry.tokenizer(name).has_value()) << name;
  for (const std::string& name : token_filter_names()) {
    const Result<TokenFilterPtr> filter = registry.filter(name, Chain());
    if (!filter) EXPECT_FALSE(filter.error().message.empty()) << name;
  }
  EXPECT_EQ(registry.tokenizer("klingon").error().code, ErrorCode::kNotFound);
}

TEST(Registry, CustomAnalyzersAreMadeOfTheIndexOwnParts) {
  Analysis analysis;
  analysis.filters["my_stop"] = list(definition("stop"), "stopwords", {"foo", "_french_"});
  analysis.char_filters["amp"] = list(definition("mapping"), "mappings", {"& => und"});
  Parameters custom;
  custom.set("tokenizer", "whitespace");
  custom.set_list("filter", {"lowercase", "my_stop"});
  custom.set("char_filter", "amp");
  analysis.analyzers["mine"] = custom;
  const Registry registry(analysis);
  ASSERT_TRUE(registry.check().has_value());
  EXPECT_EQ(shown((*registry.analyzer("mine"))->analyze("A & FOO les B")), "a/0 und/1 b/4");
  EXPECT_EQ(shown((*registry.analyzer("english"))->analyze("Runs")), "run/0");
}

TEST(Registry, ASpellingHoldsAnAnalyzerByValue) {
  Analysis analysis;
  analysis.filters["syn"] = list(definition("synonym_graph"), "synonyms", {"a\tb, c\\, d => e", "x"});
  analysis.filters["other"] = definition("lowercase");
  Parameters custom;
  custom.set("tokenizer", "keyword");
  custom.set_list("filter", {"syn"});
  analysis.analyzers["my analyzer"] = custom;
  const std::string spelling = analysis.spell("my analyzer");
  ASSERT_TRUE(Analysis::is_spelling(spelling));
  EXPECT_EQ(Analysis::name_of(spelling), "my analyzer");
  const auto parsed = Analysis::parse(spelling);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->first.filters.at("syn"), analysis.filters.at("syn"));
  EXPECT_FALSE(parsed->first.filters.contains("other"));
  EXPECT_EQ(shown((*find_analyzer(spelling))->analyze("c, d")), "e/0");
  EXPECT_FALSE(find_analyzer("analysis 1\tx\nq\ty").has_value());
}

TEST(Registry, ErrorsAreElasticsearchs) {
  Analysis analysis;
  Parameters custom;
  custom.set("tokenizer", "nope");
  analysis.analyzers["a"] = custom;
  EXPECT_EQ(Registry(analysis).check().error().message,
            "Custom Analyzer [a] failed to find tokenizer under name [nope]");
  analysis.analyzers["a"] = definition("custom");
  EXPECT_EQ(Registry(analysis).check().error().message,
            "analyzer [a] must specify either an analyzer type, or a tokenizer");
  EXPECT_EQ(filtered(definition("nope"), ""), "Unknown filter type [nope] for [test]");
  EXPECT_EQ(
      filtered(definition("ngram", {{"min_gram", "1"}, {"max_gram", "5"}}), ""),
      "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [1] "
      "but was [4]. This limit can be set by changing the [index.max_ngram_diff] index level setting.");
  EXPECT_EQ(filtered(definition("length", {{"min", "x"}}), ""),
            "Failed to parse value [x] for setting [min]");
  EXPECT_FALSE(Registry().make_tokenizer("p", definition("pattern", {{"pattern", "("}})).has_value());
}

TEST(Registry, NormalizersTakeFiltersThatKeepTermsOneForOne) {
  Analysis analysis;
  Parameters normalizer;
  normalizer.set_list("filter", {"lowercase", "asciifolding"});
  analysis.normalizers["plain"] = normalizer;
  EXPECT_EQ((*Registry(analysis).normalizer("plain"))->normalize("ÉCOLE B"), "ecole b");
  EXPECT_EQ((*find_normalizer(analysis.spell("plain")))->normalize("Ä"), "a");
  normalizer.set_list("filter", {"stop"});
  EXPECT_EQ(Registry().make_normalizer("n", normalizer).error().message,
            "Custom normalizer [n] may not use filter [stop]");
}

TEST(Tokenizers, GramsPathsAndPatterns) {
  EXPECT_EQ(tokenized(definition("ngram", {{"min_gram", "2"}, {"max_gram", "3"}}), "abé"), "ab/0 abé/1 bé/2");
  EXPECT_EQ(tokenized(list(definition("edge_ngram"), "token_chars", {"letter"}), "ab 1cd"),
            "a/0 ab/1 c/2 cd/3");
  EXPECT_EQ(tokenized(definition("path_hierarchy"), "/a/b"), "/a/0 /a/b/0");
  EXPECT_EQ(tokenized(definition("path_hierarchy", {{"reverse", "true"}, {"delimiter", "."}}), "a.b"),
            "a.b/0 b/0");
  EXPECT_EQ(tokenized(definition("pattern"), "foo-Bar.é1"), "foo/0 Bar/1 1/2");
  EXPECT_EQ(tokenized(definition("pattern", {{"pattern", "'([^']+)'"}, {"group", "1"}}), "'a b' c 'd'"),
            "a b/0 d/1");
  EXPECT_EQ(tokenized(list(definition("char_group"), "tokenize_on_chars", {"whitespace", "-"}), "a-b c"),
            "a/0 b/1 c/2");
  EXPECT_EQ(tokenized(definition("uax_url_email"), "see http://a.de/x?y=1 or Me.X@b.org now"),
            "see/0 http://a.de/x?y=1/1 or/2 Me.X@b.org/3 now/4");
}

TEST(TokenFilters, PositionsStayWhereWordsGo) {
  EXPECT_EQ(filtered(definition("stop"), "the fox and the dog"), "fox/1 dog/4");
  EXPECT_EQ(filtered(definition("length", {{"min", "2"}}), "a bb c dd"), "bb/1 dd/3");
  EXPECT_EQ(filtered(definition("unique"), "a b a c"), "a/0 b/1 c/2");
  EXPECT_EQ(filtered(definition("shingle"), "a b c"), "a/0 a b/0+2 b/1 b c/1+2 c/2");
  EXPECT_EQ(filtered(definition("ngram"), "ab c"), "a/0 ab/0 b/0 c/1");
  EXPECT_EQ(filtered(definition("fingerprint"), "b a b"), "a b/0");
}

TEST(TokenFilters, GraphsSayWhatStandsBesideWhat) {
  EXPECT_EQ(filtered(definition("word_delimiter_graph", {{"catenate_all", "true"}}), "Wi-Fi's x"),
            "WiFi/0+2 Wi/0 Fi/1 x/2");
  const Parameters synonyms =
      list(definition("synonym_graph"), "synonyms", {"ny, new york", "usa => united states"});
  EXPECT_EQ(filtered(synonyms, "in ny now"), "in/0 new/1 ny/1+2 york/2 now/3");
  EXPECT_EQ(filtered(synonyms, "new york usa"), "ny/0+2 new/0 york/1 united/2 states/3");
  EXPECT_EQ(filtered(list(definition("synonym"), "synonyms", {"ny, new york"}), "in ny now"),
            "in/0 ny/1 new/1 now/2 york/2");
}

TEST(CharFilters, OffsetsLeadBackToTheOriginal) {
  const Registry registry;
  Chain chain;
  chain.tokenizer.part = *registry.tokenizer("standard");
  chain.char_filters.push_back({"html", *registry.char_filter("html_strip")});
  const Tokens tokens =
      Analyzer("test", chain).analyze("<b>caf&eacute;</b> <p>x<!-- no --><script>y</script>z &amp");
  ASSERT_EQ(tokens.size(), 3U);
  EXPECT_EQ(tokens[0].term, "café");
  EXPECT_EQ(tokens[0].start, 3U);
  EXPECT_EQ(tokens[0].end, 18U);  // with the closing tag, as Lucene has it
  EXPECT_EQ(tokens[1].term, "x");
  EXPECT_EQ(tokens[2].term, "z");
}

}  // namespace
}  // namespace stele::text
