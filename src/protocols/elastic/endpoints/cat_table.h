#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/elastic/call.h"

namespace stele::elastic {

// One column of a _cat table.
struct CatColumn {
  std::string name;
  std::vector<std::string> aliases;
  std::string description;
  bool right = false;      // aligned; numbers
  bool by_default = true;  // shown unless h says otherwise
};

// A cell: what is shown, and what it is sorted by where that is a number.
struct CatCell {
  std::string text;
  std::optional<double> number = {};
};

// Rows of facts as text or JSON. h chooses columns (with '*'), s sorts ("name:desc"), v shows the header,
// help the columns, format=json the same as JSON.
class CatTable {
 public:
  explicit CatTable(std::vector<CatColumn> columns) : columns_(std::move(columns)) {}
  void add(std::vector<CatCell> row) { rows_.push_back(std::move(row)); }
  Outcome<Reply> render(const Call& call) const;

 private:
  Outcome<std::vector<std::size_t>> chosen(const Parameters& parameters,
                                           std::vector<std::string>& titles) const;
  Outcome<std::vector<const std::vector<CatCell>*>> sorted(const Parameters& parameters) const;
  std::optional<std::size_t> find(std::string_view name) const;
  std::string help() const;

  std::vector<CatColumn> columns_;
  std::vector<std::vector<CatCell>> rows_;
};

// "5.2kb", or by ?bytes= a plain number of that unit.
Outcome<CatCell> cat_bytes(const Parameters& parameters, std::size_t bytes);
CatCell cat_number(std::size_t number);

}  // namespace stele::elastic
