#pragma once

#include <memory>
#include <utility>

#include "base/check.h"
#include "base/metrics.h"
#include "net/listener.h"
#include "protocols/sql/commit_position.h"
#include "protocols/sql/session.h"

namespace stele::sql {

// A head in front of the tests' server. Unless there are views, the test plays them: they show nothing
// before it publishes.
struct Head {
  explicit Head(postgres::ConnectOptions server, views::Freshness* other = nullptr)
      : behind(server), commit_position(server) {
    context.server = std::move(server);
    context.server.request_bytes_max = 1U << 20;
    context.freshness = other != nullptr ? other : &freshness;
    context.commit_position = &commit_position;
    context.notice_ddl = [this] { ++definitions; };
    context.requests = &metrics.counter("requests", "");
    context.errors = &metrics.counter("errors", "");
    context.request_time = &metrics.histogram("time", "");
    context.not_applied = &metrics.counter("not_applied", "");
    context.sessions = &metrics.gauge("sessions", "");
    freshness.publish(Lsn(1));
  }

  void open() {
    auto opened = net::Listener::open({"127.0.0.1", 0}, {}, [this](std::unique_ptr<net::Stream> client) {
      return serve_session(std::move(client), &context);
    });
    STELE_CHECK(opened.has_value());
    listener = *std::move(opened);
  }
  net::Task<void> close() {
    listener->stop_accepting();
    listener->close_all();
    co_await listener->closed();
    co_await commit_position.stop();
  }
  postgres::ConnectOptions options() const {
    postgres::ConnectOptions through = behind;
    through.addresses = {listener->address()};
    return through;
  }
  // From now on the views show everything at once.
  void show_all() { freshness.publish(Lsn(1ULL << 62)); }

  postgres::ConnectOptions behind;
  MetricRegistry metrics;
  views::Freshness freshness;
  CommitPosition commit_position;
  SessionContext context;
  std::unique_ptr<net::Listener> listener;
  int definitions = 0;
};

}  // namespace stele::sql
