#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stele::crypto {

// Bytes nobody can guess. Any thread.
std::string random_bytes(std::size_t count);

// Compares secrets: the time taken depends on the lengths alone.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace stele::crypto
