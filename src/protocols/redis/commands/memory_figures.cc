#include "protocols/redis/commands/memory_figures.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace stele::redis {

namespace {

std::size_t page_bytes() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * page_bytes();
}

std::size_t system_bytes() {
  return static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * page_bytes();
}

std::string human(std::size_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{}B", bytes);
  if (bytes < 1024UL * 1024) return fmt::format("{:.2f}K", value / 1024);
  if (bytes < 1024UL * 1024 * 1024) return fmt::format("{:.2f}M", value / 1024 / 1024);
  return fmt::format("{:.2f}G", value / 1024 / 1024 / 1024);
}

double ratio(std::size_t of, std::size_t to) {
  return to == 0 ? 0 : static_cast<double>(of) / static_cast<double>(to);
}

class Lines {
 public:
  template <class Value>
  Lines& add(std::string_view name, const Value& value) {
    fmt::format_to(std::back_inserter(text_), "{}:{}\r\n", name, value);
    return *this;
  }
  Lines& add_bytes(std::string_view name, std::size_t bytes) {
    add(name, bytes);
    fmt::format_to(std::back_inserter(text_), "{}_human:{}\r\n", name, human(bytes));
    return *this;
  }
  Lines& add_ratio(std::string_view name, double value) { return add(name, fmt::format("{:.2f}", value)); }
  Lines& add_percent(std::string_view name, double value) { return add(name, fmt::format("{:.2f}%", value)); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

MemoryFigures::MemoryFigures(Head& head) {
  const auto stats = head.keys().keyspace().stats();
  keys = stats.keys;
  dataset = stats.used_memory_bytes;
  freeing = stats.freeing_bytes;
  clients = head.client_memory().bytes();
  used = dataset + freeing + clients;
  peak = head.note_memory_peak();
  limit = head.settings().memory_bytes_max;
  scripts = head.scripts().memory_bytes();
  functions = head.functions().memory_bytes();
  resident = resident_bytes();
  allocator = allocator_figures();
}

double MemoryFigures::percent_of_used(std::size_t bytes) const {
  return ratio(bytes, used) * 100;
}

double MemoryFigures::percent_of_peak() const {
  return ratio(used, peak) * 100;
}

double MemoryFigures::fragmentation_ratio() const {
  return allocator ? ratio(allocator->active, allocator->allocated) : 0;
}

std::size_t MemoryFigures::fragmentation_bytes() const {
  return allocator ? allocator->active - allocator->allocated : 0;
}

std::string memory_section(Head& head) {
  const MemoryFigures memory(head);
  const auto stats = head.stats_since_reset();
  Lines lines;
  lines.add_bytes("used_memory", memory.used)
      .add_bytes("used_memory_rss", memory.resident)
      .add_bytes("used_memory_peak", memory.peak)
      .add_percent("used_memory_peak_perc", memory.percent_of_peak())
      .add("used_memory_overhead", memory.used - memory.dataset)
      .add("used_memory_dataset", memory.dataset)
      .add_percent("used_memory_dataset_perc", memory.percent_of_used(memory.dataset));
  if (memory.allocator) {
    lines.add("allocator_allocated", memory.allocator->allocated)
        .add("allocator_active", memory.allocator->active)
        .add("allocator_resident", memory.allocator->resident);
  }
  lines.add_bytes("total_system_memory", system_bytes())
      .add_bytes("used_memory_lua", memory.scripts)
      .add("used_memory_vm_eval", memory.scripts)
      .add("used_memory_vm_functions", memory.functions)
      .add_bytes("used_memory_vm_total", memory.scripts + memory.functions)
      .add("number_of_cached_scripts", head.scripts().size())
      .add_bytes("maxmemory", memory.limit)
      .add("maxmemory_policy", keyspace::to_string(head.settings().eviction_policy));
  if (memory.allocator) {
    lines.add_ratio("allocator_frag_ratio", memory.fragmentation_ratio())
        .add("allocator_frag_bytes", memory.fragmentation_bytes())
        .add_ratio("allocator_rss_ratio", ratio(memory.allocator->resident, memory.allocator->active))
        .add("allocator_rss_bytes", memory.allocator->resident - memory.allocator->active);
  }
  // Of all that the process has, indexes and other heads too, to what is used here.
  const auto all = static_cast<std::int64_t>(memory.resident);
  lines.add_ratio("mem_fragmentation_ratio", ratio(memory.resident, memory.used))
      .add("mem_fragmentation_bytes", all - static_cast<std::int64_t>(memory.used))
      .add("mem_not_counted_for_evict", memory.freeing)
      .add("mem_replication_backlog", 0)
      .add("mem_clients_slaves", 0)
      .add("mem_clients_normal", memory.clients)
      .add("mem_cluster_links", 0)
      .add("mem_aof_buffer", 0)
      .add("mem_allocator", allocator_name())
      .add("active_defrag_running", 0)
      .add("lazyfree_pending_objects", stats.freeing_objects)
      .add("lazyfreed_objects", stats.freed_objects);
  return lines.take();
}

}  // namespace stele::redis
