#include "server/signals.h"

#include <csignal>

namespace stele::server {

namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int StopSignals::wait() {
  const sigset_t set = stop_set();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal;
}

bool StopSignals::pending() const {
  sigset_t pending_set;
  sigpending(&pending_set);
  return sigismember(&pending_set, SIGINT) == 1 || sigismember(&pending_set, SIGTERM) == 1;
}

}  // namespace stele::server
