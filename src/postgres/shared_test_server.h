#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "net/reactor.h"
#include "postgres/connection.h"
#include "postgres/private_server.h"

// ASSERT_ for coroutines, which cannot return.
#define CO_ASSERT(condition)                                   \
  do {                                                         \
    const bool co_assert_holds = static_cast<bool>(condition); \
    EXPECT_TRUE(co_assert_holds) << #condition;                \
    if (!co_assert_holds) co_return;                           \
  } while (false)

namespace stele::postgres {

// A directory below /tmp that goes with its owner; reachable by the user that servers run as.
class TestDirectory {
 public:
  TestDirectory() {
    std::string pattern = "/tmp/stele-test-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The one private server that the tests of a program share; started when the first of them asks for it.
class SharedTestServer : public testing::Environment {
 public:
  static PrivateServer& get() {
    STELE_CHECK(self_ != nullptr);
    if (!self_->server_) {
      self_->directory_ = std::make_unique<TestDirectory>();
      PrivateServerOptions options;
      options.directory = *self_->directory_ / "postgres";
      options.settings.shared_buffers_bytes = 64 << 20;
      auto started = PrivateServer::start(std::move(options));
      STELE_CHECK_MESSAGE(started.has_value(), started ? std::string() : started.error().to_string());
      self_->server_ = *std::move(started);
    }
    return *self_->server_;
  }

  SharedTestServer() { self_ = this; }
  void TearDown() override {
    server_.reset();
    directory_.reset();
  }

 private:
  static inline SharedTestServer* self_ = nullptr;
  std::unique_ptr<TestDirectory> directory_;
  std::unique_ptr<PrivateServer> server_;
};

// One program has one of it, however many files include this.
inline testing::Environment* const kTestServer = testing::AddGlobalTestEnvironment(new SharedTestServer);

// Runs a coroutine to its end on a reactor of its own; fails the test after a minute.
class PostgresTest : public testing::Test {
 protected:
  PostgresTest() {
    auto created = net::Reactor::create();
    STELE_CHECK(created.has_value());
    reactor_ = *std::move(created);
  }

  void run(net::Task<void> task) {
    bool late = false;
    net::Timer watchdog(*reactor_);
    reactor_->post([&] {
      watchdog.set(reactor_->now() + std::chrono::seconds(60), [&] {
        late = true;
        reactor_->stop();
      });
    });
    reactor_->spawn(stop_after(reactor_.get(), std::move(task)));
    reactor_->run();
    ASSERT_FALSE(late) << "the test did not end";
  }

  static net::Task<void> stop_after(net::Reactor* reactor, net::Task<void> task) {
    co_await std::move(task);
    reactor->stop();
  }

  static TimePoint in_seconds(int seconds) {
    return net::Reactor::current()->now() + std::chrono::seconds(seconds);
  }

  std::unique_ptr<net::Reactor> reactor_;
};

}  // namespace stele::postgres
