#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "postgres/replication/stream.h"
#include "views/test_views.h"

namespace stele::views {
namespace {

// A synchronous standby, as PostgreSQL sees it: it follows the log, and says that it has flushed all of it,
// or nothing of what came since it began.
class Standby {
 public:
  Standby(postgres::ConnectOptions options, const std::string& name, bool flushes) : flushes_(flushes) {
    options.application_name = name;
    reactor_ = *net::Reactor::create({.backend = net::BackendKind::kEpoll});
    reactor_->spawn(follow(this, std::move(options), name));
    thread_ = std::thread([this] { reactor_->run(); });
  }
  ~Standby() {
    reactor_->post([this] {
      stopping_ = true;
      if (stream_ != nullptr) stream_->stop();
    });
    thread_.join();
  }
  void set_flushes(bool on) { flushes_ = on; }

 private:
  static net::Task<void> follow(Standby* self, postgres::ConnectOptions options, std::string slot) {
    postgres::StreamOptions stream{.connect = std::move(options),
                                   .slot = std::move(slot),
                                   .pgoutput = {.publications = {"stele"}},
                                   .spools = postgres::memory_spools(1U << 20),
                                   .confirmed = [self] { return self->confirmed(); },
                                   .feedback_interval = std::chrono::milliseconds(20)};
    auto made = co_await postgres::ReplicationStream::create(
        std::move(stream), true, postgres::SnapshotAction::kNothing, system_clock().now() + kTestLimit);
    STELE_CHECK_MESSAGE(made.has_value(), made ? std::string() : made.error().to_string());
    self->stream_ = std::move(*made);
    self->kept_ = self->stream_->created().consistent_point;
    for (bool more = !self->stopping_; more;) {
      const auto event = co_await self->stream_->next();
      more = event.has_value() && !std::holds_alternative<postgres::Lost>(*event);
    }
    self->stream_.reset();
    self->reactor_->stop();
  }
  Lsn confirmed() {
    if (flushes_ && stream_ != nullptr) kept_ = stream_->delivered();
    return kept_;
  }

  std::atomic<bool> flushes_;
  bool stopping_ = false;
  Lsn kept_;
  std::unique_ptr<net::Reactor> reactor_;
  std::unique_ptr<postgres::ReplicationStream> stream_;
  std::thread thread_;
};

// Commits that are answered without a standby, on a server whose other commits wait for them.
class StandbyTest : public ViewsTest {
 protected:
  void SetUp() override {
    ViewsTest::SetUp();
    sql()("ALTER DATABASE " + database_ + " SET synchronous_commit = local");
    sql().reconnect();
    start();
    sql()("CREATE TABLE t (id serial PRIMARY KEY); SELECT stele.publish('t')");
    ASSERT_TRUE(ready("t"));
  }
  void TearDown() override {
    name_standbys("");
    ViewsTest::TearDown();
  }
  void name_standbys(const std::string& names) {
    sql()("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    sql()("SELECT pg_reload_conf()");
    ASSERT_TRUE(eventually([&] { return sql()("SHOW synchronous_standby_names") == names; }));
  }
  bool states_are(const std::string& states) {
    return eventually([&] {
      return sql()(
                 "SELECT string_agg(application_name || '=' || sync_state, ' ' ORDER BY application_name) "
                 "FROM pg_stat_replication WHERE application_name LIKE 's_'") == states;
    });
  }
  // Commits a row; where its commit ends, or before.
  Lsn commit() {
    sql()("INSERT INTO t DEFAULT VALUES");
    return *Lsn::parse(sql()("SELECT pg_current_wal_flush_lsn()"));
  }
  // A commit has come here, and is not shown.
  bool holds_back() {
    return eventually([&] {
      const Lsn position = commit();
      return eventually([&] { return views_->status().received >= position; }) &&
             views_->freshness().visible() < position;
    });
  }
  bool shows(Lsn position) {
    return eventually([&] { return views_->freshness().visible() >= position; });
  }
};

TEST_F(StandbyTest, ShowsNoMoreThanTheSynchronousStandbyHas) {
  Standby standby(server().options(database_), "s1", false);
  name_standbys("s1");
  ASSERT_TRUE(states_are("s1=sync"));
  ASSERT_TRUE(holds_back());
  const Lsn position = commit();
  const std::size_t shown = search("t", match_all()).size();
  EXPECT_LT(shown, std::stoul(sql()("SELECT count(*) FROM t")));
  standby.set_flushes(true);
  EXPECT_TRUE(shows(position));
  standby.set_flushes(false);
  ASSERT_TRUE(holds_back());
  name_standbys("");
  EXPECT_TRUE(shows(commit()));
}

TEST_F(StandbyTest, AQuorumIsReachedByItsFastest) {
  Standby fast(server().options(database_), "s1", true);
  Standby slow(server().options(database_), "s2", false);
  name_standbys("ANY 2 (s1, s2)");
  ASSERT_TRUE(states_are("s1=quorum s2=quorum"));
  ASSERT_TRUE(holds_back());
  const Lsn position = commit();
  name_standbys("ANY 1 (s1, s2)");
  EXPECT_TRUE(shows(position));
  EXPECT_TRUE(shows(commit()));
  // Nobody else is asked where our own stream counts.
  fast.set_flushes(false);
  ASSERT_TRUE(holds_back());
  name_standbys("any 1 (*)");
  EXPECT_TRUE(shows(commit()));
}

}  // namespace
}  // namespace stele::views
