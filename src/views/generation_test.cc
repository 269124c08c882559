#include "views/generation.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace stele::views {
namespace {

class GenerationTest : public testing::Test {
 protected:
  GenerationTest() {
    postgres::pgoutput::Relation message;
    message.id = 7;
    message.schema = "elastic";
    message.name = "books";
    message.columns = {{"_id", 25, -1, true}, {"_source", 114, -1, false}};
    relation_.emplace(message);
    row_.kind = CollectionKind::kElastic;
    row_.name = "books";
    row_.table = {"elastic", "books"};
    auto made = Generation::create(
        *engine_,
        {.row = row_,
         .shape = {.oid = 7, .name = row_.table},
         .types = std::make_shared<const postgres::TypeCatalog>(std::vector<postgres::TypeCatalog::Row>()),
         .reclaimer = std::make_shared<Reclaimer>()});
    EXPECT_TRUE(made) << made.error().to_string();
    if (made) generation_ = *std::move(made);
  }

  void insert(const std::string& id, const std::string& source, Lsn commit) {
    std::string bytes;
    postgres::append_tuple_count(bytes, 2);
    postgres::append_column(bytes, {postgres::ColumnKind::kText, id});
    postgres::append_column(bytes, {postgres::ColumnKind::kText, source});
    ByteReader reader(bytes);
    generation_->take({.kind = postgres::ChangeKind::kInsert,
                       .relation = &*relation_,
                       .row = postgres::Tuple::read(reader)},
                      commit);
  }
  // How many of the documents "0", "1", … have a field.
  std::size_t filled(std::size_t documents) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < documents; ++i) {
      const auto document = generation_->collection()->latest(engine::DocKey::from_text(std::to_string(i)));
      if (document != nullptr && !document->fields.empty()) ++count;
    }
    return count;
  }

  engine::VisibleLsn visible_;
  std::unique_ptr<engine::Engine> engine_ = engine::make_engine(visible_);
  std::optional<postgres::Relation> relation_;
  CollectionRow row_;
  std::shared_ptr<Generation> generation_;
};

// A new field of many documents holds the views' thread for one step at a time.
TEST_F(GenerationTest, NewFieldsAreFilledInSteps) {
  constexpr std::size_t kDocuments = 3 * Generation::kStep + 10;
  for (std::size_t i = 0; i < kDocuments; ++i) insert(std::to_string(i), R"({"n": 1})", Lsn(10));
  generation_->flush(Lsn(10));
  ASSERT_TRUE(generation_->wants_fields());
  EXPECT_EQ(filled(kDocuments), 0U);

  CollectionDefinition definition;
  definition.schema = *engine::Schema::create({{.path = "n", .type = engine::FieldType::kLong}});
  row_.definition = definition.to_json();
  // Two are written anew in the same transaction.
  ASSERT_TRUE(generation_->adopt(row_, Lsn(20)));
  insert("0", R"({"n": 2})", Lsn(20));
  insert("1", R"({"m": 2})", Lsn(20));
  std::size_t steps = 0;
  while (generation_->has_to_refill()) {
    const std::size_t before = filled(kDocuments);
    generation_->refill(Lsn(20));
    EXPECT_LE(filled(kDocuments), before + Generation::kStep + 1);
    ++steps;
  }
  EXPECT_EQ(steps, 4U);
  EXPECT_EQ(filled(kDocuments), kDocuments - 1);
  EXPECT_EQ(generation_->collection()->latest(engine::DocKey::from_text("0"))->source, R"({"n": 2})");
  EXPECT_FALSE(generation_->failure().has_value());
}

}  // namespace
}  // namespace stele::views
