// The engine's side of the text bench: see run.py.
//   bench_text generate FILE DOCUMENTS   writes a corpus, one document a line
//   bench_text serve FILE                reads it, says how long indexing took, then answers lines of
//                                        "COMMAND<tab>QUERY<tab>ROUNDS" with "COUNT NANOSECONDS" (the fewest)
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>

#include "base/check.h"
#include "corpus.h"
#include "engine/engine.h"

namespace {

using namespace stele;
using namespace stele::engine;

std::int64_t cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// "a b", "+a +b -c", "\"a b\"".
QueryPtr parse(const std::string& text) {
  if (text.starts_with('"'))
    return make_query(MatchPhrase{.field = "text", .text = text.substr(1, text.size() - 2)});
  Bool node;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    std::string word = text.substr(begin, end - begin);
    begin = end + 1;
    std::vector<QueryPtr>* clauses = &node.should;
    if (word[0] == '+') clauses = &node.must;
    if (word[0] == '-') clauses = &node.must_not;
    if (clauses != &node.should) word.erase(0, 1);
    clauses->push_back(make_query(Term{"text", std::move(word)}));
  }
  return make_query(std::move(node));
}

class Index {
 public:
  explicit Index(const std::string& path) : engine_(make_engine(visible_)) {
    collections_ = {
        *engine_->create_collection({.name = "texts", .key_layout = {KeyType::kU64}},
                                    *Schema::create({{.path = "text", .type = FieldType::kText}}))};
    std::ifstream file(path);
    const std::int64_t start = cpu_nanoseconds();
    std::size_t documents = 0;
    for (std::vector<Change> changes; read(file, changes, documents);) {
      lsn_ = Lsn(lsn_.value() + 1);
      STELE_CHECK(collections_[0]->apply({lsn_, std::move(changes)}).has_value());
      visible_.publish(lsn_);
      changes.clear();
    }
    const std::int64_t loaded = cpu_nanoseconds();
    while (collections_[0]->maintain()) {
    }
    const CollectionStats stats = collections_[0]->stats();
    fmt::print("{} {} {} {} {}\n", stats.documents, loaded - start, cpu_nanoseconds() - loaded,
               stats.segments, stats.memory_bytes);
    std::fflush(stdout);
  }

  void answer(const std::string& command, const std::string& text, int rounds) {
    Request request{.targets = {Target{}}};
    Select select{.limit = 0};
    if (command == "TOP_10") select.limit = 10;
    if (command == "TOP_100_COUNT") select.limit = 100;
    request.root = Stage{std::move(select), {Stage{Retrieve{.source = TextSearch{parse(text)}}}}, "hits"};
    if (command != "TOP_10") request.totals = {{"hits", std::nullopt}};

    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    std::size_t count = 0;
    for (int round = 0; round < rounds; ++round) {
      const std::int64_t start = cpu_nanoseconds();
      const auto result = engine_->search(Snapshot::take(visible_, collections_), request);
      best = std::min(best, cpu_nanoseconds() - start);
      STELE_CHECK(result.has_value());
      count = command == "TOP_10" ? result->hits.size() : result->totals.at("hits").value;
    }
    fmt::print("{} {}\n", count, best);
    std::fflush(stdout);
  }

 private:
  static bool read(std::ifstream& file, std::vector<Change>& changes, std::size_t& documents) {
    constexpr std::size_t kBatch = 4096;
    for (std::string line; changes.size() < kBatch && std::getline(file, line);) {
      Change& change = changes.emplace_back();
      change.document.key = DocKey::from_u64(documents++);
      change.document.fields = {{FieldId(0), {std::move(line)}}};
    }
    return !changes.empty();
  }

  VisibleLsn visible_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::shared_ptr<Collection>> collections_;
  Lsn lsn_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  if (mode == "generate" && argc > 3) {
    std::ofstream file(argv[2]);
    Corpus corpus;
    for (long left = std::atol(argv[3]); left > 0; --left) file << corpus.next() << '\n';
    return 0;
  }
  if (mode != "serve") return 2;
  Index index(argv[2]);
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    index.answer(line.substr(0, first), line.substr(first + 1, second - first - 1),
                 std::atoi(line.c_str() + second + 1));
  }
  return 0;
}
