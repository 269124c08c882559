#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/replication/tuple.h"

namespace stele::postgres {

// Turns what COPY … TO STDOUT sends, text or binary, into tuples of the stream's form. Takes whole rows, as
// PostgreSQL sends them: one or more in each chunk, none across two. One thread. Cost: a copy of the bytes
// and a check of it. kProtocol for malformed bytes. Source: the manual's page of COPY, "File Formats".
class CopyRows {
 public:
  CopyRows(bool is_binary, std::size_t column_count) : is_binary_(is_binary), column_count_(column_count) {}

  // The rows of these chunks, replacing those before. Views until the next call.
  Result<std::span<const Tuple>> take(std::span<const std::string_view> chunks);

 private:
  Result<void> take_binary(std::string_view chunk);
  Result<void> take_text(std::string_view chunk);
  Result<void> take_line(std::string_view line);
  void append_text(std::string_view field);

  bool is_binary_;
  std::size_t column_count_;
  bool header_read_ = false;
  bool ended_ = false;
  std::size_t row_count_ = 0;
  std::string bytes_;  // all rows of one take(), as TupleData
  std::vector<Tuple> rows_;
};

}  // namespace stele::postgres
