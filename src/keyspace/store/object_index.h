#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "keyspace/write_behind.h"

namespace stele::keyspace::store {

// Which hash does the key of this object have? For the objects that are written behind, whose ids come from
// PostgreSQL or are given here, nearly one after the other: pages of ids, so that an id costs about a word.
// Threads: any; a lock a stripe of pages.
class ObjectIndex {
 public:
  void put(ObjectId id, std::uint64_t hash);
  void erase(ObjectId id);
  std::optional<std::uint64_t> find(ObjectId id) const;

 private:
  static constexpr std::uint64_t kPageIds = 32;
  static constexpr std::size_t kStripes = 16;

  struct Page {
    std::array<std::uint64_t, kPageIds> hashes{};
    std::uint32_t used = 0;  // a bit an id
  };
  struct Stripe {
    mutable std::mutex mutex;
    std::map<std::uint64_t, std::unique_ptr<Page>> pages;
  };

  static std::uint64_t page_of(ObjectId id) { return id.value() / kPageIds; }
  static std::size_t place_of(ObjectId id) { return id.value() % kPageIds; }
  Stripe& stripe_of(ObjectId id) { return stripes_[page_of(id) % kStripes]; }
  const Stripe& stripe_of(ObjectId id) const { return stripes_[page_of(id) % kStripes]; }

  std::array<Stripe, kStripes> stripes_;
};

}  // namespace stele::keyspace::store
