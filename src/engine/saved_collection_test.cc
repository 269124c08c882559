// What a collection keeps on disk: all of one save, whatever happens in between, and nothing that is not what
// was written.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/conformance.h"
#include "engine/segment/segment_store.h"
#include "io/faulty_directory.h"

namespace stele::engine {
namespace {

using State = std::map<std::string, std::string>;  // key, source

const std::vector<FieldDefinition> kFields = {
    {.path = "text", .type = FieldType::kText},
    {.path = "tag"},
    {.path = "n", .type = FieldType::kLong},
    {.path = "v", .type = FieldType::kDenseVector, .dimension = 3, .similarity = Similarity::kEuclid}};

// A node whose collection is in a directory, and what it must hold.
class Node {
 public:
  explicit Node(std::unique_ptr<io::Directory> directory, const State& state = {}, bool verify = true)
      : state_(state) {
    engine_ = make_engine(visible_, system_clock(), {.seal_documents = 16, .verify_files = verify});
    auto opened = engine_->open_collection({.name = "items"}, *Schema::create(kFields), std::move(directory));
    error_ = opened ? std::nullopt : std::optional(opened.error());
    if (error_) return;
    damage_ = opened->damage;
    lsn_ = opened->saved;
    collection_ = opened->collection;
    if (!lsn_.is_none()) visible_.publish(lsn_);
  }

  const std::optional<Error>& error() const { return error_; }
  const std::vector<std::string>& damage() const { return damage_; }
  Lsn lsn() const { return lsn_; }
  const State& state() const { return state_; }
  Collection& collection() { return *collection_; }

  // Some changes as one transaction.
  void change(std::mt19937& random, std::size_t count) {
    lsn_ = Lsn(lsn_.value() + 1);
    ChangeBatch batch{lsn_, {}};
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = fmt::format("k{}", random() % 60);
      if (random() % 4 == 0) {
        batch.changes.push_back({.kind = Change::Kind::kDelete, .document = {.key = DocKey::from_text(key)}});
        state_.erase(key);
        continue;
      }
      const auto n = static_cast<std::int64_t>(random() % 1000);
      Row row(DocKey::from_text(key));
      row.set("text", fmt::format("word{} common", n % 7)).set("tag", fmt::format("t{}", n % 5));
      row.set("n", Value(n)).vector("v", {static_cast<float>(n), 1, 0}).source(fmt::format("{}", n));
      batch.changes.push_back(row.change(*collection_->schema()));
      state_[key] = fmt::format("{}", n);
    }
    ASSERT_TRUE(collection_->apply(std::move(batch)).has_value());
    visible_.publish(lsn_);
  }

  Snapshot snapshot() { return Snapshot::take(visible_, std::span(&collection_, 1)); }

  State found() {
    State found;
    const auto result = engine_->search(snapshot(), text_request(make_query(MatchAll{}), {.limit = 1000}));
    EXPECT_TRUE(result.has_value());
    if (!result) return found;
    for (const Hit& hit : result->hits) {
      found[hit.key.to_string()] = hit.document->source;
      EXPECT_EQ(snapshot().view(0).get(hit.key)->source, hit.document->source);
    }
    return found;
  }

  // Keys and scores of some searches.
  std::string searched() {
    std::string text;
    for (const QueryPtr& query : {make_query(Match{.field = "text", .text = "word3 common"}),
                                  make_query(Range{.field = "n", .gte = Value(100), .lt = Value(700)}),
                                  make_query(Prefix{"tag", "t"})}) {
      const auto result = engine_->search(snapshot(), text_request(query, {.limit = 1000}));
      EXPECT_TRUE(result.has_value());
      if (!result) return {};
      for (const Hit& hit : result->hits) text += fmt::format("{}={} ", hit.key.to_string(), *hit.score);
    }
    return text;
  }

 private:
  VisibleLsn visible_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Collection> collection_;
  std::optional<Error> error_;
  std::vector<std::string> damage_;
  Lsn lsn_;
  State state_;
};

std::unique_ptr<io::Directory> folder(io::Directory& root) {
  return *root.subdirectory("items");
}

TEST(SavedCollection, ComesBackAsItWas) {
  const auto disk = io::memory_directory();
  std::mt19937 random(1);
  Node node(folder(*disk));
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 5; ++i) node.change(random, 1 + random() % 30);
    if (round % 2 == 1)
      while (node.collection().maintain()) {
      }
    ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
    EXPECT_EQ(node.found(), node.state());
    Node again(folder(*disk));
    EXPECT_TRUE(again.damage().empty());
    EXPECT_EQ(again.lsn(), node.lsn());
    EXPECT_EQ(again.found(), node.state());
    EXPECT_EQ(again.searched(), node.searched());
    EXPECT_EQ(again.collection().stats().documents, node.state().size());
  }
  // What was not saved is not there; what goes on, goes on.
  const State saved = node.state();
  node.change(random, 10);
  Node again(folder(*disk), saved);
  EXPECT_EQ(again.found(), saved);
  again.change(random, 40);
  EXPECT_EQ(again.found(), again.state());
  EXPECT_EQ(again.collection().save(Lsn(1)).error().code, ErrorCode::kInvalidArgument);
}

TEST(SavedCollection, OldSnapshotsStayWhatTheyWere) {
  const auto disk = io::memory_directory();
  std::mt19937 random(2);
  Node node(folder(*disk));
  node.change(random, 40);
  const Snapshot held = node.snapshot();
  const std::size_t before = held.view(0).document_count();
  node.change(random, 40);
  ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
  EXPECT_EQ(held.view(0).document_count(), before);
  // Of the segments that are there now, too.
  EXPECT_EQ(node.collection().view(held.lsn())->document_count(), before);
  EXPECT_EQ(node.found(), node.state());
}

TEST(SavedCollection, AnotherSchemaIsDamage) {
  const auto disk = io::memory_directory();
  std::mt19937 random(3);
  Node node(folder(*disk));
  node.change(random, 40);
  ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
  VisibleLsn visible;
  const auto engine = make_engine(visible);
  auto opened = engine->open_collection({.name = "items"}, *Schema::create({kFields[0]}), folder(*disk));
  ASSERT_TRUE(opened.has_value());
  ASSERT_EQ(opened->damage.size(), 1U);
  EXPECT_TRUE(opened->saved.is_none());
  EXPECT_EQ(opened->collection->stats().documents, 0U);
}

// The states after each save that was tried, and the number of the last that returned well.
struct Tried {
  std::vector<State> states = {{}};
  std::vector<Lsn> lsns = {Lsn()};
  std::size_t last_good = 0;
};

Tried live(io::Directory& root) {
  Tried tried;
  std::mt19937 random(7);
  auto directory = root.subdirectory("items");
  if (!directory) return tried;
  Node node(*std::move(directory));
  if (node.error()) return tried;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 2; ++i) node.change(random, 1 + random() % 25);
    if (round == 2)
      while (node.collection().maintain()) {
      }
    const Result<void> saved = node.collection().save(node.lsn());
    tried.states.push_back(node.state());
    tried.lsns.push_back(node.lsn());
    if (saved) tried.last_good = tried.states.size() - 1;
  }
  return tried;
}

void expect_one_of_both(io::Directory& root, const Tried& tried, std::uint64_t at) {
  Node node(folder(root));
  ASSERT_FALSE(node.error().has_value()) << node.error()->message;
  EXPECT_TRUE(node.damage().empty()) << at << ": " << node.damage()[0];
  const auto found = std::find(tried.lsns.begin(), tried.lsns.end(), node.lsn());
  ASSERT_NE(found, tried.lsns.end()) << at;
  const auto which = static_cast<std::size_t>(found - tried.lsns.begin());
  EXPECT_GE(which, tried.last_good) << at;
  EXPECT_EQ(node.found(), tried.states[which]) << at;
}

TEST(SavedCollection, EveryKillPoint) {
  std::uint64_t operations = 0;
  {
    const auto disk = io::memory_directory();
    io::FaultyDirectory faulty(*disk);
    EXPECT_EQ(live(faulty.directory()).last_good, 4U);
    operations = faulty.operations();
  }
  ASSERT_GT(operations, 20U);
  for (std::uint64_t at = 1; at <= operations; ++at) {
    const auto disk = io::memory_directory();
    io::FaultyDirectory faulty(*disk);
    faulty.set_fault({.at = at, .kind = io::Fault::Kind::kCrash});
    const Tried tried = live(faulty.directory());
    ASSERT_TRUE(faulty.recover(at * 7).has_value());
    expect_one_of_both(faulty.directory(), tried, at);
    // And goes on.
    Node node(folder(faulty.directory()));
    std::mt19937 random(9);
    const Lsn before = node.lsn();
    node.change(random, 5);
    ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
    EXPECT_GT(Node(folder(faulty.directory())).lsn(), before);
  }
}

TEST(SavedCollection, OneFailedWriteIsNoLoss) {
  for (const io::Fault::Kind kind : {io::Fault::Kind::kError, io::Fault::Kind::kTorn}) {
    for (std::uint64_t at = kind == io::Fault::Kind::kTorn ? 2 : 1; at <= 50; at += 4) {
      const auto disk = io::memory_directory();
      io::FaultyDirectory faulty(*disk);
      faulty.set_fault({.at = at, .kind = kind});
      const Tried tried = live(faulty.directory());
      // What fails early is made good by the next save.
      if (tried.states.size() == 5 && at < 30) EXPECT_EQ(tried.last_good, 4U);
      expect_one_of_both(faulty.directory(), tried, at);
    }
  }
}

using Files = std::map<std::string, std::string>;

Files files_of(io::Directory& directory) {
  Files files;
  for (const io::Entry& entry : *directory.list()) files[entry.name] = *io::read_all(directory, entry.name);
  return files;
}

std::unique_ptr<io::Directory> with(const Files& files) {
  auto directory = io::memory_directory();
  for (const auto& [name, bytes] : files)
    EXPECT_TRUE((*directory->open(name, io::OpenMode::kCreate))->append(bytes).has_value());
  return directory;
}

// Opens; what is not as it was written is named and put aside, or it does not matter.
void expect_found_or_harmless(const Files& files, const std::string& damaged, const State& state) {
  auto directory = with(files);
  io::Directory* seen = directory.get();
  Node node(std::move(directory));
  ASSERT_FALSE(node.error().has_value()) << node.error()->message;
  if (node.damage().empty()) {
    EXPECT_EQ(node.found(), state);
    return;
  }
  ASSERT_EQ(node.damage().size(), 1U);
  EXPECT_TRUE(node.damage()[0].starts_with(damaged + ":")) << node.damage()[0];
  EXPECT_EQ(node.collection().stats().documents, 0U);
  const Files left = files_of(*seen);
  EXPECT_FALSE(left.contains(damaged));
  if (!files.contains(damaged)) return;
  EXPECT_TRUE(std::any_of(left.begin(), left.end(), [&](const auto& file) {
    return file.first.starts_with(damaged + ".damaged") && file.second == files.at(damaged);
  }));
}

TEST(SavedCollection, FlippedShortAndMissingFilesAreFound) {
  const auto disk = io::memory_directory();
  std::mt19937 random(4);
  Node node(folder(*disk));
  for (int round = 0; round < 3; ++round) {
    node.change(random, 20);
    ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
  }
  const Files files = files_of(*folder(*disk));
  ASSERT_GE(files.size(), 2U);
  std::size_t harmless = 0;
  for (const auto& [name, bytes] : files) {
    for (std::size_t at = random() % 50; at < bytes.size(); at += 1 + random() % 100) {
      Files changed = files;
      changed[name][at] = static_cast<char>(changed[name][at] ^ (1 << random() % 8));
      expect_found_or_harmless(changed, name, node.state());
    }
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 20) {
      Files changed = files;
      changed[name].resize(size);
      expect_found_or_harmless(changed, name, node.state());
    }
    if (name == "manifest") continue;
    Files changed = files;
    changed.erase(name);
    expect_found_or_harmless(changed, name, node.state());
    ++harmless;
  }
  EXPECT_EQ(harmless + 1, files.size());
}

TEST(SavedCollection, WhatOpeningDoesNotReadIsFoundByVerify) {
  const auto disk = io::memory_directory();
  std::mt19937 random(5);
  Node node(folder(*disk));
  node.change(random, 50);
  ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
  Files files = files_of(*folder(*disk));
  const auto segment = std::prev(files.end());
  segment->second[70] = static_cast<char>(segment->second[70] ^ 4);
  auto store = SegmentStore::open(with(files), {.verify = false});
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->segments().size(), 1U);
  const auto same = (*store)->verify();
  ASSERT_TRUE(same.has_value());
  EXPECT_FALSE(*same);
  ASSERT_EQ((*store)->damage().size(), 1U);
  EXPECT_EQ((*store)->damage()[0].file, segment->first);
}

TEST(SavedCollection, OnTheMachinesDisk) {
  const std::string path = testing::TempDir() + "stele-saved-collection";
  auto root = *io::open_directory(path);
  ASSERT_TRUE(io::remove_content(*root).has_value());
  std::mt19937 random(6);
  State state;
  std::string searched;
  {
    Node node(folder(*root));
    for (int i = 0; i < 10; ++i) node.change(random, 20);
    const std::size_t before = node.collection().stats().memory_bytes;
    ASSERT_TRUE(node.collection().save(node.lsn()).has_value());
    // The bytes are the machine's now.
    EXPECT_LT(node.collection().stats().memory_bytes, before / 2);
    EXPECT_EQ(node.found(), node.state());
    state = node.state();
    searched = node.searched();
  }
  Node again(folder(*root));
  EXPECT_EQ(again.found(), state);
  EXPECT_EQ(again.searched(), searched);
  ASSERT_TRUE(io::remove_content(*root).has_value());
}

}  // namespace
}  // namespace stele::engine
