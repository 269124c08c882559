#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/result.h"
#include "net/address.h"
#include "net/stream.h"
#include "net/task.h"

namespace stele::net {

class Reactor;

struct ListenerOptions {
  std::size_t connections_max = 10'000;  // beyond it: accepted and closed at once, counted
  int backlog = 1024;
  bool reuse_port = true;  // several reactors may listen on one address
  StreamLimits limits;
};

// Who comes in? Accepts on one address and runs `session` for each connection, on the current reactor.
// Threads: confined to that reactor. Stop: stop_accepting(), then close_all() wakes every session's reads
// with kCancelled; closed() resumes when the last session has ended.
class Listener {
 public:
  using Session = std::function<Task<void>(std::unique_ptr<Stream>)>;

  // kAlreadyExists when the port is in use (details: "address", "holder" = pid and name if known);
  // kPermissionDenied for privileged ports; kIo else.
  static Result<std::unique_ptr<Listener>> open(Address address, ListenerOptions options, Session session);
  ~Listener();

  // The address bound, with the port chosen when 0 was asked.
  const Address& address() const;
  // Sessions that run.
  std::size_t connections() const;
  // Connections closed at once because of connections_max, so far.
  std::size_t refused() const;

  void stop_accepting();
  void close_all();
  Task<void> closed();

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace stele::net
