#pragma once

#include <cstdint>

namespace stele {

// How many bytes of memory may this process have? The machine's, or less where its control group (version 2,
// as seen from within a container) has a limit.
std::uint64_t machine_memory_bytes();

}  // namespace stele
