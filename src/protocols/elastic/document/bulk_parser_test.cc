#include "protocols/elastic/document/bulk_parser.h"

#include <gtest/gtest.h>

namespace stele::elastic {
namespace {

std::string problem(std::string_view text, std::string index = "") {
  const Outcome<std::vector<BulkItem>> items = parse_bulk(text, {std::move(index)});
  return items ? "" : items.error().type + ": " + items.error().reason;
}

TEST(BulkParser, ReadsTheFourActions) {
  const auto items = parse_bulk(
      "{\"index\":{\"_index\":\"a\",\"_id\":\"1\",\"routing\":\"r\",\"if_seq_no\":3,\"if_primary_term\":1}}\n"
      "{\"x\":1}\n\n"
      "{\"create\":{\"_id\":2}}\r\n"
      "{ \"x\" : 2 }\r\n"
      "{\"update\":{\"_id\":\"3\",\"retry_on_conflict\":2}}\n"
      "{\"doc\":{}}\n"
      "{\"delete\":{\"_index\":\"b\",\"_id\":\"4\"}}\n",
      {"main"});
  ASSERT_TRUE(items.has_value()) << items.error().reason;
  ASSERT_EQ(items->size(), 4U);
  const Operation& index = (*items)[0].operation;
  EXPECT_EQ(index.index, "a");
  EXPECT_EQ(index.source, "{\"x\":1}");
  EXPECT_EQ(index.routing, "r");
  EXPECT_EQ(index.if_seq_no, 3U);
  const Operation& create = (*items)[1].operation;
  EXPECT_EQ(create.type, OperationType::kCreate);
  EXPECT_EQ(create.index, "main");
  EXPECT_EQ(create.id, "2");
  EXPECT_EQ(create.source, "{ \"x\" : 2 }");
  EXPECT_EQ((*items)[2].operation.retry_on_conflict, 2);
  EXPECT_EQ((*items)[3].operation.type, OperationType::kDelete);
  EXPECT_EQ((*items)[3].operation.index, "b");
}

TEST(BulkParser, WordsWhatIsMalformed) {
  EXPECT_EQ(problem(""), "parse_exception: request body is required");
  EXPECT_EQ(problem("\n\n"), "parse_exception: request body is required");
  EXPECT_EQ(problem("{\"index\":{}}\n{}", "a"),
            "illegal_argument_exception: The bulk request must be terminated by a newline [\\n]");
  EXPECT_EQ(
      problem("{\"foo\":{}}\n", "a"),
      "illegal_argument_exception: Malformed action/metadata line [1], expected field [create], [delete], "
      "[index] or [update] but found [foo]");
  EXPECT_EQ(problem("[]\n", "a"),
            "illegal_argument_exception: Malformed action/metadata line [1], expected START_OBJECT but found "
            "[START_ARRAY]");
  EXPECT_EQ(problem("{}\n", "a"),
            "illegal_argument_exception: Malformed action/metadata line [1], expected FIELD_NAME but found "
            "[END_OBJECT]");
  EXPECT_EQ(problem("{\"index\":[]}\n{}\n", "a"),
            "illegal_argument_exception: Malformed action/metadata line [1], expected START_OBJECT but found "
            "[START_ARRAY]");
  EXPECT_EQ(problem("{\"index\":{\"x\":1}}\n{}\n", "a"),
            "illegal_argument_exception: Action/metadata line [1] contains an unknown parameter [x]");
  EXPECT_EQ(problem("{\"index\":{\"_id\":[1]}}\n{}\n", "a"),
            "illegal_argument_exception: Malformed action/metadata line [1], expected a simple value for "
            "field [_id] "
            "but found [START_ARRAY]");
  EXPECT_EQ(problem("{\"delete\":{}}\n"),
            "action_request_validation_exception: Validation Failed: 1: index is missing;2: id is missing;");
}

TEST(BulkParser, SomeFaultsAreOfTheirItemAlone) {
  const auto items =
      parse_bulk("{\"index\":{\"_id\":\"\"}}\n{}\n{\"index\":{\"pipeline\":\"p\"}}\n{}\n", {"a"});
  ASSERT_TRUE(items.has_value());
  EXPECT_EQ((*items)[0].failure->reason, "if _id is specified it must not be empty");
  EXPECT_TRUE((*items)[1].failure.has_value());
}

TEST(BulkParser, ReadsInPieces) {
  std::string text = "\n";
  for (int i = 0; i < 5; ++i) text += "{\"delete\":{\"_id\":\"" + std::to_string(i) + "\"}}\n \n";
  BulkParser parser(text, {"index"});
  for (const bool more : {true, true, false}) EXPECT_EQ(parser.read(2).value(), more);
  const auto items = parser.finish();
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 5U);
  EXPECT_EQ((*items)[4].operation.id, "4");
  BulkParser broken("{\"delete\":{\"_id\":\"1\"}}\n{}\n", {"index"});
  EXPECT_TRUE(broken.read(1).value());
  EXPECT_FALSE(broken.read(1));
}

}  // namespace
}  // namespace stele::elastic
