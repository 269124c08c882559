#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "base/lsn.h"

namespace stele::engine {

// Up to which commit does this node show its views? One object for the node, owned by views, which stores the
// commit LSN after every collection touched by the transaction has applied it: that store is the moment at
// which all of them switch. Threads: one publisher, any number of pinners and readers. Cost: publish is a
// store; pin and unpin take a short mutex.
class VisibleLsn {
 public:
  // Keeps versions visible at lsn() from being dropped. Copies share one pin; the last one to go releases it.
  // Must not outlive its VisibleLsn.
  class Pin {
   public:
    Pin() = default;
    Lsn lsn() const { return held_ ? held_->lsn : Lsn(); }

   private:
    friend class VisibleLsn;
    struct Held {
      Held(VisibleLsn& owner_in, Lsn lsn_in) : owner(owner_in), lsn(lsn_in) {}
      ~Held() { owner.release(lsn); }
      Held(const Held&) = delete;
      VisibleLsn& owner;
      Lsn lsn;
    };
    std::shared_ptr<const Held> held_;
  };

  VisibleLsn() = default;
  VisibleLsn(const VisibleLsn&) = delete;
  VisibleLsn& operator=(const VisibleLsn&) = delete;
  ~VisibleLsn();

  // Never goes back: a lower value than the current one is a bug and aborts.
  void publish(Lsn lsn);
  Lsn current() const { return Lsn(visible_.load(std::memory_order_acquire)); }

  // A pin at the current value.
  Pin pin();
  // The lowest LSN that anybody can still look at: a version that died at or below it can be dropped.
  Lsn oldest() const;
  std::size_t pin_count() const;

 private:
  void release(Lsn lsn);

  std::atomic<std::uint64_t> visible_{0};
  mutable std::mutex mutex_;
  std::map<Lsn, std::size_t> pins_;
};

}  // namespace stele::engine
