// fuzz: engine
// Random documents and random query trees: no query crashes; boolean combinations of term and range filters
// agree with a naive evaluation over the documents; the same request gives the same answer before and after
// segments are joined.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "engine/engine.h"

namespace {

using namespace stele;
using namespace stele::engine;

// Reads choices off the input; zeroes after its end.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  std::uint32_t below(std::uint32_t bound) { return at_ < size_ ? data_[at_++] % bound : 0; }
  bool done() const { return at_ >= size_; }
  std::string word() {
    static constexpr const char* kWords[] = {"a", "b",   "ab", "fox", "dog",       "",
                                             "é", "a b", "*",  "9",   "2024-01-01"};
    return kWords[below(11)];
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

struct Naive {
  std::vector<std::string> tags;
  std::int64_t number = 0;
  bool has_number = false;
};

// A filter and what it means.
struct Filter {
  QueryPtr query;
  std::vector<bool> matches;  // by document
};

class World {
 public:
  explicit World(Choices& choices) : choices_(choices), engine_(make_reference_engine(visible_)) {
    auto schema = Schema::create({{.path = "tag"},
                                  {.path = "number", .type = FieldType::kLong},
                                  {.path = "text", .type = FieldType::kText},
                                  {.path = "real", .type = FieldType::kDouble},
                                  {.path = "date", .type = FieldType::kDate},
                                  {.path = "vector", .type = FieldType::kDenseVector, .dimension = 2}});
    collections_ = {*engine_->create_collection({.name = "fuzzed"}, *std::move(schema))};
    const std::uint32_t count = choices_.below(40);
    for (std::uint32_t i = 0; i < count; ++i) put(i);
    // Some documents change, so that there are dead versions.
    for (std::uint32_t i = choices_.below(10); i > 0 && count > 0; --i) put(choices_.below(count));
  }

  Filter filter(int depth) {
    const std::uint32_t kind = choices_.below(depth > 0 ? 6 : 3);
    Filter made{nullptr, std::vector<bool>(naive_.size())};
    if (kind == 0) {
      const std::string tag = choices_.word();
      made.query = make_query(Term{"tag", tag});
      for (std::size_t i = 0; i < naive_.size(); ++i)
        for (const std::string& own : naive_[i].tags) made.matches[i] = made.matches[i] || own == tag;
    } else if (kind == 1) {
      const std::int64_t low = choices_.below(20);
      made.query = make_query(Range{.field = "number", .gte = low, .lt = low + 5});
      for (std::size_t i = 0; i < naive_.size(); ++i)
        made.matches[i] = naive_[i].has_number && naive_[i].number >= low && naive_[i].number < low + 5;
    } else if (kind == 2) {
      made.query = make_query(Exists{"number"});
      for (std::size_t i = 0; i < naive_.size(); ++i) made.matches[i] = naive_[i].has_number;
    } else {
      combine(made, depth);
    }
    return made;
  }

  QueryPtr anything(int depth) {
    switch (choices_.below(depth > 0 ? 16 : 11)) {
      case 0:
        return make_query(
            Match{.field = field(), .text = choices_.word() + " " + choices_.word(), .lenient = true});
      case 1:
        return make_query(MatchPhrase{.field = field(),
                                      .text = choices_.word() + " " + choices_.word(),
                                      .slop = choices_.below(4),
                                      .prefix = choices_.below(2) == 1});
      case 2:
        return make_query(Wildcard{field(), choices_.word() + "*" + choices_.word()});
      case 3:
        return make_query(Prefix{field(), choices_.word()});
      case 4:
        return make_query(Range{.field = field(), .gt = choices_.word()});
      case 5:
        return make_query(ValuesCount{.field = field(), .gte = choices_.below(3)});
      case 6:
        return make_query(IsEmpty{field()});
      case 7:
        return make_query(TermsExcept{field(), {choices_.word()}});
      case 8:
        return make_query(KnnClause{.field = field(), .vector = {1, 0}, .k = choices_.below(5)});
      case 9:
        return make_query(
            MultiMatch{.fields = {{field()}, {field(), 2}}, .text = choices_.word(), .lenient = true});
      case 10:
        return make_query(Term{field(), choices_.word()});
      case 11:
        return make_query(
            Bool{.must = {anything(depth - 1)},
                 .should = {anything(depth - 1), anything(depth - 1)},
                 .must_not = {anything(depth - 1)},
                 .minimum_should_match = MinimumShouldMatch::count(static_cast<int>(choices_.below(3)))});
      case 12:
        return make_query(DisMax{{anything(depth - 1), anything(depth - 1)}, 0.5F});
      case 13:
        return make_query(ConstantScore{anything(depth - 1)});
      case 14:
        return make_query(
            FunctionScore{.query = anything(depth - 1),
                          .functions = {{.kind = static_cast<ScoreFunction::Kind>(choices_.below(6)),
                                         .field = field(),
                                         .modifier = static_cast<ScoreFunction::Modifier>(choices_.below(10)),
                                         .missing = 1,
                                         .scale = 1}}});
      default:
        return make_query(Boosting{anything(depth - 1), anything(depth - 1)});
    }
  }

  Request request(QueryPtr query) {
    Select select{.limit = choices_.below(50)};
    if (choices_.below(2) == 1)
      select.sort = {{.field = field(), .direction = static_cast<Direction>(choices_.below(2))}};
    if (choices_.below(4) == 1) select.collapse = Collapse{field(), choices_.below(3)};
    Request request{
        .targets = {Target{}},
        .root = Stage{select, {Stage{Retrieve{.source = TextSearch{std::move(query)}}, {}, "query"}}},
        .totals = {{"query", std::nullopt}}};
    request.aggregations = {{.name = "buckets", .kind = TermsBuckets{.field = field()}}};
    return request;
  }

  Result<SearchResult> search(const Request& request) {
    return engine_->search(Snapshot::take(visible_, collections_), request);
  }
  void join() {
    while (collections_[0]->maintain()) {
    }
  }
  const std::vector<Naive>& naive() const { return naive_; }

 private:
  std::string field() {
    static constexpr const char* kFields[] = {"tag", "number", "text", "real", "date", "vector", "nowhere"};
    return kFields[choices_.below(7)];
  }

  void combine(Filter& made, int depth) {
    const Filter left = filter(depth - 1);
    const Filter right = filter(depth - 1);
    switch (choices_.below(3)) {
      case 0:
        made.query = make_query(Bool{.filter = {left.query, right.query}});
        for (std::size_t i = 0; i < naive_.size(); ++i) made.matches[i] = left.matches[i] && right.matches[i];
        break;
      case 1:
        made.query = make_query(Bool{.should = {left.query, right.query}});
        for (std::size_t i = 0; i < naive_.size(); ++i) made.matches[i] = left.matches[i] || right.matches[i];
        break;
      default:
        made.query = make_query(Bool{.filter = {left.query}, .must_not = {right.query}});
        for (std::size_t i = 0; i < naive_.size(); ++i)
          made.matches[i] = left.matches[i] && !right.matches[i];
    }
  }

  void put(std::uint32_t key) {
    Naive row;
    for (std::uint32_t i = choices_.below(3); i > 0; --i) row.tags.push_back(choices_.word());
    row.has_number = choices_.below(2) == 1;
    row.number = choices_.below(24);
    Change change;
    change.document.key = DocKey::from_u64(key);
    for (const std::string& tag : row.tags) change.document.fields.push_back({FieldId(0), {tag}});
    if (row.has_number) change.document.fields.push_back({FieldId(1), {row.number}});
    change.document.fields.push_back({FieldId(2), {choices_.word() + " " + choices_.word()}});
    change.document.fields.push_back({FieldId(3), {choices_.word()}});
    change.document.fields.push_back({FieldId(4), {choices_.word()}});
    change.document.vectors.push_back({FieldId(5), {static_cast<float>(choices_.below(5)), 1}});
    if (naive_.size() <= key) naive_.resize(key + 1);
    naive_[key] = row;
    lsn_ = Lsn(lsn_.value() + 1);
    ChangeBatch batch{lsn_, {}};
    batch.changes.push_back(std::move(change));
    STELE_CHECK(collections_[0]->apply(std::move(batch)).has_value());
    visible_.publish(lsn_);
  }

  Choices& choices_;
  VisibleLsn visible_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::shared_ptr<Collection>> collections_;
  std::vector<Naive> naive_;
  Lsn lsn_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Choices choices(data, size);
  World world(choices);
  while (!choices.done()) {
    const Filter filter = world.filter(3);
    Request counting{
        .targets = {Target{}},
        .root = Stage{Select{.limit = 1000}, {Stage{Retrieve{.source = TextSearch{filter.query}}}}}};
    const auto found = world.search(counting);
    STELE_CHECK(found.has_value());
    std::size_t expected = 0;
    for (const bool match : filter.matches) expected += match ? 1 : 0;
    STELE_CHECK(found->hits.size() == expected);
    for (const Hit& hit : found->hits) STELE_CHECK(filter.matches[hit.key.as_u64()]);

    const Request request = world.request(world.anything(3));
    const auto before = world.search(request);
    world.join();
    const auto after = world.search(request);
    STELE_CHECK(before.has_value() == after.has_value());
    if (before) STELE_CHECK(before->totals.at("query").value == after->totals.at("query").value);
  }
  return 0;
}
