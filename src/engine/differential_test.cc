// The same random life of a collection and the same random requests on every engine: the reference says what
// is right, to the last bit.
#include <fmt/format.h>

#include <cmath>
#include <random>

#include "base/check.h"
#include "engine/conformance.h"

namespace stele::engine {
namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  // Small numbers often, as words are distributed.
  std::size_t zipf(std::size_t count) {
    const double u = std::uniform_real_distribution<double>(0, std::log(static_cast<double>(count)))(random_);
    return static_cast<std::size_t>(std::exp(u)) - 1;
  }
  std::string word() { return fmt::format("w{}", zipf(80)); }
  std::string words(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + word();
    return text;
  }
  float element() { return static_cast<float>(below(2000)) / 1000 - 1; }

 private:
  std::mt19937 random_;
};

const std::vector<FieldDefinition> kFields = {
    {.path = "text", .type = FieldType::kText},
    {.path = "short", .type = FieldType::kText, .norms = false},
    {.path = "tag"},
    {.path = "text.raw", .ignore_above = 30, .values_of = "text"},
    {.path = "n", .type = FieldType::kLong},
    {.path = "d", .type = FieldType::kDouble},
    {.path = "b", .type = FieldType::kBoolean, .null_value = Value(true)},
    {.path = "when", .type = FieldType::kDate},
    {.path = "v", .type = FieldType::kDenseVector, .dimension = 5, .similarity = Similarity::kEuclid}};

Change random_change(Dice& dice, const Schema& schema) {
  Row row(DocKey::from_text(fmt::format("k{}", dice.below(300))));
  if (!dice.one_in(10)) row.set("text", dice.words(1 + dice.zipf(60)));
  if (dice.one_in(6)) row.set("text", dice.words(3));
  if (dice.one_in(2)) row.set("short", dice.words(2));
  for (std::size_t i = dice.below(4); i > 0; --i) row.set("tag", fmt::format("t{}", dice.zipf(40)));
  if (!dice.one_in(3)) row.set("n", Value(static_cast<std::int64_t>(dice.below(500)) - 250));
  if (dice.one_in(20)) row.set("n", Value(std::int64_t{1} << 62));
  if (dice.one_in(2)) row.set("d", Value(static_cast<double>(dice.below(1000)) / 7 - 50));
  if (dice.one_in(3)) row.set("b", dice.one_in(3) ? Value() : Value(dice.one_in(2)));
  if (dice.one_in(2)) row.set("when", Value(static_cast<std::int64_t>(dice.below(1000)) * 1'000'000'000));
  if (dice.one_in(2))
    row.vector("v", {dice.element(), dice.element(), dice.element(), dice.element(), dice.element()});
  row.source(fmt::format(R"({{"x":{}}})", dice.below(100000)));
  if (dice.one_in(8)) row.keeping({"text", "tag", "v"}).same_source();
  return row.change(schema);
}

ChangeBatch random_batch(Dice& dice, const Schema& schema, Lsn lsn) {
  ChangeBatch batch{lsn, {}};
  const std::size_t count = dice.one_in(5) ? 60 + dice.below(200) : 1 + dice.below(12);
  for (std::size_t i = 0; i < count; ++i) {
    batch.changes.push_back(random_change(dice, schema));
    if (!dice.one_in(6)) continue;
    Change& change = batch.changes.emplace_back();
    change.kind = dice.one_in(400) ? Change::Kind::kTruncate : Change::Kind::kDelete;
    change.document.key = DocKey::from_text(fmt::format("k{}", dice.below(300)));
  }
  return batch;
}

QueryPtr random_query(Dice& dice, int depth);

std::vector<QueryPtr> random_queries(Dice& dice, int depth, std::size_t most) {
  std::vector<QueryPtr> queries;
  for (std::size_t i = dice.below(most + 1); i > 0; --i) queries.push_back(random_query(dice, depth - 1));
  return queries;
}

QueryPtr random_leaf(Dice& dice) {
  const float boost = dice.one_in(4) ? 2.5F : 1.0F;
  const std::string field = dice.one_in(4) ? "short" : "text";
  const Operator op = dice.one_in(3) ? Operator::kAnd : Operator::kOr;
  const auto number = [&] { return Value(static_cast<std::int64_t>(dice.below(500)) - 250); };
  switch (dice.below(19)) {
    case 0:
    case 1:
    case 2:
      return make_query(Match{.field = field, .text = dice.words(1 + dice.below(4)), .op = op}, boost);
    case 3:
      return make_query(MatchPhrase{.field = field, .text = dice.words(2 + dice.below(2))}, boost);
    case 4:
      return make_query(MatchPhrase{.field = "text",
                                    .text = dice.words(2 + dice.below(2)),
                                    .slop = 1 + static_cast<std::uint32_t>(dice.below(3))},
                        boost);
    case 5:
      return make_query(Term{field, dice.word()}, boost);
    case 6:
      return make_query(Term{"tag", fmt::format("t{}", dice.zipf(40))}, boost);
    case 7:
      return make_query(Terms{"tag", {fmt::format("t{}", dice.zipf(40)), "t3"}}, boost);
    case 8:
      return make_query(Range{.field = "n", .gte = number(), .lt = number()}, boost);
    case 9:
      return make_query(Range{.field = "d", .gt = Value(static_cast<double>(dice.below(100)) - 50)}, boost);
    case 10:
      return make_query(Exists{dice.one_in(2) ? "n" : "text"}, boost);
    case 11:
      return make_query(Prefix{"tag", fmt::format("t{}", dice.below(4))}, boost);
    case 12:
      return make_query(Wildcard{"text.raw", fmt::format("*{}", dice.word())}, boost);
    case 13:
      return make_query(Term{"b", Value(dice.one_in(2))}, boost);
    case 14:
      return make_query(TermsExcept{"tag", {"t0", "t1"}}, boost);
    case 16:
      return make_query(Fuzzy{.field = field, .value = dice.word(), .fuzziness = "1"}, boost);
    case 17:
      return make_query(Regexp{.field = field, .pattern = "w[1-3][0-5]?"}, boost);
    case 15:
      return make_query(Ids{{DocKey::from_text(fmt::format("k{}", dice.below(300)))}}, boost);
    default:
      return make_query(Range{.field = "text", .gte = "w2", .lt = "w4"}, boost);
  }
}

QueryPtr random_query(Dice& dice, int depth) {
  if (depth <= 0 || dice.one_in(2)) return random_leaf(dice);
  if (dice.one_in(8)) return make_query(DisMax{random_queries(dice, depth, 3), dice.one_in(2) ? 0.0F : 0.3F});
  if (dice.one_in(8)) return make_query(ConstantScore{random_query(dice, depth - 1)}, 1.5F);
  Bool node{.must = random_queries(dice, depth, 2),
            .filter = random_queries(dice, depth, 1),
            .should = random_queries(dice, depth, 3),
            .must_not = random_queries(dice, depth, 1)};
  return make_query(std::move(node));
}

// Terms alone, as top-k searches skip over them.
QueryPtr random_terms(Dice& dice) {
  std::vector<QueryPtr> terms;
  for (std::size_t i = 1 + dice.below(4); i > 0; --i) terms.push_back(make_query(Term{"text", dice.word()}));
  Bool node;
  (dice.one_in(2) ? node.must : node.should) = std::move(terms);
  if (dice.one_in(3)) node.filter.push_back(make_query(Range{.field = "n", .gte = Value(0)}));
  if (dice.one_in(4)) node.must_not.push_back(make_query(Term{"tag", "t0"}));
  return make_query(std::move(node));
}

Value random_value(Dice& dice, const std::string& field) {
  if (field == "tag") return Value(fmt::format("t{}", dice.below(50)));
  if (field == "d") return Value(static_cast<double>(dice.below(1000)) / 7 - 50);
  if (field == "b") return Value(dice.one_in(2));
  if (field == "when") return Value(static_cast<std::int64_t>(dice.below(1000)) * 1'000'000'000);
  return Value(static_cast<std::int64_t>(dice.below(500)) - 250);
}

SortKey random_key(Dice& dice, const std::string& field) {
  SortKey key{.field = field, .direction = dice.one_in(2) ? Direction::kAscending : Direction::kDescending};
  if (dice.one_in(3)) key.mode = dice.one_in(2) ? SortMode::kMin : SortMode::kMax;
  if (dice.one_in(4)) key.missing = SortKey::Missing::kFirst;
  if (dice.one_in(6)) {
    key.missing = SortKey::Missing::kValue;
    key.missing_value = random_value(dice, field);
  }
  return key;
}

Request random_request(Dice& dice) {
  Select select{.offset = dice.one_in(4) ? dice.below(5) : 0,
                .limit = dice.one_in(5) ? 1000 : dice.below(13)};
  const bool terms = dice.one_in(2);
  Request request = text_request(terms ? random_terms(dice) : random_query(dice, 3), select);
  auto& root = std::get<Select>(request.root.step);
  request.totals = {{.stage = "query", .limit = dice.one_in(2) ? dice.below(30) : 100'000}};
  if (dice.one_in(5)) request.totals.clear();
  if (dice.one_in(3)) {
    const std::string field = std::vector<std::string>{"n", "d", "tag", "when", "b"}[dice.below(5)];
    root.sort = {random_key(dice, field)};
    if (dice.one_in(2)) root.sort.push_back({.kind = SortKey::Kind::kDoc});
    if (dice.one_in(3)) {
      root.search_after = {random_value(dice, field)};
      if (root.sort.size() > 1) root.search_after.emplace_back(static_cast<std::int64_t>(dice.below(2000)));
    }
  }
  if (dice.one_in(8)) root.collapse = Collapse{.field = "tag"};
  if (dice.one_in(4)) {
    request.aggregations = {{.name = "tags", .kind = TermsBuckets{.field = "tag"}},
                            {.name = "stats", .kind = Metric{.field = "n"}}};
    request.aggregations[0].inner = {{.name = "d", .kind = Metric{.field = "d"}}};
  }
  if (dice.one_in(6)) {
    Nearest nearest{.field = "v", .vector = {dice.element(), 0, dice.element(), 0, 1}};
    Retrieve retrieve{
        .source = std::move(nearest), .filter = dice.one_in(2) ? random_leaf(dice) : nullptr, .k = 7};
    request.root.inputs[0].step = std::move(retrieve);
  }
  request.fetch.fields = {"tag", "n", "d", "b", "when", "text.raw"};
  return request;
}

std::string describe(const AggregationResult& result) {
  std::string text = fmt::format("{}/{}/{}/{}", result.metric.count, result.metric.sum, result.metric.min,
                                 result.metric.max);
  for (const Bucket& bucket : result.buckets) {
    text += fmt::format(" [{}:{}", to_string(bucket.key), bucket.documents);
    for (const auto& [name, inner] : bucket.inner) text += " " + describe(inner);
    text += "]";
  }
  return text;
}

std::string describe(const Document& document) {
  std::string text =
      fmt::format("{} v{} s{} r{} {} lsn{}", document.key.to_string(), document.version, document.seq_no,
                  document.routing, document.source, document.lsn.to_string());
  for (const FieldValues& field : document.fields)
    for (const Value& value : field.values)
      text += fmt::format(" {}={}", field.field.value(), to_string(value));
  for (const VectorValue& vector : document.vectors)
    for (const float element : vector.elements) text += fmt::format(" {}~{}", vector.field.value(), element);
  return text;
}

std::string describe(const Result<SearchResult>& result) {
  if (!result) return result.error().message;
  std::string text;
  for (const auto& [name, total] : result->totals)
    text += fmt::format("{}: {}{}\n", name, total.value, total.at_least ? "+" : "");
  if (result->max_score) text += fmt::format("max {}\n", *result->max_score);
  for (const Hit& hit : result->hits) {
    text += fmt::format("{} #{} ", hit.key.to_string(), hit.sequence);
    if (hit.score) text += fmt::format("{} ", *hit.score);
    for (const Value& value : hit.sort_values) text += to_string(value) + " ";
    text += to_string(hit.group);
    for (const auto& [path, values] : hit.fields)
      text += fmt::format(" {}={}", path, to_string(Value(values)));
    text += " " + describe(*hit.document) + "\n";
  }
  for (const auto& [name, aggregation] : result->aggregations)
    text += name + " " + describe(aggregation) + "\n";
  return text;
}

// One engine with its collection and the snapshots that are held on it.
struct Life {
  explicit Life(const EngineUnderTest& tested) : engine(tested.make(visible)) {
    collection = *engine->create_collection({.name = "life"}, *Schema::create(kFields));
  }
  VisibleLsn visible;
  std::unique_ptr<Engine> engine;
  std::shared_ptr<Collection> collection;
  Snapshot held;
};

class Differential : public testing::TestWithParam<EngineUnderTest> {
 protected:
  Differential() : reference_(engines_under_test()[0]), tested_(GetParam()) {}

  void apply(Dice& dice) {
    lsn_ = Lsn(lsn_.value() + 1);
    const ChangeBatch batch = random_batch(dice, *reference_.collection->schema(), lsn_);
    for (Life* life : {&reference_, &tested_}) {
      ASSERT_TRUE(life->collection->apply(batch).has_value());
      life->visible.publish(lsn_);
    }
  }

  void compare(const Request& request, const Snapshot& expected, const Snapshot& tested) {
    ASSERT_EQ(describe(reference_.engine->search(expected, request)),
              describe(tested_.engine->search(tested, request)))
        << "at " << lsn_.to_string();
  }

  void search(Dice& dice) {
    const Request request = random_request(dice);
    compare(request, Snapshot::take(reference_.visible, std::span(&reference_.collection, 1)),
            Snapshot::take(tested_.visible, std::span(&tested_.collection, 1)));
    if (reference_.held.size() > 0) compare(request, reference_.held, tested_.held);
    const DocKey key = DocKey::from_text(fmt::format("k{}", dice.below(300)));
    const DocumentPtr expected = reference_.collection->latest(key);
    const DocumentPtr found = tested_.collection->latest(key);
    ASSERT_EQ(expected ? describe(*expected) : "", found ? describe(*found) : "");
  }

  // Snapshots of both at once: what they keep from being dropped counts in scores.
  void hold(bool held) {
    for (Life* life : {&reference_, &tested_})
      life->held = held ? Snapshot::take(life->visible, std::span(&life->collection, 1)) : Snapshot();
  }

  Life reference_;
  Life tested_;
  Lsn lsn_{10};
};

std::vector<EngineUnderTest> all_but_reference() {
  std::vector<EngineUnderTest> engines = engines_under_test();
  engines.erase(engines.begin());
  return engines;
}
INSTANTIATE_TEST_SUITE_P(Engines, Differential, testing::ValuesIn(all_but_reference()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(Differential, RandomLivesAndRequests) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    Dice dice(seed);
    for (int step = 0; step < 40 && !HasFatalFailure(); ++step) {
      apply(dice);
      if (dice.one_in(3)) {
        const bool more = reference_.collection->maintain();
        ASSERT_EQ(tested_.collection->maintain(), more);
      }
      if (dice.one_in(10)) hold(dice.one_in(2));
      for (int i = 0; i < 4 && !HasFatalFailure(); ++i) search(dice);
      ASSERT_EQ(reference_.collection->stats().documents, tested_.collection->stats().documents);
    }
  }
  hold(false);
}

}  // namespace
}  // namespace stele::engine
