#include "protocols/elastic/search/refresh_pins.h"

#include <gtest/gtest.h>

#include "engine/engine.h"

namespace stele::elastic {
namespace {

class RefreshPinsTest : public testing::Test {
 protected:
  RefreshPinsTest() { visible_.publish(Lsn(10)); }

  // A generation of the collection `id`, which the catalog shows from now on.
  std::shared_ptr<const views::CollectionEntry> show(std::int64_t id) {
    auto entry = std::make_shared<views::CollectionEntry>();
    entry->id = id;
    entry->name = "index" + std::to_string(id);
    entry->collection = *engine_->create_collection({.name = entry->name}, {});
    entries_[id] = entry;
    replace();
    return entry;
  }
  void hide(std::int64_t id) {
    entries_.erase(id);
    replace();
  }
  void replace() {
    std::vector<std::shared_ptr<const views::CollectionEntry>> all;
    for (const auto& [id, entry] : entries_) all.push_back(entry);
    catalog_.replace(
        std::make_shared<const views::CatalogState>(std::move(all), std::vector<views::CatalogObject>()));
  }

  engine::VisibleLsn visible_;
  std::unique_ptr<engine::Engine> engine_ = engine::make_engine(visible_);
  views::Catalog catalog_;
  std::map<std::int64_t, std::shared_ptr<const views::CollectionEntry>> entries_;
  ManualClock clock_;
  RefreshPins pins_{visible_, catalog_, {std::chrono::minutes(1), 100}, clock_};
};

TEST_F(RefreshPinsTest, StandsStillUntilARefresh) {
  const auto index = show(1);
  EXPECT_EQ(pins_.pin(*index).lsn(), Lsn(10));
  visible_.publish(Lsn(20));
  EXPECT_EQ(pins_.pin(*index).lsn(), Lsn(10));
  EXPECT_EQ(visible_.oldest(), Lsn(10));
  pins_.renew(1);
  EXPECT_EQ(pins_.pin(*index).lsn(), Lsn(20));
  pins_.drop(1);
  EXPECT_EQ(visible_.pin_count(), 0U);
}

// All documents of a new generation are born later than its predecessor's pin.
TEST_F(RefreshPinsTest, AnIndexThatWasCopiedAnewIsPinnedAnew) {
  const auto former = show(1);
  pins_.pin(*former);
  visible_.publish(Lsn(20));
  const auto copied = show(1);
  EXPECT_EQ(pins_.pin(*copied).lsn(), Lsn(20));
  visible_.publish(Lsn(30));
  // A request that began before sees what it can, and disturbs nobody.
  pins_.pin(*former);
  EXPECT_EQ(pins_.pin(*copied).lsn(), Lsn(20));
  EXPECT_EQ(visible_.pin_count(), 1U);
}

TEST_F(RefreshPinsTest, AnIndexThatIsGoneHoldsNothing) {
  const auto kept = show(1);
  const auto dropped = show(2);
  const auto copied = show(3);
  for (const auto& index : {kept, dropped, copied}) pins_.pin(*index);
  hide(2);
  show(3);
  visible_.publish(Lsn(20));
  pins_.sweep();
  EXPECT_EQ(visible_.pin_count(), 1U);
  EXPECT_EQ(pins_.pin(*kept).lsn(), Lsn(10));
  // A search that still has the catalog of before.
  EXPECT_EQ(pins_.pin(*dropped).lsn(), Lsn(20));
  EXPECT_EQ(visible_.pin_count(), 1U);
}

TEST_F(RefreshPinsTest, APinHasAnAgeAndALengthOfTheLog) {
  const auto index = show(1);
  pins_.pin(*index);
  clock_.advance(std::chrono::seconds(59));
  visible_.publish(Lsn(110));
  pins_.sweep();
  EXPECT_EQ(pins_.pin(*index).lsn(), Lsn(10));
  clock_.advance(std::chrono::seconds(2));
  pins_.sweep();
  EXPECT_EQ(visible_.pin_count(), 0U);
  EXPECT_EQ(pins_.pin(*index).lsn(), Lsn(110));
  visible_.publish(Lsn(211));
  pins_.sweep();
  EXPECT_EQ(visible_.pin_count(), 0U);
}

// Nobody has to search for it.
TEST_F(RefreshPinsTest, WhatIsPastItsLimitGoesByItself) {
  pins_.pin(*show(1));
  clock_.advance(std::chrono::minutes(2));
  const TimePoint limit = system_clock().now() + std::chrono::seconds(30);
  while (visible_.pin_count() > 0 && system_clock().now() < limit)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(visible_.pin_count(), 0U);
}

}  // namespace
}  // namespace stele::elastic
