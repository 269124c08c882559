#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace stele::views {

// Where do large things go when nobody needs them? Freeing a collection of 60,000 documents takes a tenth of
// a second: guarded, it is freed on a thread of its own, whoever drops the last reference. Any thread. Lives
// as long as anything that it guards; its end waits for what is still to be freed.
class Reclaimer : public std::enable_shared_from_this<Reclaimer> {
 public:
  Reclaimer();
  ~Reclaimer();
  Reclaimer(const Reclaimer&) = delete;

  // The same object, freed here once the last copy of what is returned is gone.
  template <class T>
  std::shared_ptr<T> guard(std::shared_ptr<T> object) {
    T* const address = object.get();
    auto free = [reclaimer = shared_from_this(), object = std::move(object)](T*) mutable {
      reclaimer->take(std::move(object));
    };
    return std::shared_ptr<T>(address, std::move(free));
  }

 private:
  void take(std::shared_ptr<void> object);
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<void>> objects_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace stele::views
