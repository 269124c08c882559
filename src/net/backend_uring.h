#pragma once

#include <unordered_set>
#include <vector>

#include "net/backend.h"
#include "net/uring_ring.h"
#include "net/uring_socket.h"

namespace stele::net {

// io_uring (Linux 6.0 and newer): receives deliver again and again into buffers that the kernel picks,
// submissions of a round go with the one call that waits. Source: io_uring(7), liburing 2.3.
class UringBackend final : public Backend, public UringSource {
 public:
  explicit UringBackend(int wake_fd) : wake_fd_(wake_fd) {}
  ~UringBackend() override;

  int create() { return ring_.create(); }
  BackendKind kind() const override { return BackendKind::kIoUring; }
  Result<void> attach() override;
  Socket* add_socket(int fd, SocketObserver* observer) override;
  Acceptor* add_acceptor(int fd, AcceptObserver* observer) override;
  void wait(Duration timeout) override;
  void dispatch() override;

  // The wake descriptor's.
  void on_complete(unsigned operation, int result, unsigned flags) override;

  UringRing& ring() { return ring_; }
  void close_later(UringSocket* socket) { closing_.push_back(socket); }
  bool is_closing(const UringSocket* socket) const;
  void bury(UringSource* source);

 private:
  void watch_wake();

  int wake_fd_;
  bool watching_ = false;
  UringRing ring_;
  std::unordered_set<UringSource*> sources_;
  std::vector<UringSocket*> closing_;  // closed with a send under way
};

}  // namespace stele::net
