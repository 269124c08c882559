#include "views/reclaimer.h"

#include <pthread.h>

namespace stele::views {

Reclaimer::Reclaimer() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "reclaimer");
    run();
  });
}

Reclaimer::~Reclaimer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Reclaimer::take(std::shared_ptr<void> object) {
  {
    const std::lock_guard lock(mutex_);
    objects_.push_back(std::move(object));
  }
  changed_.notify_one();
}

void Reclaimer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !objects_.empty(); });
    if (objects_.empty()) return;
    auto objects = std::exchange(objects_, {});
    lock.unlock();
    objects.clear();
    lock.lock();
  }
}

}  // namespace stele::views
