#pragma once

namespace stele::server {

// Waits for SIGINT and SIGTERM on a thread of its choice. Construct before any other thread exists: the
// signals are blocked for all of them, and SIGPIPE is ignored. One a process.
class StopSignals {
 public:
  StopSignals();
  // Blocks until one of the signals comes; its number.
  int wait();
  // True if one has come already; does not block.
  bool pending() const;
};

}  // namespace stele::server
