#include "server/front.h"

#include <fmt/format.h>

#include <utility>

namespace stele::server {

namespace {

// A proxied session's buffers: flush() to the server waits above this.
constexpr std::size_t kProxyBufferBytes = 1U << 20;

// Connections of the Redis head beyond its own limit, which it answers with an error.
constexpr std::size_t kRefusedAtOnce = 256;

// "port 9200 is in use by 812 (java): choose another with --elastic-port"
Error explain(const Error& error, std::string_view flag) {
  Error explained = error;
  const std::string_view holder = error.detail("holder");
  if (error.code == ErrorCode::kAlreadyExists) {
    explained.message = fmt::format("{}{}{}", error.message, holder.empty() ? "" : " by ", holder);
  }
  explained.message +=
      fmt::format(": choose another port with --{} (0 = any free one, off = not served)", flag);
  return explained;
}

MetricLabels head_label(std::string_view head) {
  return {{"head", std::string(head)}};
}

}  // namespace

Front::Front(FrontContext& context, std::unique_ptr<ReactorThread> thread)
    : context_(context), thread_(std::move(thread)) {}

Front::~Front() = default;

Result<std::unique_ptr<Front>> Front::start(FrontContext& context, std::string name) {
  STELE_TRY(auto thread, ReactorThread::start(std::move(name)));
  std::unique_ptr<Front> front(new Front(context, std::move(thread)));
  if (context.views != nullptr) front->thread_->call<void>([&] { front->make_session_context(); });
  return front;
}

void Front::make_session_context() {
  MetricRegistry& metrics = *context_.metrics;
  writer_ = context_.views->make_writer();
  commit_position_ = std::make_unique<sql::CommitPosition>(context_.postgres);
  session_context_.server = context_.postgres;
  session_context_.server.request_bytes_max = kProxyBufferBytes;
  session_context_.tls_or_null = context_.tls_or_null;
  session_context_.freshness = &context_.views->freshness();
  session_context_.commit_position = commit_position_.get();
  session_context_.notice_ddl = [views = context_.views] { views->notice_ddl(); };
  session_context_.sessions_max = context_.configuration->connections_max;
  session_context_.requests =
      &metrics.counter("stele_requests_total", "Requests answered, by head.", head_label("sql"));
  session_context_.errors = &metrics.counter("stele_request_errors_total",
                                             "Requests answered with an error, by head.", head_label("sql"));
  session_context_.request_time =
      &metrics.histogram("stele_request_seconds", "Time from a request to its answer.", head_label("sql"));
  session_context_.sessions =
      &metrics.gauge("stele_connections", "Open connections, by head.", head_label("sql"));
  session_context_.not_applied =
      &metrics.counter("stele_sql_answered_before_applied_total",
                       "Transactions answered before this node's views had applied them.");
}

Result<void> Front::listen(Ports& ports, bool serves_sql) {
  return thread_->call<Result<void>>([&]() -> Result<void> {
    if (ports.sql && serves_sql) STELE_RETURN_IF_ERROR(listen_sql(ports.sql));
    if (ports.redis) STELE_RETURN_IF_ERROR(listen_redis(ports.redis));
    if (ports.elastic) {
      STELE_TRY(elastic_, listen_http(context_.elastic, ports.elastic));
    }
    if (ports.qdrant) {
      STELE_TRY(qdrant_, listen_http(context_.qdrant, ports.qdrant));
    }
    return {};
  });
}

Result<void> Front::listen_sql(Port& port) {
  net::ListenerOptions options;
  options.connections_max = context_.configuration->connections_max;
  auto opened = net::Listener::open({context_.configuration->listen, *port}, options,
                                    [context = &session_context_](std::unique_ptr<net::Stream> client) {
                                      return sql::serve_session(std::move(client), context);
                                    });
  if (!opened) return explain(opened.error(), "sql-port");
  sql_ = *std::move(opened);
  port = sql_->address().port;
  return {};
}

Result<void> Front::listen_redis(Port& port) {
  net::ListenerOptions options;
  options.connections_max = context_.configuration->connections_max + kRefusedAtOnce;
  options.limits.output_bytes_max = redis::kOutputBytesMax;
  auto opened = net::Listener::open({context_.configuration->listen, *port}, options,
                                    [head = context_.redis](std::unique_ptr<net::Stream> client) {
                                      return head->serve(std::move(client));
                                    });
  if (!opened) return explain(opened.error(), "redis-port");
  redis_ = *std::move(opened);
  port = redis_->address().port;
  return {};
}

Result<std::unique_ptr<net::HttpServer>> Front::listen_http(const HttpHead& head, Port& port) {
  net::HttpServerOptions options;
  options.listener.connections_max = context_.configuration->connections_max;
  options.memory_or_null = context_.request_memory;
  options.connections_or_null =
      &context_.metrics->gauge("stele_connections", "Open connections, by head.", head_label(head.name));
  options.failure = head.fail;
  auto opened =
      net::HttpServer::open({context_.configuration->listen, *port}, std::move(options), head.handle);
  if (!opened) return explain(opened.error(), head.flag);
  port = (*opened)->address().port;
  return opened;
}

Result<void> Front::listen_console(Port& port, net::HttpServer::Handler handler) {
  return thread_->call<Result<void>>([&]() -> Result<void> {
    auto opened = net::HttpServer::open({context_.configuration->listen, *port}, {}, std::move(handler));
    if (!opened) return explain(opened.error(), "console-port");
    console_ = *std::move(opened);
    port = console_->address().port;
    return {};
  });
}

void Front::expire_keys(redis::Head& head) {
  thread_->call<void>([&] { expiry_ = std::make_unique<redis::ExpiryCycle>(thread_->reactor(), head); });
}

void Front::keep_libraries(redis::Head& head, const postgres::ConnectOptions& postgres) {
  thread_->call<void>([&] {
    libraries_ =
        std::make_unique<redis::LibraryKeeper>(thread_->reactor(), head, views::LibraryStore(postgres));
  });
}

net::Task<void> Front::stop_writer(net::Event* stopped) {
  co_await writer_->stop();
  stopped->set();
}

net::Task<void> Front::stop_here(TimePoint deadline) {
  net::Timer late(thread_->reactor());
  net::Event writer_stopped;
  bool stops_writer = false;
  const auto begin_to_stop_writer = [&] {
    if (writer_ && !std::exchange(stops_writer, true)) net::spawn(stop_writer(&writer_stopped));
  };
  // Requests wait for the writer: at the deadline it answers them.
  late.set(deadline, begin_to_stop_writer);
  if (console_) co_await console_->stop(deadline);
  if (elastic_) co_await elastic_->stop(deadline);
  if (qdrant_) co_await qdrant_->stop(deadline);
  if (sql_) {
    sql_->stop_accepting();
    sql_->close_all();
    co_await sql_->closed();
  }
  if (redis_) {
    redis_->stop_accepting();
    redis_->close_all();
    co_await redis_->closed();
  }
  if (libraries_) co_await libraries_->stop();
  begin_to_stop_writer();
  if (writer_) co_await writer_stopped.wait();
  if (commit_position_) co_await commit_position_->stop();
  expiry_.reset();
  libraries_.reset();
  redis_.reset();
  console_.reset();
  elastic_.reset();
  qdrant_.reset();
  sql_.reset();
  commit_position_.reset();
  writer_.reset();
}

std::future<void> Front::stop(TimePoint deadline) {
  return thread_->start([this, deadline] { return stop_here(deadline); });
}

}  // namespace stele::server
