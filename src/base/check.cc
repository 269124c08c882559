#include "base/check.h"

#include <execinfo.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace stele {

void check_failed(const char* expression, const char* file, int line, std::string_view detail) {
  std::fprintf(stderr, "check failed: %s at %s:%d %.*s\n", expression, file, line,
               static_cast<int>(detail.size()), detail.data());
  std::fflush(stderr);
  void* frames[64];
  const int depth = backtrace(frames, 64);
  backtrace_symbols_fd(frames, depth, STDERR_FILENO);
  std::abort();
}

}  // namespace stele
