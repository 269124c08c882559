#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "net/reactor.h"

namespace stele::net {

// Tests that run on each backend: the parameter is the backend's kind. Skipped where the kernel has none.
class ReactorTest : public testing::TestWithParam<BackendKind> {
 protected:
  void SetUp() override {
    ReactorOptions options;
    options.backend = GetParam();
    auto created = Reactor::create(options);
    if (!created.has_value() && created.error().code == ErrorCode::kUnsupported)
      GTEST_SKIP() << created.error().message;
    ASSERT_TRUE(created.has_value()) << created.error().to_string();
    reactor_ = *std::move(created);
  }

  // Runs `task` to its end on the reactor, on this thread; fails the test after 30 s.
  void run(Task<void> task) {
    Timer watchdog(*reactor_);
    bool late = false;
    reactor_->post([&] {
      watchdog.set(reactor_->now() + std::chrono::seconds(30), [&] {
        late = true;
        reactor_->stop();
      });
    });
    reactor_->spawn(stop_after(reactor_.get(), std::move(task)));
    reactor_->run();
    ASSERT_FALSE(late) << "the test did not end";
  }

  static Task<void> stop_after(Reactor* reactor, Task<void> task) {
    co_await std::move(task);
    reactor->stop();
  }

  std::unique_ptr<Reactor> reactor_;
};

inline std::string backend_name(const testing::TestParamInfo<BackendKind>& info) {
  return info.param == BackendKind::kEpoll ? "epoll" : "io_uring";
}

#define STELE_ON_EACH_BACKEND(suite)                                                                     \
  INSTANTIATE_TEST_SUITE_P(Backends, suite, testing::Values(BackendKind::kEpoll, BackendKind::kIoUring), \
                           backend_name)

}  // namespace stele::net
