#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "server/demo/catalogue.h"
#include "server/demo/copy_text.h"

namespace stele::server::demo {

// One table of the demo: its COPY statement, and how its rows are written. A step (a section, a package, …)
// gives none, one or several rows.
struct DemoTable {
  std::string_view name;
  std::string_view copy;  // "COPY … FROM STDIN"
  std::size_t (*steps)(const Catalogue& catalogue);
  void (*write)(const Catalogue& catalogue, std::size_t step, CopyText& out);
};

// All of them, so that each comes after those that it refers to.
std::span<const DemoTable> demo_tables();

struct CopyProgress {
  std::string_view table;
  std::size_t rows = 0;         // of this table, so far
  std::size_t steps_done = 0;   // over all tables
  std::size_t steps_total = 0;  // so that a bar knows its end
};

// The catalogue's rows as chunks for COPY: the loader pulls, so that it never holds more than one. For each
// table: begin_table(), the statement, then chunks until there is an empty one.
//   while (const DemoTable* table = rows.begin_table()) { …; while (!(chunk = rows.next_chunk()).empty()) …;
//   }
// One thread; the catalogue outlives it. A chunk ends with a row and is at most one step's rows beyond
// `chunk_bytes`.
class CopyRows {
 public:
  explicit CopyRows(const Catalogue& catalogue, std::size_t chunk_bytes = 256 << 10,
                    std::function<void(const CopyProgress&)> progress = {});

  // Null after the last.
  const DemoTable* begin_table();
  std::string next_chunk();
  // Over all tables so far.
  std::size_t rows() const { return rows_; }

 private:
  const Catalogue& catalogue_;
  const std::size_t chunk_bytes_;
  const std::function<void(const CopyProgress&)> progress_;
  std::size_t next_table_ = 0;
  const DemoTable* table_ = nullptr;
  std::size_t step_ = 0;
  std::size_t steps_done_ = 0;
  std::size_t steps_total_ = 0;
  std::size_t rows_ = 0;
  CopyText text_;
};

}  // namespace stele::server::demo
