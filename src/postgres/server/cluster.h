#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "postgres/server/child_process.h"
#include "postgres/server/server_binaries.h"

namespace stele::postgres {

struct ClusterSettings {
  std::uint64_t shared_buffers_bytes = 0;  // 0: a sixteenth of the memory, from 64 to 512 MiB
  std::uint64_t wal_bytes_max = 0;         // max_wal_size; 0: a twentieth of the disk, from 256 MiB to 4 GiB
  std::uint64_t slot_wal_bytes_max = 0;    // max_slot_wal_keep_size; 0: a tenth of the disk
  int connections_max = 200;
  int replication_slots_max = 32;
};

// Where does a private server's data lie, and is it fit to be started? Below one directory, all owned by the
// user the server runs as: data/ (the cluster), socket/ (mode 0700: whoever reaches it is let in as any role,
// so only that user and root do), postgres.log, postgres.url (for psql). When we are root and a parent of the
// directory (/root, a private temporary directory) is closed to that user, the server works through a
// descriptor of the directory that it inherits. Blocking; one thread.
class Cluster {
 public:
  // Finds or makes the directories. kFailedPrecondition naming what is in the way; kAlreadyExists when
  // another process has them open.
  static Result<Cluster> open(std::string directory, RunAs run_as);
  Cluster(Cluster&& other) noexcept;
  Cluster& operator=(Cluster&& other) noexcept;
  ~Cluster();

  // The version the data was made by; 0 when there is none yet.
  int data_version() const;
  // initdb if there is no data; an interrupted one is begun anew. Stops a server that still runs on it.
  Result<void> prepare(const ServerBinaries& binaries);
  Result<void> write_settings(const ClusterSettings& settings) const;
  // Appends the URL file.
  Result<void> write_url() const;

  const std::string& directory() const { return directory_; }
  std::string data() const { return directory_ + "/data"; }
  const std::string& socket_directory() const { return socket_directory_; }
  std::string log_file() const { return directory_ + "/postgres.log"; }
  const RunAs& run_as() const { return run_as_; }
  // A server on this cluster; arguments, user and descriptors are set, output and death signal are not.
  ChildOptions postmaster(const ServerBinaries& binaries) const;

  // The process that postmaster.pid names, if it lives and works in our data directory; 0 else.
  pid_t live_postmaster() const;
  // postmaster.pid says "ready" and names `pid`.
  bool is_ready(pid_t pid) const;
  // The last lines of the log, for an error's message.
  std::string log_tail() const;

 private:
  Cluster(std::string directory, RunAs run_as, int lock)
      : directory_(std::move(directory)), run_as_(std::move(run_as)), lock_(lock) {}
  Result<void> initialize(const ServerBinaries& binaries) const;
  Result<void> stop_live_postmaster() const;
  // Of a postmaster that was killed: processes, and files with its number where that is somebody's.
  Result<void> clear_leftovers() const;
  Result<void> place_socket();
  // As the server sees it: `path`, which begins with directory(), or through its descriptor.
  std::string server_path(const std::string& path) const;

  std::string directory_;
  RunAs run_as_;
  int lock_ = -1;
  int descriptor_ = -1;  // of directory_; -1: the server reaches it by its path
  std::string socket_directory_;
};

}  // namespace stele::postgres
