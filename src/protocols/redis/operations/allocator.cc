#include "protocols/redis/operations/allocator.h"

#include <cstdint>
#include <string_view>

extern "C" {
// jemalloc's, where the program is linked with it.
int mallctl(const char* name, void* old, std::size_t* old_bytes, void* wanted, std::size_t wanted_bytes)
    __attribute__((weak));
void malloc_stats_print(void (*write)(void* to, const char* text), void* to, const char* options)
    __attribute__((weak));
}

namespace stele::redis {

namespace {

std::size_t figure(const char* name) {
  std::size_t value = 0;
  std::size_t size = sizeof(value);
  return mallctl(name, &value, &size, nullptr, 0) == 0 ? value : 0;
}

}  // namespace

std::optional<AllocatorFigures> allocator_figures() {
  if (&mallctl == nullptr) return std::nullopt;
  std::uint64_t epoch = 1;  // figures are as of its last change
  (void)mallctl("epoch", nullptr, nullptr, &epoch, sizeof(epoch));
  return AllocatorFigures{figure("stats.allocated"), figure("stats.active"), figure("stats.resident")};
}

std::string allocator_name() {
  if (&mallctl == nullptr) return "libc";
  const char* version = nullptr;
  std::size_t size = sizeof(version);
  if (mallctl("version", static_cast<void*>(&version), &size, nullptr, 0) != 0) return "jemalloc";
  const std::string_view text(version);
  return "jemalloc-" + std::string(text.substr(0, text.find('-')));
}

bool purge_allocator() {
  return &mallctl != nullptr && mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0) == 0;
}

std::string allocator_report() {
  std::string report;
  if (&malloc_stats_print == nullptr) return report;
  malloc_stats_print([](void* to, const char* text) { *static_cast<std::string*>(to) += text; }, &report,
                     nullptr);
  return report;
}

}  // namespace stele::redis
