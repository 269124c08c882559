// How fast do the engines load, change and search, side by side? 60,000 documents of 60 words with Zipf's
// frequencies, like a package catalogue. CPU time of the one thread, so that what runs beside it counts
// little.
//   bench_engine [DOCUMENTS [ENGINE]]   ENGINE = reference or segments: that one alone
#include "engine/engine.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

#include "base/check.h"

namespace {

using namespace stele;
using namespace stele::engine;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

class Words {
 public:
  // Word n comes about 1/n as often as the first.
  std::string next() {
    const double u = std::uniform_real_distribution<double>(0, std::log(kCount))(random_);
    return fmt::format("word{}", static_cast<int>(std::exp(u)));
  }
  std::string text(int words) {
    std::string text;
    for (int i = 0; i < words; ++i) text += next() + " ";
    return text;
  }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

 private:
  static constexpr double kCount = 100'000;
  std::mt19937 random_{7};
};

using Figures = std::vector<std::pair<std::string, double>>;

class Bench {
 public:
  using Make = std::unique_ptr<Engine> (*)(VisibleLsn&);
  Bench(std::size_t documents, Make make) : engine_(make(visible_)) {
    auto schema = Schema::create({{.path = "name", .type = FieldType::kText},
                                  {.path = "description", .type = FieldType::kText},
                                  {.path = "section"},
                                  {.path = "size", .type = FieldType::kLong},
                                  {.path = "words", .type = FieldType::kDenseVector, .dimension = 64}});
    collections_ = {*engine_->create_collection({.name = "catalogue", .key_layout = {KeyType::kU64}},
                                                *std::move(schema))};
    for (std::size_t i = 0; i < documents; ++i) changes_.push_back(change(i));
  }

  const Figures& figures() const { return figures_; }

  void load() {
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < changes_.size(); i += 1000) {
      const std::size_t end = std::min(changes_.size(), i + 1000);
      apply({changes_.begin() + static_cast<std::ptrdiff_t>(i),
             changes_.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    const double loaded = cpu_seconds();
    maintain();
    const auto count = static_cast<double>(changes_.size());
    figures_.emplace_back("load, us a document", (loaded - start) / count * 1e6);
    figures_.emplace_back("joining, us a document", (cpu_seconds() - loaded) / count * 1e6);
    figures_.emplace_back("memory, bytes a document",
                          static_cast<double>(collections_[0]->stats().memory_bytes) / count);
    figures_.emplace_back("segments", static_cast<double>(collections_[0]->stats().segments));
  }

  void update(std::size_t count) {
    const double start = cpu_seconds();
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double before = cpu_seconds();
      apply({changes_[i * 7919 % changes_.size()]});
      worst = std::max(worst, cpu_seconds() - before);
    }
    figures_.emplace_back("single-row transaction, us",
                          (cpu_seconds() - start) / static_cast<double>(count) * 1e6);
    figures_.emplace_back("the longest of them, us", worst * 1e6);
  }

  void query(std::string_view name, QueryPtr query, Select select = {},
             std::optional<std::size_t> total = 10'000) {
    run(name,
        {.targets = {Target{}},
         .root = Stage{std::move(select), {Stage{Retrieve{.source = TextSearch{std::move(query)}}}}, "hits"},
         .totals = {{"hits", total}}});
  }

  void aggregate(std::string_view name, QueryPtr query, std::vector<Aggregation> aggregations) {
    run(name, {.targets = {Target{}},
               .root = Stage{Select{.limit = 0}, {Stage{Retrieve{.source = TextSearch{std::move(query)}}}}},
               .aggregations = std::move(aggregations)});
  }

  void nearest() {
    Retrieve retrieve{.source = Nearest{.field = "words", .vector = std::vector<float>(64, 1)}, .k = 10};
    run("nearest 10 of all, exact",
        {.targets = {Target{}}, .root = Stage{Select{}, {Stage{std::move(retrieve)}}}});
  }

 private:
  Change change(std::size_t key) {
    Change change;
    change.document.key = DocKey::from_u64(key);
    const std::string description = words_.text(60);
    change.document.source = fmt::format(R"({{"description":"{}"}})", description);
    std::vector<float> vector(64);
    for (float& element : vector) element = static_cast<float>(words_.below(100)) / 100;
    change.document.fields = {{FieldId(0), {words_.text(2)}},
                              {FieldId(1), {description}},
                              {FieldId(2), {fmt::format("section{}", words_.below(50))}},
                              {FieldId(3), {static_cast<std::int64_t>(words_.below(100'000))}}};
    change.document.vectors = {{FieldId(4), std::move(vector)}};
    return change;
  }

  void apply(std::vector<Change> changes) {
    lsn_ = Lsn(lsn_.value() + 1);
    STELE_CHECK(collections_[0]->apply({lsn_, std::move(changes)}).has_value());
    visible_.publish(lsn_);
  }

  void maintain() {
    while (collections_[0]->maintain()) {
    }
  }

  void run(std::string_view name, const Request& request) {
    constexpr int kRounds = 30;
    const double start = cpu_seconds();
    for (int i = 0; i < kRounds; ++i)
      STELE_CHECK(engine_->search(Snapshot::take(visible_, collections_), request).has_value());
    figures_.emplace_back(std::string(name) + ", us", (cpu_seconds() - start) / kRounds * 1e6);
  }

  Words words_;
  VisibleLsn visible_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::shared_ptr<Collection>> collections_;
  std::vector<Change> changes_;
  Lsn lsn_;
  Figures figures_;
};

// All that is measured of one engine.
Figures measure(std::size_t documents, Bench::Make make) {
  Bench bench(documents, make);
  bench.load();
  const auto match = [](const char* text, Operator op = Operator::kOr) {
    return make_query(Match{.field = "description", .text = text, .op = op});
  };
  const QueryPtr rare = match("word500 word2000");
  bench.query("match_all", make_query(MatchAll{}));
  bench.query("term, common", match("word2"));
  bench.query("term, common, exact total", match("word2"), {}, std::nullopt);
  bench.query("union, common words", match("word1 word2 word3"));
  bench.query("union, common words, exact total", match("word1 word2 word3"), {}, std::nullopt);
  bench.query("union, common and rare", match("word1 word300 word5000"));
  bench.query("union, rare words", rare);
  bench.query("intersection, common words", match("word1 word2 word3", Operator::kAnd));
  bench.query("intersection, common and rare", match("word1 word900", Operator::kAnd));
  bench.query(
      "match and filters",
      make_query(Bool{.must = {rare},
                      .filter = {make_query(Range{.field = "size", .gte = 1000, .lt = 50'000}),
                                 make_query(Terms{"section", {"section1", "section2", "section3"}})}}));
  bench.query("phrase", make_query(MatchPhrase{.field = "description", .text = "word1 word2"}));
  bench.query("phrase, slop 2",
              make_query(MatchPhrase{.field = "description", .text = "word10 word20", .slop = 2}));
  bench.query("prefix", make_query(Prefix{"description", "word77"}));
  bench.query("match_all sorted by size", make_query(MatchAll{}), {.sort = {{.field = "size"}}});
  bench.query("match_all sorted by section", make_query(MatchAll{}),
              {.sort = {{.field = "section"}, {.field = "size"}}});
  bench.aggregate("terms with a sub-metric over all", make_query(MatchAll{}),
                  {{.name = "sections",
                    .kind = TermsBuckets{.field = "section"},
                    .inner = {{.name = "size", .kind = Metric{.field = "size"}}}}});
  bench.nearest();
  bench.update(20'000);
  bench.query("union, rare words, 1/3 updated", rare);
  return bench.figures();
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t documents = argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 60'000;
  const std::string_view only = argc > 2 ? argv[2] : "";
  const Bench::Make reference = [](VisibleLsn& visible) { return make_reference_engine(visible); };
  const Bench::Make segments = [](VisibleLsn& visible) { return make_engine(visible); };
  const Figures left = only == "segments" ? Figures() : measure(documents, reference);
  const Figures right = only == "reference" ? Figures() : measure(documents, segments);
  fmt::print("{} documents{:26} {:>10} {:>10}   ratio\n", documents, "", "reference", "segments");
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const double first = left.empty() ? 0 : left[i].second;
    const double second = right.empty() ? 0 : right[i].second;
    fmt::print("{:42} {:10.1f} {:10.1f}   {:5.2f}\n", left.empty() ? right[i].first : left[i].first, first,
               second, second > 0 ? first / second : 0);
  }
  return 0;
}
