#include "base/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace stele {

std::uint64_t machine_memory_bytes() {
  const auto machine =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::uint64_t group = 0;
  // Without a limit it says "max", which is no number.
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> group && group > 0) return std::min(machine, group);
  return machine;
}

}  // namespace stele
