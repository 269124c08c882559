#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "engine/conformance.h"

namespace stele::engine {
namespace {

class Concurrency : public EngineConformance {};
INSTANTIATE_TEST_SUITE_P(Engines, Concurrency, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

// One writer moves money between two accounts in each of two collections, and a third thread joins segments;
// readers always see the sum, in both collections the same transaction, whatever happens beside them.
TEST_P(Concurrency, ReadersSeeWholeTransactions) {
  constexpr std::int64_t kTransactions = 1500;
  const std::vector<FieldDefinition> fields = {{.path = "amount", .type = FieldType::kLong},
                                               {.path = "turn", .type = FieldType::kLong},
                                               {.path = "note", .type = FieldType::kText}};
  const std::vector<std::shared_ptr<Collection>> banks = {create(fields, "left"), create(fields, "right")};
  const auto transfer = [&](std::int64_t turn) {
    const std::int64_t amount = turn * 37 % 1000;
    const std::vector<Row> rows = {
        row("a").set("amount", amount).set("turn", turn).set("note", "from here"),
        row("b").set("amount", 1000 - amount).set("turn", turn).set("note", "to there")};
    lsn_ = Lsn(lsn_.value() + 1);
    for (const auto& bank : banks) {
      ChangeBatch batch{lsn_, {}};
      for (const Row& change : rows) batch.changes.push_back(change.change(*bank->schema()));
      ASSERT_TRUE(bank->apply(std::move(batch)).has_value());
    }
    show();
  };
  transfer(0);
  std::atomic<bool> done = false;
  std::atomic<std::size_t> reads = 0;
  const auto read = [&] {
    Request request = text_request(make_query(Match{.field = "note", .text = "here there"}));
    request.targets = {Target{.collection = 0}, Target{.collection = 1}};
    request.root = Stage{Select{.sort = {{.kind = SortKey::Kind::kKey}}}, request.root.inputs, "hits"};
    request.fetch.fields = {"amount", "turn"};
    while (!done.load()) {
      const auto result = engine_->search(Snapshot::take(visible_, banks), request);
      ASSERT_TRUE(result.has_value());
      ASSERT_EQ(keys_of(*result), "a a b b");
      std::int64_t sum = 0;
      for (const Hit& hit : result->hits) {
        sum += *hit.fields[0].second[0].integer();
        ASSERT_EQ(hit.fields[1].second, result->hits[0].fields[1].second);
      }
      ASSERT_EQ(sum, 2000);
      reads.fetch_add(1);
    }
  };
  std::thread first(read);
  std::thread second(read);
  std::thread joiner([&] {
    while (!done.load()) {
      for (const auto& bank : banks) bank->maintain();
      (void)banks[0]->stats();
      std::this_thread::yield();
    }
  });
  for (std::int64_t turn = 1; turn <= kTransactions; ++turn) transfer(turn);
  // Without a reader that has come through, the test would show nothing.
  while (reads.load() < 20) std::this_thread::yield();
  done.store(true);
  first.join();
  second.join();
  joiner.join();
  EXPECT_EQ(visible_.pin_count(), 0U);
  EXPECT_EQ(banks[0]->stats().documents, 2U);
  EXPECT_LT(banks[0]->stats().dead_versions, 2000U);
}

}  // namespace
}  // namespace stele::engine
