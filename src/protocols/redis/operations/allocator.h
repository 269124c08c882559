#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace stele::redis {

// What does the process' allocator say of itself? jemalloc's figures, where the program is linked with it.
// Any thread. Cost: tens of microseconds.
struct AllocatorFigures {
  std::size_t allocated = 0;  // by the program
  std::size_t active = 0;     // the pages that this is in
  std::size_t resident = 0;   // with what the allocator keeps for itself
};
std::optional<AllocatorFigures> allocator_figures();
// "jemalloc-5.3.0" or "libc".
std::string allocator_name();
// Gives free pages back to the system. False: it cannot be asked to.
bool purge_allocator();
// Its own report; empty without jemalloc.
std::string allocator_report();

}  // namespace stele::redis
