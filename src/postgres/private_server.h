#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "postgres/connect_options.h"
#include "postgres/server/cluster.h"

namespace stele::postgres {

struct PrivateServerOptions {
  std::string directory;         // where everything of it lies; made if it is not there
  std::string binary_directory;  // of postgres and initdb; empty: found (server/server_binaries.h)
  std::string user;              // whom to run it as when we are root; empty: "postgres", else "nobody"
  ClusterSettings settings;
  Duration start_timeout = std::chrono::seconds(60);
  Duration stop_timeout = std::chrono::seconds(30);  // of the fast shutdown, before it is made to
  // How often the programs are looked at: when a package upgrade has replaced them, the server is restarted,
  // because the old process cannot load the new libraries.
  Duration binaries_interval = std::chrono::seconds(5);
  Duration restart_delay_min = std::chrono::milliseconds(100);
  Duration restart_delay_max = std::chrono::seconds(5);
};

// A PostgreSQL of our own: made if it is not there, started, kept running, stopped with us.
// It listens on a Unix socket alone, in a directory of mode 0700 that belongs to the user it runs as; whoever
// reaches the socket is let in as any role ("trust"), so only that user and root do. When it dies (kill -9,
// out of memory), it is started again after a growing delay; when we die by whatever signal, the kernel tells
// it to end (PDEATHSIG), and the next start stops one that is left over. Who holds connections learns from
// these that it died. Threads: start() and stop() block; one thread of its own supervises. The rest from any
// thread. Errors of start(): kNotFound (no programs), kFailedPrecondition (says what is in the way),
// kAlreadyExists (another process serves the directory), kDeadlineExceeded.
class PrivateServer {
 public:
  // Returns when it accepts connections.
  static Result<std::unique_ptr<PrivateServer>> start(PrivateServerOptions options);
  // stop().
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  // A fast shutdown: sessions are ended, a checkpoint is written. Idempotent.
  void stop();

  // As its superuser "postgres".
  ConnectOptions connect_options(std::string database = "postgres") const;
  const std::string& socket_directory() const;
  const std::string& directory() const;
  const std::string& user() const;  // of the operating system
  pid_t pid() const;                // 0 while it is down
  bool is_ready() const;
  std::uint64_t restarts() const;

 private:
  class Supervisor;
  explicit PrivateServer(std::unique_ptr<Supervisor> supervisor);
  std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace stele::postgres
