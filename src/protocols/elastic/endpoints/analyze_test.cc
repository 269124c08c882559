#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/document.h"
#include "protocols/elastic/json_filter.h"
#include "protocols/elastic/memory_node_test.h"

namespace stele::elastic {
namespace {

using ::testing::HasSubstr;

// Analysis of an index' own: settings, mappings, _analyze.
class AnalyzeTest : public testing::Test {
 protected:
  net::HttpResponse put(std::string target, std::string body) {
    return node_.request("PUT", std::move(target), std::move(body));
  }
  std::string post(std::string target, std::string body, std::vector<std::string> paths) {
    const net::HttpResponse response = node_.request("POST", std::move(target), std::move(body));
    Result<json::Document> parsed = json::Document::parse_borrowed(response.body);
    return parsed ? JsonFilter(std::move(paths), {}).apply(parsed->root()) : response.body;
  }
  std::string tokens(std::string target, std::string body) {
    return post(std::move(target), std::move(body), {"tokens.token", "error.reason"});
  }
  std::string hits(std::string query) {
    return post("/films/_search", std::move(query), {"hits.hits._id", "error.reason"});
  }

  MemoryNode node_;
};

constexpr std::string_view kFilms = R"({
  "settings":{"analysis":{
    "char_filter":{"amp":{"type":"mapping","mappings":["& => and"]}},
    "filter":{"my_stop":{"type":"stop","stopwords":["the","foo"]},
              "syn":{"type":"synonym_graph","synonyms":["ny, new york"]}},
    "analyzer":{"mine":{"tokenizer":"standard","char_filter":["amp"],"filter":["lowercase","my_stop"]},
                "words":{"tokenizer":"whitespace","filter":"lowercase, syn"}},
    "normalizer":{"plain":{"type":"custom","filter":["lowercase","asciifolding"]}}}},
  "mappings":{"properties":{
    "title":{"type":"text","analyzer":"mine","search_analyzer":"standard"},
    "fr":{"type":"text","analyzer":"french"},
    "tag":{"type":"keyword","normalizer":"plain"}}}})";

TEST_F(AnalyzeTest, AnIndexAnalyzesByItsOwnSettings) {
  ASSERT_EQ(put("/films", std::string(kFilms)).status, 200);
  EXPECT_EQ(tokens("/films/_analyze", R"({"analyzer":"mine","text":"The Cat & FOO"})"),
            R"({"tokens":[{"token":"cat"},{"token":"and"}]})");
  EXPECT_EQ(tokens("/films/_analyze", R"({"field":"title","text":"foo bar"})"),
            R"({"tokens":[{"token":"bar"}]})");
  EXPECT_EQ(tokens("/films/_analyze", R"({"field":"fr","text":"les chevaux"})"),
            R"({"tokens":[{"token":"cheval"}]})");
  EXPECT_EQ(tokens("/films/_analyze", R"({"normalizer":"plain","text":"É b"})"),
            R"({"tokens":[{"token":"e b"}]})");
  EXPECT_EQ(tokens("/films/_analyze", R"({"tokenizer":"keyword","filter":["my_stop"],"text":"foo"})"),
            "{}");  // filter_path leaves nothing of an empty list
  EXPECT_EQ(post("/films/_analyze", R"({"analyzer":"words","text":"in NY"})",
                 {"tokens.position", "tokens.positionLength"}),
            R"({"tokens":[{"position":0},{"position":1},{"position":1,"positionLength":2},{"position":2}]})");
}

TEST_F(AnalyzeTest, DocumentsAreFoundByWhatTheirAnalyzersMade) {
  ASSERT_EQ(put("/films", std::string(kFilms)).status, 200);
  ASSERT_EQ(put("/films/_doc/1", R"({"title":"the cat & dog","fr":"les chevaux","tag":"ÉCOLE"})").status,
            201);
  const std::string found = R"({"hits":{"hits":[{"_id":"1"}]}})";
  EXPECT_EQ(hits(R"({"query":{"match":{"title":"and"}}})"), found);
  EXPECT_EQ(hits(R"({"query":{"match":{"title":"the"}}})"), "{}");
  EXPECT_EQ(hits(R"({"query":{"match":{"fr":"cheval"}}})"), found);
  EXPECT_EQ(hits(R"({"query":{"term":{"tag":"ecole"}}})"), found);
  EXPECT_THAT(node_.request("GET", "/films/_mapping").body, HasSubstr(R"("analyzer":"mine")"));
}

TEST_F(AnalyzeTest, ChainsAreMadeOnTheSpotAndExplained) {
  EXPECT_EQ(tokens("/_analyze",
                   R"({"tokenizer":"standard","filter":[{"type":"stop","stopwords":["a"]}],"text":"a b"})"),
            R"({"tokens":[{"token":"b"}]})");
  EXPECT_EQ(tokens("/_analyze", R"({"filter":["lowercase"],"text":"A B"})"),
            R"({"tokens":[{"token":"a b"}]})");
  EXPECT_EQ(
      post(
          "/_analyze",
          R"({"explain":true,"char_filter":["html_strip"],"tokenizer":"standard","filter":["lowercase"],"text":"<b>A</b>"})",
          {"detail.custom_analyzer", "detail.charfilters", "detail.*.name", "detail.*.tokens.token"}),
      R"({"detail":{"custom_analyzer":true,"charfilters":[{"name":"html_strip","filtered_text":["A"]}],)"
      R"("tokenizer":{"name":"standard","tokens":[{"token":"A"}]},)"
      R"("tokenfilters":[{"name":"lowercase","tokens":[{"token":"a"}]}]}})");
  EXPECT_EQ(
      post("/_analyze", R"({"explain":true,"analyzer":"standard","text":"A"})", {"detail"}),
      R"({"detail":{"custom_analyzer":false,"analyzer":{"name":"standard","tokens":[{"token":"a","start_offset":0,)"
      R"("end_offset":1,"type":"<ALPHANUM>","position":0,"bytes":"[61]","keyword":false,"positionLength":1,)"
      R"("termFrequency":1}]}}})");
}

TEST_F(AnalyzeTest, WrongDefinitionsAreRefused) {
  const auto reason = [&](std::string settings) {
    return put("/x", R"({"settings":{"analysis":)" + settings + "}}").body;
  };
  EXPECT_THAT(reason(R"({"analyzer":{"a":{"tokenizer":"nope"}}})"),
              HasSubstr("Custom Analyzer [a] failed to find tokenizer under name [nope]"));
  EXPECT_THAT(reason(R"({"filter":{"f":{"type":"ngram","min_gram":1,"max_gram":9}}})"),
              HasSubstr("must be less than or equal to: [1] but was [8]"));
  EXPECT_THAT(reason(R"({"filter":{"f":{"type":"kstem"}}})"), HasSubstr("not supported by Stele yet"));
  EXPECT_THAT(put("/x", R"({"mappings":{"properties":{"t":{"type":"text","analyzer":"nope"}}}})").body,
              HasSubstr("analyzer [nope] has not been configured in mappings"));
  EXPECT_THAT(put("/x", R"({"mappings":{"properties":{"t":{"type":"keyword","normalizer":"nope"}}}})").body,
              HasSubstr("normalizer [nope] not found for field [t]"));
  EXPECT_THAT(node_.request("POST", "/_analyze", R"({"tokenizer":"nope","text":"a"})").body,
              HasSubstr("failed to find global tokenizer under [nope]"));
}

}  // namespace
}  // namespace stele::elastic
