#include "postgres/private_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"

namespace stele::postgres {

namespace {

constexpr Logger kLog("postgres");
constexpr Duration kReadyInterval = std::chrono::milliseconds(10);
// A server that ran this long was no failed start: the delay begins anew.
constexpr Duration kSteady = std::chrono::seconds(30);
constexpr off_t kLogBytesMax = 16 << 20;

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

// A descriptor that is readable when the process has ended; -1 where the kernel has none.
int open_pidfd(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

}  // namespace

// Owns the process. The thread that starts it is the one that supervises it, because the death signal is
// bound to that thread.
class PrivateServer::Supervisor {
 public:
  Supervisor(PrivateServerOptions options, Cluster cluster, ServerBinaries binaries)
      : options_(std::move(options)),
        cluster_(std::move(cluster)),
        binaries_(std::move(binaries)),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Supervisor() {
    stop();
    close(wake_);
  }

  Result<void> start();
  void stop();

  const Cluster& cluster() const { return cluster_; }
  pid_t pid() const { return ready_ ? pid_.load() : 0; }
  bool is_ready() const { return ready_; }
  std::uint64_t restarts() const { return restarts_; }

 private:
  enum class End : std::uint8_t { kStop, kDied, kBinariesReplaced };

  void run();
  Result<void> start_postmaster();
  Result<void> wait_ready();
  End watch();
  void stop_postmaster();
  void report_start(Result<void> result);
  bool has_ended();
  bool wait_end(Duration limit);
  // Waits until the process ends, stop() is called, or the time is over.
  void wait_event(Duration limit);
  bool binaries_replaced();
  int open_log() const;

  PrivateServerOptions options_;
  Cluster cluster_;
  ServerBinaries binaries_;
  int wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ready_{false};
  std::atomic<pid_t> pid_{0};
  std::atomic<std::uint64_t> restarts_{0};

  std::mutex mutex_;
  std::condition_variable started_;
  std::optional<Result<void>> start_result_;

  // Of the supervising thread.
  int pidfd_ = -1;
  std::string fingerprint_;       // of the programs that run
  std::string seen_fingerprint_;  // of the programs that lie there now
  std::thread thread_;
};

Result<void> PrivateServer::Supervisor::start() {
  thread_ = std::thread([this] { run(); });
  std::unique_lock lock(mutex_);
  started_.wait(lock, [this] { return start_result_.has_value(); });
  return *start_result_;
}

void PrivateServer::Supervisor::stop() {
  stopping_ = true;
  const std::uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

void PrivateServer::Supervisor::report_start(Result<void> result) {
  const std::lock_guard lock(mutex_);
  if (!start_result_) start_result_ = std::move(result);
  started_.notify_all();
}

void PrivateServer::Supervisor::run() {
  Duration delay = options_.restart_delay_min;
  for (bool first = true;; first = false) {
    const SteadyTime begun = steady_now();
    auto started = start_postmaster();
    if (started) started = wait_ready();
    if (!started) {
      stop_postmaster();
      report_start(started);
      if (first || stopping_) return;
      kLog.error("PostgreSQL does not start reason={}", started.error().message);
    } else {
      ready_ = true;
      report_start({});
      const End end = watch();
      ready_ = false;
      stop_postmaster();
      if (end == End::kStop) return;
      kLog.warn("PostgreSQL is started again reason={}",
                end == End::kDied ? "it died" : "its programs were replaced");
      if (end == End::kBinariesReplaced || steady_now() - begun > kSteady) delay = options_.restart_delay_min;
    }
    if (!stopping_) wait_event(delay);
    if (stopping_) return;
    delay = std::min(delay * 2, options_.restart_delay_max);
    ++restarts_;
  }
}

int PrivateServer::Supervisor::open_log() const {
  const std::string path = cluster_.log_file();
  struct stat file{};
  if (stat(path.c_str(), &file) == 0 && file.st_size > kLogBytesMax) {
    (void)std::rename(path.c_str(), (path + ".1").c_str());
  }
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0 && !cluster_.run_as().is_self())
    (void)!fchown(fd, cluster_.run_as().uid, cluster_.run_as().gid);
  return fd;
}

Result<void> PrivateServer::Supervisor::start_postmaster() {
  STELE_RETURN_IF_ERROR(cluster_.prepare(binaries_));
  STELE_RETURN_IF_ERROR(cluster_.write_settings(options_.settings));
  STELE_RETURN_IF_ERROR(cluster_.write_url());
  // Taken before the start: programs replaced in between are noticed.
  fingerprint_ = seen_fingerprint_ = binary_fingerprint(binaries_);
  ChildOptions postmaster = cluster_.postmaster(binaries_);
  postmaster.output = open_log();
  postmaster.parent_death_signal = SIGINT;
  auto pid = start_child(postmaster);
  if (postmaster.output >= 0) close(postmaster.output);
  if (!pid) return std::move(pid).error();
  pid_ = *pid;
  pidfd_ = open_pidfd(*pid);
  return {};
}

Result<void> PrivateServer::Supervisor::wait_ready() {
  const SteadyTime deadline = steady_now() + options_.start_timeout;
  while (!cluster_.is_ready(pid_)) {
    if (stopping_) return make_error(ErrorCode::kCancelled, "stopped while PostgreSQL was starting");
    if (wait_end(kReadyInterval)) {
      return make_error(ErrorCode::kFailedPrecondition,
                        "PostgreSQL ended while it was starting: " + cluster_.log_tail());
    }
    if (steady_now() > deadline) {
      return make_error(ErrorCode::kDeadlineExceeded,
                        "PostgreSQL was not ready in time: " + cluster_.log_tail());
    }
  }
  kLog.info("PostgreSQL is ready pid={} version={} socket={}", pid_.load(), binaries_.major,
            cluster_.socket_directory());
  return {};
}

PrivateServer::Supervisor::End PrivateServer::Supervisor::watch() {
  while (true) {
    wait_event(options_.binaries_interval);
    if (stopping_) return End::kStop;
    if (has_ended()) return End::kDied;
    if (binaries_replaced()) return End::kBinariesReplaced;
  }
}

// A package upgrade writes many files: only what stands unchanged for one interval is taken for its end.
bool PrivateServer::Supervisor::binaries_replaced() {
  std::string now = binary_fingerprint(binaries_);
  const bool settled = !now.empty() && now == seen_fingerprint_;
  seen_fingerprint_ = std::move(now);
  if (!settled || seen_fingerprint_ == fingerprint_) return false;
  auto binaries = ServerBinaries::at(binaries_.directory);
  if (binaries && binaries->major == binaries_.major) return true;
  kLog.error("PostgreSQL's programs were replaced by ones of another version directory={} version={}",
             binaries_.directory, binaries_.major);
  fingerprint_ = seen_fingerprint_;  // said once
  return false;
}

bool PrivateServer::Supervisor::has_ended() {
  if (pid_ == 0) return true;
  int status = 0;
  const pid_t waited = waitpid(pid_, &status, WNOHANG);
  if (waited == 0 || (waited < 0 && errno == EINTR)) return false;
  if (waited > 0 && !stopping_) {
    kLog.warn("PostgreSQL has ended pid={} exit={} signal={}", waited,
              WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  }
  pid_ = 0;
  if (pidfd_ >= 0) close(pidfd_);
  pidfd_ = -1;
  return true;
}

bool PrivateServer::Supervisor::wait_end(Duration limit) {
  const SteadyTime deadline = steady_now() + limit;
  while (!has_ended()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_now());
    if (left.count() <= 0) return false;
    pollfd ended{pidfd_, POLLIN, 0};
    const std::int64_t wait_ms = pidfd_ >= 0 ? left.count() : std::min<std::int64_t>(left.count(), 20);
    poll(&ended, 1, static_cast<int>(wait_ms));
  }
  return true;
}

void PrivateServer::Supervisor::wait_event(Duration limit) {
  const auto limit_ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  pollfd events[2] = {{wake_, POLLIN, 0}, {pidfd_, POLLIN, 0}};
  const bool blind = pid_ != 0 && pidfd_ < 0;
  poll(events, 2, static_cast<int>(blind ? std::min<std::int64_t>(limit_ms, 50) : limit_ms));
}

void PrivateServer::Supervisor::stop_postmaster() {
  constexpr std::pair<int, const char*> kSteps[] = {
      {SIGINT, "fast"}, {SIGQUIT, "immediate"}, {SIGKILL, "kill"}};
  for (const auto& [signal, word] : kSteps) {
    if (has_ended()) return;
    if (signal != SIGINT) kLog.error("PostgreSQL does not stop, now {} pid={}", word, pid_.load());
    kill(pid_, signal);
    if (wait_end(signal == SIGINT ? options_.stop_timeout : Duration(std::chrono::seconds(5)))) return;
  }
}

PrivateServer::PrivateServer(std::unique_ptr<Supervisor> supervisor) : supervisor_(std::move(supervisor)) {}
PrivateServer::~PrivateServer() = default;

Result<std::unique_ptr<PrivateServer>> PrivateServer::start(PrivateServerOptions options) {
  STELE_TRY(RunAs run_as, RunAs::unprivileged(options.user));
  STELE_TRY(Cluster cluster, Cluster::open(options.directory, std::move(run_as)));
  STELE_TRY(ServerBinaries binaries, options.binary_directory.empty()
                                         ? ServerBinaries::find(cluster.data_version())
                                         : ServerBinaries::at(options.binary_directory));
  auto supervisor = std::make_unique<Supervisor>(std::move(options), std::move(cluster), std::move(binaries));
  STELE_RETURN_IF_ERROR(supervisor->start());
  return std::unique_ptr<PrivateServer>(new PrivateServer(std::move(supervisor)));
}

void PrivateServer::stop() {
  supervisor_->stop();
}

ConnectOptions PrivateServer::connect_options(std::string database) const {
  ConnectOptions options;
  options.addresses = {{socket_path(socket_directory(), 5432), 0}};
  options.user = "postgres";
  options.database = std::move(database);
  options.ssl_mode = SslMode::kDisable;
  return options;
}

const std::string& PrivateServer::socket_directory() const {
  return supervisor_->cluster().socket_directory();
}

const std::string& PrivateServer::directory() const {
  return supervisor_->cluster().directory();
}

const std::string& PrivateServer::user() const {
  return supervisor_->cluster().run_as().name;
}

pid_t PrivateServer::pid() const {
  return supervisor_->pid();
}

bool PrivateServer::is_ready() const {
  return supervisor_->is_ready();
}

std::uint64_t PrivateServer::restarts() const {
  return supervisor_->restarts();
}

}  // namespace stele::postgres
