// How fast does the demo read apt's lists and make COPY chunks of them?
//   bench_catalogue [LISTS [OUT]]   LISTS = /var/lib/apt/lists; OUT = a folder that gets schema and rows for
//   psql
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "server/demo/copy_rows.h"
#include "server/demo/schema.h"

namespace {

using stele::server::demo::Catalogue;
using stele::server::demo::CopyRows;
using stele::server::demo::DemoTable;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void write_script(const Catalogue& catalogue, const std::string& folder) {
  std::ofstream script(folder + "/load.sql", std::ios::binary);
  script << stele::server::demo::kDropTables << stele::server::demo::kCreateTables;
  CopyRows rows(catalogue);
  while (const DemoTable* const table = rows.begin_table()) {
    script << table->copy << ";\n";
    for (std::string chunk; !(chunk = rows.next_chunk()).empty();) script << chunk;
    script << "\\.\n";
  }
  script << stele::server::demo::kAddConstraints;
}

}  // namespace

int main(int argc, char** argv) {
  auto start = std::chrono::steady_clock::now();
  const auto catalogue = Catalogue::read(argc > 1 ? argv[1] : "/var/lib/apt/lists");
  if (!catalogue.has_value()) {
    fmt::print(stderr, "{}\n", catalogue.error().to_string());
    return 1;
  }
  const double read_s = seconds_since(start);
  const Catalogue::Report& report = catalogue->report();
  fmt::print(
      "read: {} stanzas in {:.2f} s ({:.0f}/s), {} packages, {} duplicates, {} broken, {} translations\n",
      report.stanzas, read_s, static_cast<double>(report.stanzas) / read_s, catalogue->packages().size(),
      report.duplicates, report.broken_stanzas, catalogue->translations().size());
  start = std::chrono::steady_clock::now();
  CopyRows rows(*catalogue);
  std::size_t bytes = 0;
  while (rows.begin_table()) {
    for (std::string chunk; !(chunk = rows.next_chunk()).empty();) bytes += chunk.size();
  }
  const double copy_s = seconds_since(start);
  fmt::print("copy: {} rows, {:.1f} MB in {:.2f} s ({:.0f} rows/s)\n", rows.rows(),
             static_cast<double>(bytes) / 1e6, copy_s, static_cast<double>(rows.rows()) / copy_s);
  if (argc > 2) write_script(*catalogue, argv[2]);
  return 0;
}
