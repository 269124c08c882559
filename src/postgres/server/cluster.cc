#include "postgres/server/cluster.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/machine_memory.h"
#include "postgres/server/orphans.h"
#include "postgres/server/placement.h"

namespace stele::postgres {

namespace {

namespace fs = std::filesystem;
constexpr Logger kLog("postgres");
constexpr std::uint64_t kMiB = 1ULL << 20;
constexpr std::uint64_t kGiB = 1ULL << 30;
constexpr std::string_view kSettingsName = "stele.conf";
constexpr Duration kOrphansPatience = std::chrono::seconds(10);

Error failed(const std::string& path, std::string_view what) {
  return make_error(ErrorCode::kFailedPrecondition, fmt::format("{}: {}", path, what));
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Written beside and renamed, so that a reader never sees half of it.
Result<void> write_text(const std::string& path, const std::string& text, const RunAs& owner) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << text;
    file.flush();
    if (!file) return failed(path, "cannot be written");
  }
  if (!owner.is_self() && chown(fresh.c_str(), owner.uid, owner.gid) != 0)
    return failed(path, std::strerror(errno));
  if (chmod(fresh.c_str(), 0600) != 0 || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return failed(path, std::strerror(errno));
  }
  return {};
}

int to_int(const std::string& text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint64_t disk_bytes(const std::string& directory) {
  struct statvfs disk{};
  if (statvfs(directory.c_str(), &disk) != 0) return 10 * kGiB;
  return static_cast<std::uint64_t>(disk.f_blocks) * disk.f_frsize;
}

bool wait_gone(const Cluster& cluster, Duration limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (cluster.live_postmaster() != 0) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

// One process a directory: kAlreadyExists for the second.
Result<int> take_lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return failed(path, std::strerror(errno));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return make_error(ErrorCode::kAlreadyExists,
                      fmt::format("{}: another process serves this directory", path));
  }
  return fd;
}

}  // namespace

Cluster::Cluster(Cluster&& other) noexcept
    : directory_(std::move(other.directory_)),
      run_as_(std::move(other.run_as_)),
      lock_(std::exchange(other.lock_, -1)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      socket_directory_(std::move(other.socket_directory_)) {}

Cluster& Cluster::operator=(Cluster&& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(run_as_, other.run_as_);
  std::swap(lock_, other.lock_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(socket_directory_, other.socket_directory_);
  return *this;
}

Cluster::~Cluster() {
  if (lock_ >= 0) close(lock_);
  if (descriptor_ >= 0) close(descriptor_);
}

Result<Cluster> Cluster::open(std::string directory, RunAs run_as) {
  std::error_code error;
  directory = fs::absolute(directory, error).lexically_normal().string();
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  // A link may lead elsewhere; what it leads to is checked.
  if (fs::is_symlink(directory, error)) {
    const std::string link = directory;
    directory = fs::canonical(link, error).string();
    if (error) return failed(link, "is a link that leads nowhere");
  }
  STELE_RETURN_IF_ERROR(own_directory(directory, run_as, 0700));
  STELE_TRY(const int lock, take_lock(directory + "/lock"));
  if (!run_as.is_self() && fchown(lock, run_as.uid, run_as.gid) != 0)
    return failed(directory, std::strerror(errno));
  const std::string closed = run_as.is_self() ? std::string() : closed_parent(directory, run_as);
  Cluster cluster(std::move(directory), std::move(run_as), lock);
  if (!closed.empty()) {
    kLog.info("{} is closed to user {}: the server gets a descriptor of directory={}", closed,
              cluster.run_as_.name, cluster.directory_);
    cluster.descriptor_ = ::open(cluster.directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (cluster.descriptor_ < 0) return failed(cluster.directory_, std::strerror(errno));
  }
  STELE_RETURN_IF_ERROR(cluster.place_socket());
  return cluster;
}

std::string Cluster::server_path(const std::string& path) const {
  if (descriptor_ < 0 || !path.starts_with(directory_)) return path;
  return fmt::format("/proc/self/fd/{}{}", kDirectoryDescriptor, path.substr(directory_.size()));
}

Result<void> Cluster::place_socket() {
  socket_directory_ = short_socket_directory(directory_, run_as_);
  return own_directory(socket_directory_, run_as_, 0700);
}

int Cluster::data_version() const {
  return to_int(read_text(data() + "/PG_VERSION"));
}

Result<void> Cluster::prepare(const ServerBinaries& binaries) {
  STELE_RETURN_IF_ERROR(stop_live_postmaster());
  STELE_RETURN_IF_ERROR(clear_leftovers());
  if (data_version() == 0) STELE_RETURN_IF_ERROR(initialize(binaries));
  if (data_version() != binaries.major) {
    return make_error(
        ErrorCode::kFailedPrecondition,
        fmt::format("{} was made by PostgreSQL {}, the programs in {} are of version {}: install {} or "
                    "upgrade the cluster with pg_upgrade",
                    data(), data_version(), binaries.directory, binaries.major, data_version()));
  }
  return {};
}

Result<void> Cluster::initialize(const ServerBinaries& binaries) const {
  const std::string fresh = directory_ + "/data.new";
  std::error_code error;
  fs::remove_all(fresh, error);
  if (fs::exists(data(), error)) {
    if (!fs::is_empty(data(), error)) return failed(data(), "holds something that is no PostgreSQL cluster");
    fs::remove(data(), error);
  }
  kLog.info("making a PostgreSQL cluster version={} directory={} user={}", binaries.major, data(),
            run_as_.name);
  ChildOptions initdb;
  initdb.arguments = {binaries.initdb(),
                      "-D",
                      server_path(fresh),
                      "-U",
                      "postgres",
                      "-A",
                      "trust",
                      "-E",
                      "UTF8",
                      "--locale=C.UTF-8",
                      "--lc-messages=C"};
  initdb.run_as = run_as_;
  initdb.directory = descriptor_;
  STELE_TRY(const CommandResult ran, run_command(std::move(initdb), std::chrono::minutes(3)));
  if (ran.exit_code != 0) {
    return make_error(ErrorCode::kFailedPrecondition,
                      fmt::format("initdb failed ({}): {}", ran.exit_code, ran.output));
  }
  {
    std::ofstream conf(fresh + "/postgresql.conf", std::ios::app);
    conf << "\ninclude '" << kSettingsName << "'\n";
  }
  fs::rename(fresh, data(), error);
  if (error) return failed(data(), error.message());
  return {};
}

Result<void> Cluster::write_settings(const ClusterSettings& settings) const {
  const std::uint64_t disk = disk_bytes(directory_);
  const std::uint64_t buffers = settings.shared_buffers_bytes != 0
                                    ? settings.shared_buffers_bytes
                                    : std::clamp(machine_memory_bytes() / 16, 64 * kMiB, 512 * kMiB);
  const std::uint64_t wal =
      settings.wal_bytes_max != 0 ? settings.wal_bytes_max : std::clamp(disk / 20, 256 * kMiB, 4 * kGiB);
  const std::uint64_t slot_wal = settings.slot_wal_bytes_max != 0 ? settings.slot_wal_bytes_max : disk / 10;
  const std::string text = fmt::format(
      "# Written at every start. What is to differ goes into ALTER SYSTEM, which overrides it.\n"
      "shared_buffers = {}MB\n"
      "max_connections = {}\n"
      "max_wal_size = {}MB\n"
      "min_wal_size = 128MB\n"
      "checkpoint_timeout = 15min\n"
      "max_replication_slots = {}\n"
      "max_wal_senders = {}\n"
      "# A slot that is further behind is given up, and its reader copies anew: a full disk would stop all.\n"
      "max_slot_wal_keep_size = {}MB\n"
      "# Logical decoding sees flushed WAL only; asynchronous commits wait this long for it.\n"
      "wal_writer_delay = 10ms\n",
      std::max<std::uint64_t>(buffers / kMiB, 1), settings.connections_max,
      std::max<std::uint64_t>(wal / kMiB, 32), settings.replication_slots_max, settings.replication_slots_max,
      std::max<std::uint64_t>(slot_wal / kMiB, 64));
  return write_text(data() + "/" + std::string(kSettingsName), text, run_as_);
}

Result<void> Cluster::write_url() const {
  return write_text(
      directory_ + "/postgres.url",
      fmt::format("postgresql:///postgres?host={}&port=5432&user=postgres\n", socket_directory_), run_as_);
}

ChildOptions Cluster::postmaster(const ServerBinaries& binaries) const {
  ChildOptions options;
  options.run_as = run_as_;
  options.directory = descriptor_;
  options.arguments = {binaries.postgres(), "-D", server_path(data())};
  // What must hold stands here: it overrides postgresql.conf and ALTER SYSTEM.
  for (const std::string& setting : {std::string("listen_addresses="), std::string("port=5432"),
                                     "unix_socket_directories=" + server_path(socket_directory_),
                                     std::string("unix_socket_permissions=0700"),
                                     std::string("wal_level=logical"), std::string("logging_collector=off"),
                                     std::string("log_destination=stderr"), std::string("fsync=on")}) {
    options.arguments.insert(options.arguments.end(), {"-c", setting});
  }
  return options;
}

pid_t Cluster::live_postmaster() const {
  const std::vector<std::string> lines = lines_of(read_text(data() + "/postmaster.pid"));
  const int pid = lines.empty() ? 0 : std::abs(to_int(lines[0]));
  if (pid == 0 || kill(pid, 0) != 0) return 0;
  // The number may be another process's by now: a postmaster's current directory is its data directory.
  std::error_code error;
  const fs::path at = fs::read_symlink(fmt::format("/proc/{}/cwd", pid), error);
  return !error && fs::equivalent(at, data(), error) && !error ? pid : 0;
}

bool Cluster::is_ready(pid_t pid) const {
  const std::vector<std::string> lines = lines_of(read_text(data() + "/postmaster.pid"));
  return lines.size() >= 8 && to_int(lines[0]) == pid && lines[7].starts_with("ready");
}

Result<void> Cluster::stop_live_postmaster() const {
  constexpr std::array<std::pair<int, std::chrono::seconds>, 3> kSteps = {
      {{SIGINT, std::chrono::seconds(30)},
       {SIGQUIT, std::chrono::seconds(5)},
       {SIGKILL, std::chrono::seconds(5)}}};
  for (const auto& [signal, patience] : kSteps) {
    const pid_t pid = live_postmaster();
    if (pid == 0) return {};
    kLog.warn("stopping a PostgreSQL that still runs on our directory pid={} signal={}", pid, signal);
    kill(pid, signal);
    if (wait_gone(*this, patience)) return {};
  }
  return failed(data(), "a PostgreSQL that runs on it cannot be stopped");
}

Result<void> Cluster::clear_leftovers() const {
  if (!end_orphans(data(), kOrphansPatience))
    return failed(data(), "processes of a PostgreSQL that was killed cannot be ended");
  // PostgreSQL takes whatever bears the number in them for its postmaster: one that is dead and that its
  // parent has not taken notice of, or another program. Nobody works in the directory, so nobody needs them.
  for (const std::string& path : {data() + "/postmaster.pid", socket_directory_ + "/.s.PGSQL.5432.lock"}) {
    const std::vector<std::string> lines = lines_of(read_text(path));
    const int pid = lines.empty() ? 0 : std::abs(to_int(lines[0]));
    if (pid == 0 || !is_number_taken(pid)) continue;
    kLog.info("removing {}, its PostgreSQL is gone pid={}", path, pid);
    std::error_code error;
    fs::remove(path, error);
    if (error) return failed(path, error.message());
  }
  return {};
}

std::string Cluster::log_tail() const {
  const std::string text = read_text(log_file());
  return text.substr(text.size() > 1500 ? text.size() - 1500 : 0);
}

}  // namespace stele::postgres
