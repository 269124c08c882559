#pragma once

#include <liburing.h>

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "net/uring_buffers.h"

namespace stele::net {

// Whose completions are these? Operations of one descriptor; each is a number from 0 to 7.
class UringSource {
 public:
  virtual ~UringSource() = default;
  virtual void on_complete(unsigned operation, int result, unsigned flags) = 0;
};

// One io_uring with its buffers, and the list of what is to be freed after a round. For the io_uring backend
// alone. Confined to the thread that calls attach(), but for creation.
class UringRing {
 public:
  UringRing() = default;
  ~UringRing();
  UringRing(const UringRing&) = delete;

  // 0 or a negative errno.
  int create();
  int attach();
  // Ends the ring. What was asked for is cancelled, and nothing is told about it.
  void shut_down();

  // A submission entry whose completions go to `source`, with its number.
  io_uring_sqe* prepare();
  static void address_to(io_uring_sqe* sqe, UringSource* source, unsigned operation);
  static std::uint64_t user_data(UringSource* source, unsigned operation);

  // Hands over what was prepared and waits, negative: without end.
  void wait(Duration timeout);
  // Tells the sources what completed.
  void dispatch();

  UringBuffers& buffers() { return buffers_; }
  // Freed after the round: completions of this round may still name it.
  void bury(UringSource* source) { buried_.push_back(source); }

 private:
  io_uring ring_{};
  bool created_ = false;
  bool attached_ = false;
  UringBuffers buffers_;
  std::vector<UringSource*> buried_;
};

// Empty if this kernel serves all that the backend needs, tried on a pair of sockets; else why not.
const char* probe_uring();

}  // namespace stele::net
