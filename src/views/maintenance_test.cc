#include "views/maintenance.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "net/reactor.h"
#include "views/reclaimer.h"

namespace stele::views {
namespace {

// Its maintain() ends when the reactor has come so far as to release it.
class HeldCollection : public engine::Collection {
 public:
  const engine::CollectionOptions& options() const override { return options_; }
  Result<engine::ApplyReport> apply(engine::ChangeBatch) override { return engine::ApplyReport(); }
  Result<void> add_fields(std::vector<engine::FieldDefinition>) override { return {}; }
  engine::DocumentPtr latest(const engine::DocKey&) const override { return nullptr; }
  std::shared_ptr<const engine::Schema> schema() const override { return nullptr; }
  engine::CollectionStats stats() const override { return {}; }
  std::shared_ptr<const engine::CollectionView> view(Lsn) const override { return nullptr; }
  bool maintain() override {
    ++calls;
    released_in_time = released.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready;
    ended = true;
    return true;
  }

  std::promise<void> released;
  std::atomic<int> calls{0};
  std::atomic<bool> released_in_time{false}, ended{false};

 private:
  engine::CollectionOptions options_;
};

net::Task<void> hold_and_stop(Maintenance* maintenance, std::shared_ptr<HeldCollection> collection) {
  maintenance->step(collection);
  maintenance->step(collection);
  // The reactor turns while the step waits for it.
  co_await net::Reactor::current()->yield();
  EXPECT_FALSE(collection->ended);
  collection->released.set_value();
  co_await maintenance->stop();
  EXPECT_TRUE(collection->ended);
  maintenance->step(collection);
  net::Reactor::current()->stop();
}

TEST(Maintenance, TheReactorGoesOnAndStopWaits) {
  auto reactor = net::Reactor::create({.backend = net::BackendKind::kEpoll});
  ASSERT_TRUE(reactor);
  const auto collection = std::make_shared<HeldCollection>();
  {
    Maintenance maintenance;
    (*reactor)->spawn(hold_and_stop(&maintenance, collection));
    (*reactor)->run();
  }
  EXPECT_TRUE(collection->released_in_time);
  EXPECT_EQ(collection->calls, 1);
}

// There is always more to do in it.
class EndlessCollection final : public HeldCollection {
 public:
  bool maintain() override {
    ++calls;
    return true;
  }
};

net::Task<void> drop_and_wait(Maintenance* maintenance, std::weak_ptr<EndlessCollection> collection) {
  net::Reactor& reactor = *net::Reactor::current();
  maintenance->step(collection.lock());
  const TimePoint limit = reactor.now() + std::chrono::seconds(60);
  while (!collection.expired() && reactor.now() < limit)
    co_await reactor.sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(collection.expired());
  co_await maintenance->stop();
  reactor.stop();
}

TEST(Maintenance, EndsWhereNobodyElseHoldsTheCollection) {
  auto reactor = net::Reactor::create({.backend = net::BackendKind::kEpoll});
  ASSERT_TRUE(reactor);
  auto collection = std::make_shared<EndlessCollection>();
  Maintenance maintenance;
  (*reactor)->spawn(drop_and_wait(&maintenance, collection));
  (*reactor)->post([&] {
    EXPECT_GT(collection.use_count(), 0);
    collection.reset();
  });
  (*reactor)->run();
}

TEST(Reclaimer, FreesOnAThreadOfItsOwn) {
  struct Large {
    explicit Large(std::thread::id* where_in) : where(where_in) {}
    ~Large() { *where = std::this_thread::get_id(); }
    std::thread::id* where;
  };
  std::thread::id where;
  auto reclaimer = std::make_shared<Reclaimer>();
  auto guarded = reclaimer->guard(std::make_shared<Large>(&where));
  reclaimer.reset();
  // The last reference: the reclaimer ends, and has freed what it had.
  guarded.reset();
  EXPECT_NE(where, std::thread::id());
  EXPECT_NE(where, std::this_thread::get_id());
}

}  // namespace
}  // namespace stele::views
