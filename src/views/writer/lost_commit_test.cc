#include <gtest/gtest.h>

#include "net/listener.h"
#include "views/writer/test_writer.h"

namespace stele::views {
namespace {

// Stands between a writer and PostgreSQL: it passes the first COMMIT on, and in place of its answer the
// connection ends.
class Proxy {
 public:
  explicit Proxy(bool refuses_afterwards) : refuses_afterwards_(refuses_afterwards) {
    server_ = postgres::SharedTestServer::get().connect_options().addresses.front();
    auto opened = net::Listener::open({"127.0.0.1", 0}, {}, [this](std::unique_ptr<net::Stream> client) {
      return serve(this, std::move(client));
    });
    STELE_CHECK(opened.has_value());
    listener_ = *std::move(opened);
  }
  net::Address address() const { return listener_->address(); }
  bool has_swallowed() const { return swallowed_; }
  net::Task<void> close() {
    listener_->stop_accepting();
    listener_->close_all();
    co_await listener_->closed();
  }

 private:
  struct Link {
    Proxy* proxy;
    std::unique_ptr<net::Stream> client, server;
    bool swallows = false;
    net::Event ended;
  };

  static net::Task<void> serve(Proxy* proxy, std::unique_ptr<net::Stream> client) {
    if (proxy->refuses_afterwards_ && proxy->swallowed_) co_return;
    auto server = co_await net::Stream::connect(proxy->server_,
                                                net::Reactor::current()->now() + std::chrono::seconds(5));
    if (!server) co_return;
    Link link{proxy, std::move(client), *std::move(server)};
    net::spawn(pass_requests(&link));
    co_await pass_answers(&link);
    co_await link.ended.wait();
  }
  static net::Task<void> pass_requests(Link* link) {
    auto more = co_await link->client->read();
    while (more) {
      const std::string_view bytes = link->client->input();
      if (!link->proxy->swallowed_ && bytes.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos)
        link->proxy->swallowed_ = link->swallows = true;
      link->server->output() += bytes;
      link->client->consume(bytes.size());
      more = co_await link->server->flush();
      if (more) more = co_await link->client->read();
    }
    link->server->close();
    link->ended.set();
  }
  static net::Task<void> pass_answers(Link* link) {
    auto more = co_await link->server->read();
    while (more) {
      const std::string_view bytes = link->server->input();
      if (link->swallows) {
        if (bytes.find(std::string_view("COMMIT\0", 7)) != std::string_view::npos) break;
      } else {
        link->client->output() += bytes;
        link->server->consume(bytes.size());
        more = co_await link->client->flush();
      }
      if (more) more = co_await link->server->read();
    }
    link->client->close();
  }

  bool refuses_afterwards_;
  bool swallowed_ = false;
  net::Address server_;
  std::unique_ptr<net::Listener> listener_;
};

// Writes one document through the proxy.
net::Task<WriteReply> write_through(WriterTest* test, Proxy* proxy, WriterOptions options) {
  options.postgres = postgres::SharedTestServer::get().connect_options();
  options.postgres.addresses = {proxy->address()};
  const auto writer = make_batching_writer(std::move(options), test->catalog_, test->freshness_,
                                           test->visible_, test->metrics_);
  std::vector<DocumentWrite> writes;
  writes.push_back(test->index("x", R"({"n":1})"));
  auto reply = co_await writer->write({}, std::move(writes),
                                      net::Reactor::current()->now() + std::chrono::seconds(30));
  co_await writer->stop();
  co_return reply;
}

TEST_F(WriterTest, ACommitWhoseAnswerIsLostIsFoundOut) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    Proxy proxy(false);
    const WriteReply reply = co_await write_through(test, &proxy, {});
    EXPECT_TRUE(proxy.has_swallowed());
    EXPECT_EQ(told(reply.outcomes[0]), "created 1");
    EXPECT_TRUE(reply.applied);
    EXPECT_FALSE(reply.lsn.is_none());
    EXPECT_GE(test->freshness_.visible(), reply.lsn);
    // It was not sent again.
    const std::string version = co_await value(test, "SELECT _version FROM elastic.films WHERE _id = 'x'");
    EXPECT_EQ(version, "1");
    co_await proxy.close();
  });
}

TEST_F(WriterTest, ACommitNobodyKnowsOfIsToldSo) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    Proxy proxy(true);
    WriterOptions options;
    options.transaction_timeout = std::chrono::seconds(3);
    options.settle_timeout = std::chrono::milliseconds(100);
    const WriteReply reply = co_await write_through(test, &proxy, std::move(options));
    EXPECT_TRUE(proxy.has_swallowed());
    EXPECT_EQ(told(reply.outcomes[0]), "unknown_outcome");
    const std::string version = co_await value(test, "SELECT _version FROM elastic.films WHERE _id = 'x'");
    EXPECT_EQ(version, "1");
    co_await proxy.close();
  });
}

net::Task<void> unpause_at(Echo* echo, TimePoint when) {
  const Duration left = when - net::Reactor::current()->now();
  co_await net::Reactor::current()->sleep_for(left);
  echo->paused = false;
}

// The server says that it has committed; the stream brings its message when the time for that has passed.
TEST_F(WriterTest, AMessageHasATimeOfItsOwn) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    postgres::PoolOptions options;
    options.connect = postgres::SharedTestServer::get().connect_options();
    postgres::Pool pool(std::move(options));
    TransactionScope scope{&pool, &test->freshness_, "", kNoDeadline};
    scope.settle_timeout = std::chrono::seconds(30);
    test->echo_.paused = true;
    const WriteNumber ours = test->freshness_.begin_write();
    const std::string xid = co_await value(
        test, "SELECT pg_current_xact_id()::text FROM pg_logical_emit_message(true, 'stele', '" +
                  test->freshness_.message(ours) + "')");
    const TimePoint soon = net::Reactor::current()->now() + std::chrono::seconds(2);
    net::spawn(unpause_at(&test->echo_, soon + std::chrono::milliseconds(50)));
    auto settled = co_await settle(scope, xid, ours, soon);
    CO_ASSERT(settled.has_value());
    EXPECT_TRUE(settled->has_value());
    // Whoever unpauses it must have ended before the reactor does.
    while (test->echo_.paused) co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    co_await pool.stop();
  });
}

}  // namespace
}  // namespace stele::views
