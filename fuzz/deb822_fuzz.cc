// fuzz: demo
// A package list of any bytes becomes a catalogue, and every row of it COPY text with its columns in place.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/demo/catalogue_builder.h"
#include "server/demo/copy_rows.h"
#include "server/demo/debian_version.h"

namespace {

// Each row has as many tabs, and each chunk ends with a row.
void check(std::string_view chunk, std::size_t columns) {
  if (chunk.back() != '\n') std::abort();
  std::size_t tabs = 0;
  for (const char c : chunk) {
    if (c == '\t') ++tabs;
    if (c == '\0') std::abort();
    if (c != '\n') continue;
    if (tabs + 1 != columns) std::abort();
    tabs = 0;
  }
}

std::size_t columns_of(std::string_view copy) {
  std::size_t columns = 1;
  for (const char c : copy) columns += c == ',';
  return columns;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stele::server::demo;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t half = size / 2;
  if (compare_versions(text.substr(0, half), text.substr(half)) !=
      0 <=> compare_versions(text.substr(half), text.substr(0, half))) {
    std::abort();
  }
  CatalogueBuilder builder;
  builder.add_packages(text);
  builder.add_packages(text.substr(half));
  builder.add_translations("de", text);
  builder.add_translations("en", text);
  const Catalogue catalogue = std::move(builder).build();
  CopyRows rows(catalogue, 512);
  while (const DemoTable* const table = rows.begin_table()) {
    std::string chunk;
    while (!(chunk = rows.next_chunk()).empty()) check(chunk, columns_of(table->copy));
  }
  return 0;
}
