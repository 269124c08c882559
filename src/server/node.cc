#include "server/node.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/machine_memory.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "json/writer.h"
#include "ops/keys_metrics.h"
#include "ops/stream_metrics.h"
#include "protocols/redis/operations/command_metrics.h"
#include "server/command.h"

namespace stele::server {

namespace {

constexpr Duration kKeysPatience = std::chrono::seconds(2);
constexpr Logger kLog("node");
constexpr Duration kStopPatience = std::chrono::seconds(3);
constexpr std::size_t kSearchQueueMax = 10'000;
constexpr std::size_t kRunIdBytes = 20;

std::size_t or_cores(std::size_t count) {
  return count > 0 ? count : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

// How many fronts of `count` serve SQL. Beside its PostgreSQL on one machine half of them are enough, since a
// statement costs the server more than the proxy; a reactor is the cheaper the more sessions it has, for it
// then finds more to do each time that it wakes (docs/decisions/sql-on-half-of-the-reactors.md).
std::size_t sql_front_count(std::size_t count, const postgres::ConnectOptions& postgres) {
  const bool here = std::ranges::all_of(postgres.addresses, &net::Address::is_loopback);
  return here ? (count + 1) / 2 : count;
}

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof(name) - 1) != 0) return "stele";
  return name;
}

}  // namespace

Node::Node(const Configuration& configuration)
    : configuration_(configuration),
      ports_{configuration.sql_port, configuration.redis_port, configuration.elastic_port,
             configuration.qdrant_port, configuration.console_port} {}

Node::~Node() {
  stop();
}

Result<std::unique_ptr<Node>> Node::start(const Configuration& configuration) {
  std::unique_ptr<Node> node(new Node(configuration));
  auto opened = node->open();
  if (!opened) return std::move(opened).error();
  return node;
}

Result<void> Node::open() {
  if (configuration_.demo && !has_postgres()) {
    return make_error(ErrorCode::kInvalidArgument, "--demo needs a PostgreSQL: not with --postgres off");
  }
  if (!net::Address{configuration_.listen, 0}.is_loopback()) {
    return make_error(
        ErrorCode::kInvalidArgument,
        "--listen: only loopback addresses for now, since only the SQL and Redis heads ask for a password");
  }
  STELE_RETURN_IF_ERROR(open_data_directory());
  if (has_postgres()) {
    STELE_RETURN_IF_ERROR(start_postgres());
    STELE_RETURN_IF_ERROR(start_views());
  } else {
    ports_.sql.reset();
    ports_.elastic.reset();
    ports_.qdrant.reset();
  }
  if (!views_) cache_keys_ = views::make_cache_keys(system_clock());
  keys_ = views_ ? &views_->keys() : cache_keys_.get();
  return start_fronts();
}

Result<void> Node::open_data_directory() {
  STELE_TRY(directory_, io::open_directory(configuration_.data_dir));
  auto lock = directory_->lock("lock");
  if (!lock) {
    return make_error(lock.error().code,
                      fmt::format("--data-dir {}: {}", configuration_.data_dir, lock.error().message));
  }
  lock_ = *std::move(lock);
  // Without a PostgreSQL nobody knows this node by its name, and to draw one waits for the disk.
  if (!has_postgres()) return {};
  STELE_TRY(identity_, Identity::of(*directory_));
  return {};
}

Result<void> Node::start_postgres() {
  if (!configuration_.postgres.empty()) {
    STELE_TRY(context_.postgres, postgres::ConnectOptions::parse(configuration_.postgres));
    return {};
  }
  postgres::PrivateServerOptions options;
  options.directory = directory_->path() + "/postgres";
  options.binary_directory = configuration_.postgres_bin;
  STELE_TRY(private_server_, postgres::PrivateServer::start(std::move(options)));
  context_.postgres = private_server_->connect_options();
  kLog.info("private PostgreSQL is up pid={} socket={}", private_server_->pid(),
            private_server_->socket_directory());
  return {};
}

Result<void> Node::start_views() {
  views::ViewsOptions options;
  options.postgres = context_.postgres;
  options.node_id = identity_.node_id;
  STELE_TRY(const auto spools, io::open_directory(directory_->path() + "/spool"));
  options.spool_directory = spools->path();
  STELE_RETURN_IF_ERROR(views::parse_key_classes(configuration_.redis_key_classes, options.keys));
  options.collection_memory_max = configuration_.collection_memory << 20U;
  auto started = views::Views::start(std::move(options), metrics_);
  if (!started) {
    return make_error(started.error().code,
                      fmt::format("the views did not start: {} ('stele doctor' says what "
                                  "PostgreSQL lacks)",
                                  started.error().message));
  }
  views_ = *std::move(started);
  ops::register_stream_metrics(metrics_, *views_);
  ops::register_keys_metrics(metrics_, views_->keys());
  // Few keys are there at once; many are read while the other heads serve already.
  const TimePoint patience = system_clock().now() + kKeysPatience;
  while (views_->keys().loading() && system_clock().now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return {};
}

Result<void> Node::make_redis() {
  redis::Services services;
  services.keys = keys_;
  services.freshness_or_null = views_ ? &views_->freshness() : nullptr;
  services.metrics = &metrics_;
  services.clock = &system_clock();
  services.tls_or_null = context_.tls_or_null;
  services.password = configuration_.redis_password;
  services.configuration_file = configuration_.redis_config;
  services.acl_file = configuration_.redis_acl_file;
  if (views_) {
    services.administration_or_null = &views_->administration();
    services.catalog_or_null = &views_->catalog();
  }
  services.clients_max = configuration_.connections_max;
  services.version = version();
  services.run_id = crypto::hex(crypto::random_bytes(kRunIdBytes));
  redis_ = std::make_unique<redis::Head>(std::move(services));
  context_.redis = redis_.get();
  return redis_->configure();
}

views::HeadServices Node::head_services() {
  return {.catalog = &views_->catalog(),
          .administration = &views_->administration(),
          .freshness = &views_->freshness(),
          .engine = &views_->engine(),
          .visible = &views_->visible(),
          .writer = [this]() -> views::Writer& { return writer_here(); },
          .pool = pool_.get(),
          .metrics = &metrics_};
}

void Node::make_qdrant() {
  qdrant::Services services{head_services()};
  services.product_version = version();
  services.api_key = configuration_.qdrant_api_key;
  qdrant_ = std::make_unique<qdrant::Head>(std::move(services));
  context_.qdrant = {
      "qdrant", "qdrant-port",
      [head = qdrant_.get()](net::HttpRequest request) { return head->handle(std::move(request)); },
      &qdrant::Head::transport_failure};
}

void Node::make_elastic() {
  elastic::Services services{head_services()};
  services.identity.node_name = host_name();
  services.identity.cluster_uuid = identity_.cluster_uuid;
  services.identity.product_version = version();
  elastic_ = std::make_unique<elastic::Head>(std::move(services));
  context_.elastic = {
      "elastic", "elastic-port",
      [head = elastic_.get()](net::HttpRequest request) { return head->handle(std::move(request)); },
      &elastic::Head::transport_failure};
}

void Node::make_request_memory() {
  const std::size_t bytes_max =
      configuration_.request_memory > 0 ? configuration_.request_memory << 20U : machine_memory_bytes() / 4;
  request_memory_ = std::make_unique<net::RequestMemory>(bytes_max);
  context_.request_memory = request_memory_.get();
  metrics_.gauge_callback("stele_request_memory_bytes", "Memory that HTTP requests under way hold.", {},
                          [memory = request_memory_.get()] { return static_cast<double>(memory->bytes()); });
  metrics_.gauge_callback("stele_request_memory_bytes_max", "What HTTP requests under way may hold.", {},
                          [bytes_max] { return static_cast<double>(bytes_max); });
  metrics_.gauge_callback(
      "stele_requests_refused_for_memory",
      "HTTP requests refused because those under way held too much, since the start.", {},
      [memory = request_memory_.get()] { return static_cast<double>(memory->refused()); });
}

Result<void> Node::start_fronts() {
  if (!configuration_.tls_certificate.empty()) {
    STELE_TRY(context_.tls_or_null,
              net::TlsContext::server({configuration_.tls_certificate, configuration_.tls_key, {}}));
  }
  context_.configuration = &configuration_;
  context_.views = views_.get();
  context_.metrics = &metrics_;
  STELE_RETURN_IF_ERROR(make_redis());
  make_request_memory();
  if (has_postgres()) {
    pool_ = std::make_unique<net::WorkerPool>(or_cores(configuration_.search_threads), kSearchQueueMax);
    make_elastic();
    make_qdrant();
  }
  for (std::size_t i = 0; i < or_cores(configuration_.threads); ++i) {
    STELE_TRY(auto front, Front::start(context_, fmt::format("front-{}", i)));
    fronts_.push_back(std::move(front));
  }
  const std::size_t sql_fronts = sql_front_count(fronts_.size(), context_.postgres);
  for (std::size_t i = 0; i < fronts_.size(); ++i)
    STELE_RETURN_IF_ERROR(fronts_[i]->listen(ports_, i < sql_fronts));
  if (ports_.redis) redis_->set_port(*ports_.redis);
  fronts_.front()->expire_keys(*redis_);
  if (views_) keep_libraries();
  if (ports_.elastic)
    elastic_->set_publish_address(net::Address{configuration_.listen, *ports_.elastic}.to_string());
  if (ports_.console) {
    console_ =
        std::make_unique<ops::Console>(views_.get(), metrics_, head_statuses(), std::string(version()),
                                       [head = redis_.get()] { return redis::command_metrics(*head); });
    STELE_RETURN_IF_ERROR(fronts_.front()->listen_console(
        ports_.console, [this](net::HttpRequest request) { return console_->handle(std::move(request)); }));
  }
  return {};
}

// Functions are there before the node is called ready, unless PostgreSQL goes away in that moment.
void Node::keep_libraries() {
  fronts_.front()->keep_libraries(*redis_, context_.postgres);
  const TimePoint patience = system_clock().now() + kKeysPatience;
  while (!fronts_.front()->has_libraries() && system_clock().now() < patience)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::vector<ops::HeadStatus> Node::head_statuses() {
  std::vector<ops::HeadStatus> heads;
  for (const auto& [name, port] : {std::pair("sql", ports_.sql), std::pair("redis", ports_.redis),
                                   std::pair("elastic", ports_.elastic), std::pair("qdrant", ports_.qdrant)})
    if (port) heads.push_back(ops::head_status(metrics_, name, *port));
  return heads;
}

views::Writer& Node::writer_here() {
  for (const auto& front : fronts_) {
    if (&front->reactor() == net::Reactor::current()) return front->writer();
  }
  STELE_CHECK_MESSAGE(false, "a writer was asked for outside of the fronts");
  __builtin_unreachable();
}

void Node::stop() {
  const TimePoint deadline = system_clock().now() + kStopPatience;
  std::vector<std::future<void>> ended;
  for (const auto& front : fronts_) ended.push_back(front->stop(deadline));
  bool in_time = true;
  for (const std::future<void>& each : ended)
    in_time = each.wait_until(deadline) == std::future_status::ready && in_time;
  if (!in_time && views_) views_->cancel_requests();
  for (const std::future<void>& each : ended) each.wait();
  fronts_.clear();
  pool_.reset();
  if (views_) views_->stop();
  elastic_.reset();
  redis_.reset();
  qdrant_.reset();
  console_.reset();
  views_.reset();
  if (private_server_) private_server_->stop();
  private_server_.reset();
}

std::string Node::ports_json() const {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("sql", ports_.sql);
  w.member("redis", ports_.redis);
  w.member("elastic", ports_.elastic);
  w.member("qdrant", ports_.qdrant);
  w.member("qdrant_grpc", Port());
  w.member("console", ports_.console);
  w.end_object();
  return out;
}

}  // namespace stele::server
