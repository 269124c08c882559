#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/conformance.h"

namespace stele::engine {
namespace {

using testing::HasSubstr;

std::vector<FieldDefinition> fields() {
  return {
      {.path = "title", .type = FieldType::kText},
      {.path = "title.keyword", .type = FieldType::kKeyword, .ignore_above = 10, .values_of = "title"},
      {.path = "price", .type = FieldType::kDouble},
      {.path = "stock", .type = FieldType::kLong},
      {.path = "embedding", .type = FieldType::kDenseVector, .dimension = 2, .similarity = Similarity::kDot}};
}

QueryPtr all() {
  return make_query(MatchAll{});
}
QueryPtr term(std::string field, Value value) {
  return make_query(Term{std::move(field), std::move(value)});
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineConformance, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(EngineConformance, UpsertReplacesAndDeleteRemoves) {
  const auto items = create(fields());
  EXPECT_EQ(apply(*items, {row("1").set("title", "red fox"), row("2").set("title", "blue fox")}).upserted,
            2U);
  EXPECT_EQ(keys(items, term("title", "fox")), "1 2");
  apply(*items, {row("1").set("title", "green fox")});
  EXPECT_EQ(keys(items, term("title", "red")), "");
  EXPECT_EQ(keys(items, term("title", "green")), "1");
  EXPECT_EQ(keys(items, all()), "2 1");
  remove(*items, {"2", "none"});
  EXPECT_EQ(keys(items, all()), "1");
  EXPECT_EQ(items->stats().documents, 1U);
  truncate(*items);
  EXPECT_EQ(keys(items, all()), "");
  apply(*items, {row("2").set("title", "again")});
  EXPECT_EQ(keys(items, all()), "2");
}

TEST_P(EngineConformance, TheLastChangeOfATransactionCounts) {
  const auto items = create(fields());
  apply(*items, {row("1").set("stock", 1), row("2").set("stock", 2), row("1").set("stock", 3)});
  EXPECT_EQ(keys(items, term("stock", 1)), "");
  EXPECT_EQ(keys(items, term("stock", 3)), "1");
  EXPECT_EQ(items->stats().documents, 2U);
}

TEST_P(EngineConformance, NothingIsSeenBeforeItsLsnIsVisible) {
  const auto items = create(fields());
  const auto others = create(fields(), "others");
  apply(*items, {row("1").set("stock", 1)});
  apply_hidden(*items, {row("1").set("stock", 2)});
  lsn_ = Lsn(lsn_.value() - 1);
  apply_hidden(*others, {row("9").set("stock", 2)});
  EXPECT_EQ(keys(items, term("stock", 1)), "1");
  EXPECT_EQ(keys(others, all()), "");
  EXPECT_EQ(items->latest(DocKey::from_text("1"))->lsn, lsn_);
  const std::vector<std::shared_ptr<Collection>> both = {items, others};
  const Snapshot before = Snapshot::take(visible_, both);
  show();
  const Snapshot after = Snapshot::take(visible_, both);
  Request request = text_request(term("stock", 2));
  request.targets = {Target{.collection = 0}, Target{.collection = 1}};
  EXPECT_EQ(keys_of(*engine_->search(before, request)), "");
  EXPECT_EQ(keys_of(*engine_->search(after, request)), "1 9");
  EXPECT_EQ(before.view(0).get(DocKey::from_text("1"))->lsn, Lsn(101));
  EXPECT_EQ(before.view(1).document_count(), 0U);
}

TEST_P(EngineConformance, ASnapshotStaysWhatItWas) {
  const auto items = create(fields());
  std::vector<Row> rows;
  for (int i = 0; i < 100; ++i)
    rows.push_back(row(fmt::format("{:03}", i)).set("stock", i).set("title", "some words"));
  apply(*items, rows);
  const Snapshot pinned = snapshot(items);
  for (int round = 0; round < 50; ++round)
    for (int i = 0; i < 100; i += 7) apply(*items, {row(fmt::format("{:03}", i)).set("stock", -round)});
  truncate(*items);
  while (items->maintain()) {
  }
  Request request = text_request(make_query(Range{.field = "stock", .gte = 0}), {.limit = 1000});
  EXPECT_EQ(engine_->search(pinned, request)->hits.size(), 100U);
  EXPECT_EQ(pinned.view(0).document_count(), 100U);
  EXPECT_EQ(pinned.view(0).get(DocKey::from_text("007"))->fields[0].values.size(), 1U);
  EXPECT_EQ(keys(items, all()), "");
}

TEST_P(EngineConformance, VersionsThatNobodyCanSeeAreDropped) {
  const auto items = create(fields());
  for (int round = 0; round < 300; ++round)
    for (int i = 0; i < 10; ++i)
      apply(*items, {row(fmt::format("{}", i)).set("title", "text").set("stock", round)});
  while (items->maintain()) {
  }
  EXPECT_EQ(items->stats().documents, 10U);
  // What is left of 3,000 versions: the live ones and a few that wait for the next join.
  EXPECT_LT(items->stats().dead_versions, 300U);
  EXPECT_EQ(keys(items, term("stock", 299)), "0 1 2 3 4 5 6 7 8 9");
  EXPECT_EQ(visible_.pin_count(), 0U);
}

TEST_P(EngineConformance, UnchangedFieldsComeFromTheFormerVersion) {
  const auto items = create(fields());
  apply(*items, {row("1")
                     .set("title", "long story")
                     .set("price", 1.5)
                     .vector("embedding", {1, 2})
                     .source("{\"s\":1}")});
  apply(*items, {row("1").set("price", 2.5).keeping({"title", "embedding"}).same_source()});
  EXPECT_EQ(keys(items, term("title", "story")), "1");
  EXPECT_EQ(keys(items, term("price", 2.5)), "1");
  const DocumentPtr document = items->latest(DocKey::from_text("1"));
  EXPECT_EQ(document->source, "{\"s\":1}");
  ASSERT_EQ(document->vectors.size(), 1U);
  // A move takes the rest along and leaves nothing behind.
  apply(*items, {row("2").set("price", 3).keeping({"title"}).moved_from(DocKey::from_text("1"))});
  EXPECT_EQ(keys(items, all()), "2");
  EXPECT_EQ(keys(items, term("title", "story")), "2");
  EXPECT_EQ(items->latest(DocKey::from_text("1")), nullptr);
  // What neither the change nor a former version has is absent.
  apply(*items, {row("3").keeping({"title"}).same_source()});
  EXPECT_EQ(keys(items, make_query(Exists{"title"})), "2");
  // Within one transaction the former version is the one before in it.
  apply(*items, {row("4").set("title", "fresh"), row("4").set("stock", 1).keeping({"title"})});
  EXPECT_EQ(keys(items, term("title", "fresh")), "4");
}

TEST_P(EngineConformance, WhatDoesNotFitIsLeftOutAndCounted) {
  const auto items = create(fields());
  const ApplyReport report =
      apply(*items, {row("1").set("stock", "many").set("price", "2.5").set("title", 7),
                     row("2").vector("embedding", {1, 2, 3}), row("3").vector("embedding", {1, NAN}),
                     row("4").set("stock", List{1, "x", 3}).set("title", Object{{"a", 1}})});
  EXPECT_EQ(report.upserted, 4U);
  EXPECT_EQ(report.values_left_out, 3U);
  EXPECT_EQ(report.vectors_left_out, 2U);
  EXPECT_THAT(report.left_out_example, HasSubstr("field [stock] of document [1]"));
  EXPECT_EQ(keys(items, all()), "1 2 3 4");
  EXPECT_EQ(keys(items, term("price", 2.5)), "1");
  EXPECT_EQ(keys(items, term("title", "7")), "1");
  EXPECT_EQ(keys(items, term("stock", 3)), "4");
  EXPECT_EQ(keys(items, make_query(HasVector{"embedding"})), "");
}

TEST_P(EngineConformance, ABadBatchChangesNothing) {
  const auto items = create(fields());
  apply(*items, {row("1").set("stock", 1)});
  const auto refused = [&](ChangeBatch batch) {
    const auto report = items->apply(std::move(batch));
    return report ? ErrorCode::kInternal : report.error().code;
  };
  const Change good = row("2").set("stock", 2).change(*items->schema());
  EXPECT_EQ(refused({Lsn(100), {good}}), ErrorCode::kInvalidArgument);  // before what is applied
  Change no_key = good;
  no_key.document.key = {};
  EXPECT_EQ(refused({Lsn(500), {good, no_key}}), ErrorCode::kInvalidArgument);
  Change unknown_field = good;
  unknown_field.document.fields[0].field = FieldId(99);
  EXPECT_EQ(refused({Lsn(500), {good, unknown_field}}), ErrorCode::kInvalidArgument);
  Change for_multi_field = good;
  for_multi_field.document.fields[0].field = *items->schema()->find("title.keyword");
  EXPECT_EQ(refused({Lsn(500), {good, for_multi_field}}), ErrorCode::kInvalidArgument);
  Change values_for_vector = good;
  values_for_vector.document.fields[0].field = *items->schema()->find("embedding");
  EXPECT_EQ(refused({Lsn(500), {good, values_for_vector}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(keys(items, all()), "1");
  EXPECT_EQ(items->stats().applied, lsn_);
}

TEST_P(EngineConformance, FieldsCanBeAdded) {
  const auto items = create(fields());
  apply(*items, {row("1").set("title", "old")});
  const Snapshot before = snapshot(items);
  ASSERT_TRUE(
      items->add_fields({{.path = "colour"}, {.path = "stock", .type = FieldType::kLong}}).has_value());
  EXPECT_EQ(items->add_fields({{.path = "stock", .type = FieldType::kDouble}}).error().code,
            ErrorCode::kAlreadyExists);
  apply(*items, {row("2").set("colour", "red"), row("3").set("colour", "red")});
  EXPECT_EQ(keys(items, term("colour", "red")), "2 3");
  EXPECT_EQ(keys(items, make_query(Bool{.must_not = {make_query(Exists{"colour"})}})), "1");
  EXPECT_FALSE(before.view(0).schema().find("colour").has_value());
  while (items->maintain()) {
  }
  EXPECT_EQ(keys(items, term("colour", "red")), "2 3");
}

TEST_P(EngineConformance, MemoryHasALimit) {
  auto limited =
      engine_->create_collection({.name = "small", .memory_bytes_max = 20'000}, *Schema::create(fields()));
  ErrorCode code = ErrorCode::kInternal;
  for (std::uint64_t i = 1; i < 1000 && code == ErrorCode::kInternal; ++i) {
    const Change change =
        row(std::to_string(i)).set("title", std::string(500, 'x')).change(*(*limited)->schema());
    const auto report = (*limited)->apply({Lsn(i), {change}});
    if (!report) code = report.error().code;
  }
  EXPECT_EQ(code, ErrorCode::kResourceExhausted);
}

TEST_P(EngineConformance, MultiFieldsIndexTheSameValues) {
  const auto items = create(fields());
  apply(*items, {row("1").set("title", "Red Fox"), row("2").set("title", "A title of more than ten")});
  EXPECT_EQ(keys(items, term("title.keyword", "Red Fox")), "1");
  EXPECT_EQ(keys(items, term("title.keyword", "A title of more than ten")), "");
  EXPECT_EQ(keys(items, make_query(Match{.field = "title.keyword", .text = "Red Fox"})), "1");
}

TEST_P(EngineConformance, KeysOfEveryType) {
  const auto numbers = create(fields(), "numbers", {KeyType::kI64});
  std::vector<Row> rows;
  for (const std::int64_t key : {5L, -3L, 40L}) rows.push_back(Row(DocKey::from_i64(key)).set("stock", key));
  apply(*numbers, rows);
  EXPECT_EQ(keys(numbers, all(), {.sort = {{.kind = SortKey::Kind::kKey}}}), "-3 5 40");
  EXPECT_EQ(keys(numbers, make_query(Ids{{DocKey::from_i64(40), DocKey::from_i64(7)}})), "40");
}

}  // namespace
}  // namespace stele::engine
