#include "postgres/private_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "net/event.h"
#include "postgres/pool.h"
#include "postgres/server/child_process.h"
#include "postgres/server/placement.h"
#include "postgres/shared_test_server.h"

namespace stele::postgres {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;  // NOLINT

// Waits until `condition` holds, at most a minute.
bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

bool lives(pid_t pid) {
  return kill(pid, 0) == 0;
}

class PrivateServerTest : public PostgresTest {
 protected:
  PrivateServerOptions options() {
    PrivateServerOptions options;
    options.directory = *shared_ / "postgres";
    options.settings.shared_buffers_bytes = 32 << 20;
    options.binaries_interval = 50ms;
    options.restart_delay_min = 20ms;
    return options;
  }
  static net::Task<void> ask(const PrivateServer* server, std::string sql, std::string* answer) {
    auto connection = co_await Connection::connect(server->connect_options(), in_seconds(10));
    if (!connection) {
      *answer = connection.error().to_string();
      co_return;
    }
    auto results = co_await (*connection)->query(std::move(sql), in_seconds(10));
    *answer = results ? std::string(results->front().value().value_or("NULL")) : results.error().to_string();
  }
  std::string ask(const PrivateServer& server, std::string sql) {
    std::string answer;
    run(ask(&server, std::move(sql), &answer));
    return answer;
  }

  static net::Task<void> compute(const PrivateServer* server, net::Event* ended) {
    std::string lost;
    std::string endless = "select count(*) from generate_series(1, 1000000000000) n where n % 2 = 3";
    co_await ask(server, std::move(endless), &lost);
    ended->set();
  }
  // Kills the postmaster while one of its backends computes.
  static net::Task<void> kill_beside_computing(const PrivateServer* server) {
    net::Event ended;
    net::spawn(compute(server, &ended));
    std::string active;
    while (active != "2")
      co_await ask(server, "select count(*) from pg_stat_activity where state = 'active'", &active);
    kill(server->pid(), SIGKILL);
    co_await ended.wait();
  }

  // The tests start and stop servers of one cluster, because making one takes seconds.
  static void SetUpTestSuite() { shared_ = new TestDirectory; }
  static void TearDownTestSuite() {
    delete shared_;
    shared_ = nullptr;
  }

  static inline TestDirectory* shared_ = nullptr;
  TestDirectory directory_;
};

TEST_F(PrivateServerTest, StartsWithItsOwnSettingsAndKeepsItsData) {
  pid_t first = 0;
  {
    auto server = PrivateServer::start(options());
    ASSERT_TRUE(server.has_value()) << server.error().to_string();
    first = (*server)->pid();
    EXPECT_EQ(ask(**server, "show wal_level"), "logical");
    EXPECT_EQ(ask(**server, "show wal_writer_delay"), "10ms");
    EXPECT_EQ(ask(**server, "show listen_addresses"), "");
    EXPECT_EQ(ask(**server, "show shared_buffers"), "32MB");
    EXPECT_EQ(ask(**server, "show server_encoding"), "UTF8");
    EXPECT_EQ(ask(**server, "select datcollate from pg_database where datname = 'postgres'"), "C.UTF-8");
    EXPECT_NE(ask(**server, "show max_slot_wal_keep_size"), "-1");
    EXPECT_EQ(ask(**server, "drop table if exists kept; create table kept as select 42 as a"), "NULL");
    EXPECT_TRUE(fs::exists(*shared_ / "postgres/postgres.url"));
    struct stat socket{};
    ASSERT_EQ(stat((*server)->socket_directory().c_str(), &socket), 0);
    EXPECT_EQ(socket.st_mode & 0777, 0700U);
    EXPECT_NE(socket.st_uid, 0U);  // PostgreSQL refuses root

    auto second = PrivateServer::start(options());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::kAlreadyExists);
  }
  EXPECT_FALSE(lives(first));
  auto again = PrivateServer::start(options());
  ASSERT_TRUE(again.has_value()) << again.error().to_string();
  EXPECT_EQ(ask(**again, "select a from kept"), "42");
}

TEST_F(PrivateServerTest, ComesBackWhenItIsKilled) {
  auto server = PrivateServer::start(options());
  ASSERT_TRUE(server.has_value()) << server.error().to_string();
  EXPECT_TRUE((*server)->is_ready());
  EXPECT_EQ((*server)->restarts(), 0U);
  static constexpr auto test = [](PrivateServer* private_server) -> net::Task<void> {
    PoolOptions pool_options;
    pool_options.connect = private_server->connect_options();
    Pool pool(pool_options);
    std::uint32_t idle_process = 0;
    {
      auto lease = co_await pool.acquire(in_seconds(10));
      CO_ASSERT(lease.has_value());
      auto idle = co_await pool.acquire(in_seconds(10));
      CO_ASSERT(idle.has_value());
      idle_process = (*idle)->process_id();
      idle->give_back();
      EXPECT_EQ(pool.statistics().idle, 1U);
      kill(private_server->pid(), SIGKILL);
      auto lost = co_await (*lease)->query("select pg_sleep(30)", in_seconds(30));
      EXPECT_FALSE(lost.has_value());
      EXPECT_TRUE((*lease)->is_broken());
    }
    // A server starts only when the last process of the former one is gone.
    while (private_server->restarts() == 0 || !private_server->is_ready())
      co_await net::Reactor::current()->sleep_for(5ms);
    // The idle one is gone with it: whoever comes next does not meet it.
    auto lease = co_await pool.acquire(in_seconds(50));
    CO_ASSERT(lease.has_value());
    EXPECT_NE((*lease)->process_id(), idle_process);
    EXPECT_EQ(pool.statistics().dropped, 2U);
    auto one = co_await (*lease)->query("select 1", in_seconds(10));
    EXPECT_TRUE(one.has_value());
    lease->give_back();
    co_await pool.stop();
  };
  run(test(server->get()));
  EXPECT_GE((*server)->restarts(), 1U);
}

TEST_F(PrivateServerTest, StartsBesideWhatAKilledOneLeft) {
  // A number that is dead and that its parent has not taken notice of, of the server's user.
  const auto run_as = RunAs::unprivileged("");
  ASSERT_TRUE(run_as.has_value());
  const pid_t zombie = fork();
  if (zombie == 0) _exit(run_as->is_self() ? 0 : setuid(run_as->uid));
  pid_t first = 0;
  std::string socket;
  {
    auto server = PrivateServer::start(options());
    ASSERT_TRUE(server.has_value()) << server.error().to_string();
    first = (*server)->pid();
    socket = (*server)->socket_directory();
  }
  EXPECT_FALSE(lives(first));
  const std::string data = *shared_ / "postgres/data";
  for (const std::string& path : {data + "/postmaster.pid", socket + "/.s.PGSQL.5432.lock"})
    std::ofstream(path) << zombie << "\n" << data << "\n";
  auto server = PrivateServer::start(options());
  ASSERT_TRUE(server.has_value()) << server.error().to_string();
  EXPECT_EQ(ask(**server, "select 42"), "42");
  EXPECT_EQ(waitpid(zombie, nullptr, 0), zombie);

  // A backend that computes does not notice that its postmaster is gone.
  first = (*server)->pid();
  run(kill_beside_computing(server->get()));
  EXPECT_TRUE(eventually([&] { return (*server)->pid() != first && (*server)->pid() != 0; }));
  EXPECT_EQ(ask(**server, "select 42"), "42");
}

// A directory of programs that can be replaced: postgres and initdb are small programs of their own files
// that lead to the real ones.
class FakeBinaries {
 public:
  explicit FakeBinaries(std::string directory) : directory_(std::move(directory)) {
    const auto found = ServerBinaries::find();
    STELE_CHECK(found.has_value());
    real_ = found->directory;
    fs::create_directories(directory_);
    fs::permissions(directory_, fs::perms(0755));
    install("initdb");
    install("postgres");
  }
  // As a package upgrade does: a new file under the old name.
  void install(const std::string& program) const {
    const std::string path = directory_ + "/" + program;
    {
      std::ofstream script(path + ".new");
      script << "#!/bin/sh\nexec " << real_ << "/" << program << " \"$@\"\n";
    }
    fs::permissions(path + ".new", fs::perms(0755));
    fs::rename(path + ".new", path);
  }
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
  std::string real_;
};

TEST_F(PrivateServerTest, IsStartedAgainWhenItsProgramsAreReplaced) {
  const FakeBinaries binaries(directory_ / "bin");
  PrivateServerOptions with_fakes = options();
  with_fakes.binary_directory = binaries.directory();
  auto server = PrivateServer::start(with_fakes);
  ASSERT_TRUE(server.has_value()) << server.error().to_string();
  const pid_t first = (*server)->pid();
  binaries.install("postgres");
  ASSERT_TRUE(eventually([&] { return (*server)->restarts() == 1 && (*server)->is_ready(); }));
  EXPECT_NE((*server)->pid(), first);
  EXPECT_EQ(ask(**server, "select 1"), "1");
  // A program that is gone for a moment is no reason. Were nobody to look meanwhile, the test would show
  // less, but not fail.
  fs::rename(binaries.directory() + "/postgres", binaries.directory() + "/away");
  std::this_thread::sleep_for(200ms);
  fs::rename(binaries.directory() + "/away", binaries.directory() + "/postgres");
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE((*server)->is_ready());
  EXPECT_EQ((*server)->restarts(), 1U);
}

TEST_F(PrivateServerTest, EndsWithUsByWhateverSignal) {
  const std::string report = directory_ / "pid";
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto server = PrivateServer::start(options());
    std::ofstream(report + ".new") << (server ? (*server)->pid() : -1);
    fs::rename(report + ".new", report);
    while (true) pause();
  }
  ASSERT_TRUE(eventually([&] { return fs::exists(report); }));
  pid_t postmaster = 0;
  std::ifstream(report) >> postmaster;
  ASSERT_GT(postmaster, 0);
  EXPECT_TRUE(lives(postmaster));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return !lives(postmaster); }));
}

TEST_F(PrivateServerTest, StopsOneThatWasLeftOver) {
  pid_t left = 0;
  {
    auto server = PrivateServer::start(options());
    ASSERT_TRUE(server.has_value()) << server.error().to_string();
  }
  {  // A postmaster that is not our child, on our directory.
    auto run_as = RunAs::unprivileged();
    auto binaries = ServerBinaries::find();
    auto cluster = Cluster::open(*shared_ / "postgres", *run_as);
    ASSERT_TRUE(cluster.has_value());
    auto pid = start_child(cluster->postmaster(*binaries));
    ASSERT_TRUE(pid.has_value());
    left = *pid;
    ASSERT_TRUE(eventually([&] { return cluster->is_ready(left); }));
  }
  std::thread reaper([&] { waitpid(left, nullptr, 0); });
  auto server = PrivateServer::start(options());
  reaper.join();
  ASSERT_TRUE(server.has_value()) << server.error().to_string();
  EXPECT_NE((*server)->pid(), left);
  EXPECT_EQ(ask(**server, "select 1"), "1");
}

TEST_F(PrivateServerTest, LongPathsHaveTheirSocketElsewhere) {
  PrivateServerOptions deep = options();
  deep.directory = directory_ / std::string(60, 'a') + "/" + std::string(60, 'b') + "/postgres";
  fs::create_directories(fs::path(deep.directory).parent_path());
  std::string socket;
  {
    auto server = PrivateServer::start(deep);
    ASSERT_TRUE(server.has_value()) << server.error().to_string();
    socket = (*server)->socket_directory();
    EXPECT_LT(socket.size(), 90U);
    EXPECT_EQ(ask(**server, "select 1"), "1");
  }
  fs::remove_all(socket);
}

TEST_F(PrivateServerTest, SaysWhatIsInTheWay) {
  PrivateServerOptions missing = options();
  missing.binary_directory = directory_ / "nowhere";
  EXPECT_EQ(PrivateServer::start(missing).error().code, ErrorCode::kNotFound);

  PrivateServerOptions foreign = options();
  foreign.directory = directory_ / "foreign";
  fs::create_directories(foreign.directory + "/data");
  std::ofstream(foreign.directory + "/data/notes.txt") << "mine";
  auto refused = PrivateServer::start(foreign);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kFailedPrecondition);

  if (geteuid() == 0) {
    PrivateServerOptions root = options();
    root.user = "root";
    EXPECT_EQ(PrivateServer::start(root).error().code, ErrorCode::kInvalidArgument);
    root.user = "no-such-user";
    EXPECT_EQ(PrivateServer::start(root).error().code, ErrorCode::kNotFound);
  }
}

TEST_F(PrivateServerTest, RefusesDataOfAnotherVersion) {
  {
    auto server = PrivateServer::start(options());
    ASSERT_TRUE(server.has_value()) << server.error().to_string();
  }
  const std::string version_file = *shared_ / "postgres/data/PG_VERSION";
  const std::string version = std::to_string(ServerBinaries::find()->major);
  std::ofstream(version_file) << "13\n";
  auto refused = PrivateServer::start(options());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);  // no programs of version 13
  EXPECT_THAT(refused.error().message, testing::HasSubstr("13"));
  PrivateServerOptions named = options();
  named.binary_directory = ServerBinaries::find()->directory;
  refused = PrivateServer::start(named);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr("pg_upgrade"));
  std::ofstream(version_file) << version << "\n";
}

TEST(PlacementTest, FindsTheParentThatIsClosed) {
  const TestDirectory directory;
  fs::create_directories(directory / "closed/open/data");
  fs::permissions(directory / "closed", fs::perms(0700));
  RunAs other;
  other.uid = 54321;
  other.gid = 54321;
  EXPECT_EQ(closed_parent(directory / "closed/open/data", other), directory / "closed");
  EXPECT_EQ(closed_parent(directory / "open", other), "");
  RunAs self;
  self.uid = geteuid();
  EXPECT_EQ(closed_parent(directory / "closed/open/data", self), "");
}

TEST_F(PrivateServerTest, WorksBelowADirectoryThatIsClosedToItsUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root runs the server as another user";
  fs::permissions(directory_.path(), fs::perms(0700));
  PrivateServerOptions closed = options();
  closed.directory = directory_ / "below/postgres";
  for (const char* sql : {"create table kept as select 42 as a", "select a from kept"}) {
    auto server = PrivateServer::start(closed);
    ASSERT_TRUE(server.has_value()) << server.error().to_string();
    EXPECT_EQ((*server)->directory(), closed.directory);
    EXPECT_EQ(ask(**server, sql), std::string(sql).starts_with("select") ? "42" : "NULL");
    // A second look at the files by the server itself, and a reload of its configuration.
    EXPECT_EQ(ask(**server, "select pg_reload_conf()"), "t");
    EXPECT_EQ(ask(**server, "checkpoint; select count(*) > 0 from pg_ls_waldir()"), "NULL");
    EXPECT_EQ(ask(**server, "select count(*) from pg_file_settings where error is not null"), "0");
  }
}

}  // namespace
}  // namespace stele::postgres
