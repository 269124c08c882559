#pragma once

#include <cstdint>
#include <memory>

#include "io/directory.h"

namespace stele::io {

// What happens at an operation that changes something (open that creates, write, append, truncate, sync,
// rename, remove), counted from 1.
struct Fault {
  enum class Kind {
    kError,  // the operation does nothing and returns kIo
    kTorn,   // a write does its first part and returns kIo; other operations as kError
    kCrash,  // from this operation on everything returns kIo, until recover()
  };
  std::uint64_t at = 0;  // 0: never
  Kind kind = Kind::kError;
};

// What does a disk leave behind that fails, or that loses its power? For tests: wraps a directory, which
// starts empty; keeps beside it what is certain to survive, so memory is spent on a second copy. After a
// crash, recover() leaves of each file what was synced and then, by the seed, a part of the writes since, the
// last one perhaps torn; and of the names what the directories' sync() made certain and then a part of the
// changes since, in order. Any thread.
class FaultyDirectory {
 public:
  explicit FaultyDirectory(Directory& wrapped);
  ~FaultyDirectory();

  // The directory to hand to what is tested. Subdirectories share the count of operations and the crash.
  Directory& directory();

  void set_fault(Fault fault);
  std::uint64_t operations() const;
  // Everything fails from now on.
  void crash();
  bool crashed() const;
  // The machine starts again: the wrapped directory holds what survived, operations count from 0, no fault is
  // set. Files that were open stay dead. Crashes first if nothing did.
  Result<> recover(std::uint64_t seed);

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<Directory> directory_;
};

}  // namespace stele::io
