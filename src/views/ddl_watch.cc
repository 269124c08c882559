#include "views/ddl_watch.h"

#include <utility>

#include "base/log.h"
#include "views/session.h"

namespace stele::views {
namespace {

constexpr Logger kLog("views");
constexpr Duration kTimeout = std::chrono::seconds(10);
constexpr Duration kCapInterval = std::chrono::milliseconds(2);

// Up to where have so many synchronous standbys flushed as a commit waits for? "ANY n (...)" waits for the n
// fastest of the "quorum", "FIRST n (...)" and a plain list (n = 1) for all of their n "sync" ones: both are
// the n-th largest position; nothing commits while there are fewer. Our own walsender, which counts where the
// names are '*', reaches whatever is applied here.
constexpr std::string_view kSynchronousPosition = R"sql(
WITH setting AS (SELECT pg_catalog.current_setting('synchronous_standby_names') AS names)
SELECT CASE WHEN names = '' THEN 'FFFFFFFF/FFFFFFFF' ELSE coalesce((
    SELECT CASE WHEN s.slot_name IS NULL THEN r.flush_lsn ELSE 'FFFFFFFF/FFFFFFFF' END AS reached
    FROM pg_catalog.pg_stat_replication r
    LEFT JOIN pg_catalog.pg_replication_slots s ON s.active_pid = r.pid AND s.slot_name = $1
    WHERE r.sync_state IN ('sync', 'quorum')
    ORDER BY reached DESC
    OFFSET coalesce(pg_catalog.substring(names, '(?i)^\s*(?:any\s+|first\s+)?([0-9]+)\s*\(')::int, 1) - 1
    LIMIT 1), '0/0') END
FROM setting
)sql";

}  // namespace

net::Task<void> DdlWatch::run() {
  while (!stopped_) {
    co_await wake_.wait_until(reactor_.now() + options_.interval);
    if (stopped_) break;
    auto looked = co_await look();
    if (looked) looked = co_await report();
    if (looked) looked = co_await forget_gone_nodes();
    if (looked) continue;
    kLog.debug("the catalogs could not be read: {}", looked.error().to_string());
    connection_.reset();
  }
  if (connection_ != nullptr && !connection_->is_broken())
    co_await connection_->close(reactor_.now() + kTimeout);
  connection_.reset();
}

net::Task<Result<void>> DdlWatch::look() {
  const TimePoint deadline = reactor_.now() + kTimeout;
  if (connection_ == nullptr || connection_->is_broken()) {
    connection_.reset();
    auto connected = co_await connect_session(options_.postgres, deadline);
    STELE_CO_TRY(connection_, std::move(connected));
  }
  auto read = co_await read_collections(connection_.get(), deadline);
  STELE_CO_TRY(const auto collections, std::move(read));
  std::vector<std::int64_t> orphans;
  for (const CollectionFacts& facts : collections) {
    Served* served = roster_.find(facts.row.id);
    // One that the stream has not brought yet, or is bringing now.
    if (served != nullptr && compare(*served, facts)) orphans.push_back(facts.row.id);
  }
  if (!applier_.busy() && !applier_.is_held()) roster_.show();
  for (const std::int64_t id : orphans) {
    auto deleted = co_await run_statement(
        "DELETE FROM stele.collection c WHERE id = $1::bigint AND NOT EXISTS (SELECT FROM "
        "pg_catalog.pg_class k WHERE k.oid "
        "= c.source_oid)",
        {std::to_string(id)});
    STELE_CO_RETURN_IF_ERROR(deleted);
  }
  auto position = co_await run_statement("SELECT pg_catalog.pg_current_wal_flush_lsn()", {});
  STELE_CO_TRY(const postgres::ResultSet flush, std::move(position));
  if (const auto lsn = Lsn::parse(flush.value().value_or("")); lsn) server_lsn_ = *lsn;
  co_return co_await look_at_standbys(connection_.get());
}

bool DdlWatch::compare(Served& served, const CollectionFacts& facts) {
  if (served.copy_wanted || served.joining != nullptr) return false;
  if (!facts.table_there || !facts.refused.empty()) {
    served.live.reset();
    served.failed_fingerprint = facts.fingerprint;
    roster_.set_state(served, CollectionState::kFailed, facts.refused);
    return !facts.table_there;
  }
  if (served.live != nullptr && served.live->shape().fingerprint.empty()) {
    served.live->set_fingerprint(facts.fingerprint);
    return false;
  }
  const bool same = served.live != nullptr ? served.live->shape().fingerprint == facts.fingerprint
                                           : served.failed_fingerprint == facts.fingerprint;
  if (same) return false;
  kLog.info("table changed, copying anew collection={}", served.row.name);
  if (options_.changed) options_.changed(facts.row.table_oid);
  served.copy_wanted = true;
  served.row.table = facts.row.table;
  roster_.set_state(served, served.live != nullptr ? CollectionState::kStale : CollectionState::kBuilding,
                    "its table was changed and is being copied anew");
  copier_.wake();
  return false;
}

net::Task<Result<postgres::ResultSet>> DdlWatch::run_statement(std::string sql,
                                                               postgres::Parameters parameters) {
  return views::run(connection_.get(), std::move(sql), std::move(parameters), reactor_.now() + kTimeout);
}

net::Task<Result<void>> DdlWatch::report() {
  std::string status = roster_.status_json();
  if (options_.keys_status) status.insert(status.size() - 1, ",\"keys\":" + options_.keys_status());
  const Lsn visible = applier_.applied();
  if (status == reported_ && reactor_.now() - reported_at_ < options_.report_interval)
    co_return Result<void>();
  auto written = co_await run_statement(
      "INSERT INTO stele.node (id, slot, visible, status) VALUES ($1, $2::pg_catalog.name, "
      "$3::pg_catalog.pg_lsn, "
      "$4::pg_catalog.jsonb) ON CONFLICT (id) DO UPDATE SET slot = EXCLUDED.slot, visible = "
      "EXCLUDED.visible, "
      "status = EXCLUDED.status, last_seen = pg_catalog.now()",
      {options_.node, options_.slot, visible.to_string(), status});
  STELE_CO_RETURN_IF_ERROR(written);
  reported_ = std::move(status);
  reported_at_ = reactor_.now();
  co_return Result<void>();
}

net::Task<Result<void>> DdlWatch::forget_gone_nodes() {
  if (forgot_at_ != TimePoint{} && reactor_.now() - forgot_at_ < options_.report_interval)
    co_return Result<void>();
  const std::string seconds =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(options_.gone_after).count());
  // A node that comes back copies anew. One whose slot is in use is there, whatever its row says.
  auto found = co_await run_statement(
      "SELECT n.id FROM stele.node n WHERE n.id <> $1 AND n.slot = 'stele_' || n.id AND n.last_seen < "
      "pg_catalog.now() - pg_catalog.make_interval(secs => $2::float8) AND NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_replication_slots s WHERE s.slot_name = n.slot AND s.active)",
      {options_.node, seconds});
  STELE_CO_TRY(const postgres::ResultSet gone, std::move(found));
  forgot_at_ = reactor_.now();
  for (std::size_t row = 0; row < gone.size(); ++row) {
    const std::string id(gone.cell(row, 0).value_or(""));
    auto dropped = co_await run_statement(
        "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE "
        "slot_name = 'stele_' || $1 AND NOT active",
        {id});
    if (dropped)
      dropped = co_await run_statement(
          "DELETE FROM stele.node WHERE id = $1 AND last_seen < pg_catalog.now() - "
          "pg_catalog.make_interval(secs => $2::float8)",
          {id, seconds});
    if (dropped)
      kLog.warn("node {} was not seen for {} s: its slot is dropped", id, seconds);
    else
      kLog.warn("the slot of node {}, which is gone, stays: {}", id, dropped.error().to_string());
  }
  co_return Result<void>();
}

net::Task<Result<void>> DdlWatch::look_at_standbys(postgres::Connection* connection) {
  auto ran = co_await views::run(connection,
                                 "SELECT pg_catalog.current_setting('synchronous_standby_names') <> '', "
                                 "pg_catalog.pg_has_role('pg_monitor', 'USAGE') OR (SELECT rolsuper FROM "
                                 "pg_catalog.pg_roles WHERE rolname = "
                                 "current_user)",
                                 {}, reactor_.now() + kTimeout);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  const bool wanted = rows.cell(0, 0) == "t";
  const bool readable = rows.cell(0, 1) == "t";
  standby_warning_ =
      wanted && !readable
          ? "synchronous_standby_names is set, and without pg_monitor this role cannot see how far the "
            "standbys are: commits may be visible here before SQL shows them"
          : "";
  const bool was = std::exchange(synchronous_, wanted && readable);
  if (synchronous_ && !was) cap_wake_.notify();
  if (!synchronous_ && was) applier_.set_cap(std::nullopt);
  co_return Result<void>();
}

net::Task<void> DdlWatch::run_cap() {
  std::unique_ptr<postgres::Connection> connection;
  while (!stopped_) {
    co_await cap_wake_.wait_until(synchronous_ ? reactor_.now() + kCapInterval : kNoDeadline);
    if (stopped_ || !synchronous_) continue;
    if (connection == nullptr || connection->is_broken()) {
      connection.reset();
      auto connected = co_await connect_session(options_.postgres, reactor_.now() + kTimeout);
      if (!connected) continue;
      connection = std::move(*connected);
    }
    auto ran = co_await views::run(connection.get(), std::string(kSynchronousPosition), {options_.slot},
                                   reactor_.now() + kTimeout);
    if (!ran) continue;
    const auto lsn = Lsn::parse(ran->value().value_or(""));
    if (lsn && synchronous_) applier_.set_cap(*lsn);
  }
  if (connection != nullptr && !connection->is_broken())
    co_await connection->close(reactor_.now() + kTimeout);
}

void DdlWatch::stop() {
  stopped_ = true;
  wake_.notify();
  cap_wake_.notify();
}

}  // namespace stele::views
