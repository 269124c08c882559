#pragma once

#include <string_view>

namespace stele {

// Prints the failed expression, its place and a stack to stderr, then aborts. Never returns.
[[noreturn]] void check_failed(const char* expression, const char* file, int line, std::string_view detail);

}  // namespace stele

// For what cannot happen unless there is a bug of ours: on in release too. Never reachable from input.
#define STELE_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::stele::check_failed(#condition, __FILE__, __LINE__, {}))
#define STELE_CHECK_MESSAGE(condition, detail) \
  (static_cast<bool>(condition) ? void(0) : ::stele::check_failed(#condition, __FILE__, __LINE__, (detail)))
