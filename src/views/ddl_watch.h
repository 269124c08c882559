#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/lsn.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "views/applier.h"
#include "views/copier.h"
#include "views/roster.h"
#include "views/signal.h"

namespace stele::views {

// What has changed that the stream does not tell? DDL is invisible until the next DML, so each second, and
// when somebody saw a sign of it, the tables' fingerprints are compared with those of the generations; a
// difference wants a copy. Reports this node's state in stele.node on the way, drops the slots of nodes that
// are gone (they would hold the log for ever), and asks how far the server and its synchronous standbys are.
// Confined to the views' thread.
class DdlWatch {
 public:
  struct Options {
    postgres::ConnectOptions postgres;
    std::string node;
    std::string slot;
    Duration interval = std::chrono::seconds(1);
    Duration report_interval = std::chrono::seconds(30);  // of last_seen, where nothing changed
    Duration gone_after = std::chrono::hours(24);         // a node that was not seen for so long is gone
    std::function<void(std::uint32_t oid)> changed = {};  // a table is not what it was
    std::function<std::string()> keys_status = {};        // a JSON object
  };

  DdlWatch(Options options, net::Reactor& reactor, Applier& applier, Copier& copier, Roster& roster)
      : options_(std::move(options)),
        reactor_(reactor),
        applier_(applier),
        copier_(copier),
        roster_(roster),
        wake_(reactor),
        cap_wake_(reactor) {}

  net::Task<void> run();
  // Keeps visibility below what synchronous standbys have, while there are any and the role may see them.
  net::Task<void> run_cap();
  void wake() { wake_.notify(); }
  void stop();

  Lsn server_lsn() const { return server_lsn_; }
  // Why visibility cannot be held below the standbys; empty when it can or need not.
  const std::string& standby_warning() const { return standby_warning_; }

 private:
  net::Task<Result<void>> look();
  net::Task<Result<void>> report();
  net::Task<Result<void>> forget_gone_nodes();
  net::Task<Result<postgres::ResultSet>> run_statement(std::string sql, postgres::Parameters parameters);
  net::Task<Result<void>> look_at_standbys(postgres::Connection* connection);
  // True when its row can be deleted.
  bool compare(Served& served, const CollectionFacts& facts);

  Options options_;
  net::Reactor& reactor_;
  Applier& applier_;
  Copier& copier_;
  Roster& roster_;
  Signal wake_, cap_wake_;
  std::unique_ptr<postgres::Connection> connection_;
  std::string reported_;
  TimePoint reported_at_{};
  TimePoint forgot_at_{};
  Lsn server_lsn_;
  bool synchronous_ = false;
  std::string standby_warning_;
  bool stopped_ = false;
};

}  // namespace stele::views
