#include "server/serve.h"

#include <fmt/format.h>
#include <malloc.h>

#include <filesystem>
#include <string>
#include <utility>

#include "base/log.h"
#include "io/directory.h"
#include "server/cli_client.h"
#include "server/demo_load.h"
#include "server/demo_tour.h"
#include "server/node.h"
#include "server/signals.h"

namespace stele::server {

namespace {

constexpr Logger kLog("serve");

Result<void> write_ready_file(const std::string& path, const std::string& ports) {
  const std::filesystem::path file(path);
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  STELE_TRY(const auto directory, io::open_directory(folder.string()));
  return io::replace_content(*directory, file.filename().string(), ports + "\n");
}

// Views build and drop large arrays again and again: given back to the kernel each time, they would cost a
// page fault for every 4 KB, a fifth of the time of a load. At most this much stays with us.
void keep_freed_memory() {
  constexpr int kKeptBytes = 256 << 20;
  constexpr int kMappedBytesMin = 32 << 20;
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  ::mallopt(M_MMAP_THRESHOLD, kMappedBytesMin);
}

// A demo that cannot be loaded is told and does not end the node. Ctrl-C ends it.
void offer_demo(Node& node, const StopSignals& signals) {
  const DemoProgress progress = [&signals, show = progress_on_terminal()](std::string_view table,
                                                                          double share) {
    return show(table, share) && !signals.pending();
  };
  const auto loaded = run_to_end([&] { return load_demo(node.postgres(), progress); });
  if (!loaded) {
    fmt::print(stderr, "The demo's catalogue is not loaded: {}\n", loaded.error().message);
    return;
  }
  if (!wait_until_demo_is_served(*node.views_or_null(), signals)) return;
  fmt::print("{}", demo_lines(node.ports()));
  std::fflush(stdout);
}

}  // namespace

Result<void> run_serve(const Configuration& configuration) {
  keep_freed_memory();
  StopSignals signals;
  STELE_TRY(const auto node, Node::start(configuration));
  if (configuration.demo) offer_demo(*node, signals);
  if (!configuration.ready_file.empty() && !signals.pending()) {
    STELE_RETURN_IF_ERROR(write_ready_file(configuration.ready_file, node->ports_json()));
  }
  kLog.info("ready {}", node->ports_json());
  const int signal = signals.wait();
  kLog.info("stopping signal={}", signal);
  node->stop();
  return {};
}

}  // namespace stele::server
