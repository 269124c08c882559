// Searches for vectors through the engine, with graphs in its segments, beside the reference that looks at
// every one.
#include <fmt/format.h>

#include <random>

#include "engine/conformance.h"

namespace stele::engine {
namespace {

constexpr std::uint32_t kDimension = 12;

class VectorSearches : public testing::Test {
 protected:
  struct Side {
    VisibleLsn visible;
    std::unique_ptr<Engine> engine;
    std::shared_ptr<Collection> collection;
    Snapshot now() { return Snapshot::take(visible, std::span(&collection, 1)); }
  };

  VectorSearches() {
    reference_.engine = make_reference_engine(reference_.visible);
    tested_.engine = make_engine(tested_.visible, system_clock(), {.seal_documents = 200});
    for (int i = 0; i < 16; ++i) centres_.push_back(noise(1.0F));
    for (Side* side : {&reference_, &tested_})
      side->collection = *side->engine->create_collection(
          {.name = "items"},
          *Schema::create({{.path = "v",
                            .type = FieldType::kDenseVector,
                            .dimension = kDimension,
                            .similarity = Similarity::kEuclid,
                            .vector_index = {.links = 8, .effort = 60, .scan_kilobytes = 10}},
                           {.path = "n", .type = FieldType::kLong}}));
  }

  std::vector<float> noise(float width) {
    std::normal_distribution<float> normal(0, width);
    std::vector<float> vector(kDimension);
    for (float& element : vector) element = normal(random_);
    return vector;
  }
  std::vector<float> next() {
    std::vector<float> vector = centres_[random_() % centres_.size()];
    const std::vector<float> more = noise(0.5F);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] += more[i];
    return vector;
  }

  void apply(const std::vector<Row>& rows, const std::vector<std::string>& removed = {}) {
    lsn_ = Lsn(lsn_.value() + 1);
    for (Side* side : {&reference_, &tested_}) {
      ChangeBatch batch{lsn_, {}};
      for (const Row& row : rows) batch.changes.push_back(row.change(*side->collection->schema()));
      for (const std::string& key : removed) {
        Change& change = batch.changes.emplace_back();
        change.kind = Change::Kind::kDelete;
        change.document.key = DocKey::from_text(key);
      }
      ASSERT_TRUE(side->collection->apply(std::move(batch)).has_value());
      side->visible.publish(lsn_);
    }
  }
  void load(int begin, int end) {
    std::vector<Row> rows;
    for (int i = begin; i < end; ++i) {
      Row item = row(fmt::format("k{}", i));
      item.set("n", Value(static_cast<std::int64_t>(i)));
      if (i % 7 != 0) item.vector("v", next());
      rows.push_back(std::move(item));
    }
    apply(rows);
  }
  void maintain() {
    for (Side* side : {&reference_, &tested_})
      while (side->collection->maintain()) {
      }
  }

  static Request request(Retrieve retrieve) {
    return {.targets = {Target{}}, .root = Stage{Select{}, {Stage{std::move(retrieve), {}, {}}}}};
  }
  Retrieve nearest(QueryPtr filter = nullptr) {
    Retrieve retrieve{.source = Nearest{.field = "v", .vector = next()}, .filter = std::move(filter)};
    retrieve.k = 10;
    return retrieve;
  }
  static std::vector<std::string> keys(const Result<SearchResult>& result) {
    std::vector<std::string> found;
    EXPECT_TRUE(result.has_value());
    if (!result) return found;
    for (const Hit& hit : result->hits)
      found.push_back(fmt::format("{} {}", hit.key.to_string(), *hit.score));
    return found;
  }
  std::vector<std::string> expected(const Retrieve& retrieve, const Snapshot& snapshot) {
    return keys(reference_.engine->search(snapshot, request(retrieve)));
  }
  std::vector<std::string> found(const Retrieve& retrieve, const Snapshot& snapshot) {
    return keys(tested_.engine->search(snapshot, request(retrieve)));
  }
  // Over some queries.
  double recall(const QueryPtr& filter, const Snapshot& right, const Snapshot& tested) {
    std::size_t same = 0;
    std::size_t wanted = 0;
    for (int i = 0; i < 15; ++i) {
      const Retrieve retrieve = nearest(filter);
      const std::vector<std::string> best = expected(retrieve, right);
      wanted += best.size();
      for (const std::string& key : found(retrieve, tested))
        same += std::find(best.begin(), best.end(), key) != best.end() ? 1 : 0;
    }
    return static_cast<double>(same) / static_cast<double>(wanted);
  }
  double recall(const QueryPtr& filter = nullptr) { return recall(filter, reference_.now(), tested_.now()); }

  std::mt19937 random_{3};
  std::vector<std::vector<float>> centres_;
  Side reference_;
  Side tested_;
  Lsn lsn_{10};
};

QueryPtr below(std::int64_t bound) {
  return make_query(Range{.field = "n", .lt = Value(bound)});
}

TEST_F(VectorSearches, FindWhatIsVisibleAndPassesTheFilter) {
  load(0, 1000);
  maintain();
  load(1000, 1050);
  EXPECT_GE(recall(), 0.95);
  for (const std::int64_t bound : {900, 300, 100, 10}) EXPECT_GE(recall(below(bound)), 0.95) << bound;
  EXPECT_TRUE(found(nearest(below(0)), tested_.now()).empty());
  const Snapshot before_expected = reference_.now();
  const Snapshot before_tested = tested_.now();
  // Some go, some move, one in a segment with a graph.
  std::vector<std::string> removed;
  for (int i = 0; i < 1000; i += 4) removed.push_back(fmt::format("k{}", i));
  std::vector<Row> moved;
  for (int i = 1; i < 300; i += 4) moved.push_back(row(fmt::format("k{}", i)).vector("v", next()));
  apply(moved, removed);
  EXPECT_GE(recall(), 0.95);
  EXPECT_GE(recall(below(400)), 0.95);
  EXPECT_GE(recall(nullptr, before_expected, before_tested), 0.95);
  for (int i = 0; i < 10; ++i) {
    Retrieve retrieve = nearest(i % 2 == 0 ? nullptr : below(500));
    retrieve.exact = true;
    EXPECT_EQ(found(retrieve, tested_.now()), expected(retrieve, reference_.now()));
    EXPECT_EQ(found(retrieve, before_tested), expected(retrieve, before_expected));
  }
}

TEST_F(VectorSearches, AGraphComesWithTheFirstMaintenance) {
  load(0, 400);
  Retrieve retrieve = nearest();
  retrieve.indexed_only = true;
  EXPECT_TRUE(found(retrieve, tested_.now()).empty());
  retrieve.indexed_only = false;
  EXPECT_EQ(found(retrieve, tested_.now()), expected(retrieve, reference_.now()));
  const std::size_t before = tested_.collection->stats().memory_bytes;
  maintain();
  EXPECT_GT(tested_.collection->stats().memory_bytes, before);
  EXPECT_FALSE(tested_.collection->maintain());
  retrieve.indexed_only = true;
  EXPECT_EQ(found(retrieve, tested_.now()).size(), 10U);
}

TEST_F(VectorSearches, ThresholdsClausesAndExamples) {
  load(0, 600);
  maintain();
  Retrieve retrieve = nearest();
  retrieve.ef = 300;
  const std::vector<std::string> best = expected(retrieve, reference_.now());
  EXPECT_EQ(found(retrieve, tested_.now()), best);
  retrieve.score_threshold = 1.2F;
  EXPECT_EQ(found(retrieve, tested_.now()), expected(retrieve, reference_.now()));
  Retrieve like = nearest();
  like.source = Nearest{.field = "v", .like = DocKey::from_text("k5")};
  like.ef = 300;
  EXPECT_EQ(found(like, tested_.now()).size(), 10U);
  EXPECT_EQ(found(like, tested_.now()), expected(like, reference_.now()));
  Retrieve clause{.source = TextSearch{make_query(KnnClause{.field = "v", .vector = next(), .ef = 300})}};
  EXPECT_EQ(found(clause, tested_.now()), expected(clause, reference_.now()));
}

}  // namespace
}  // namespace stele::engine
