#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stele::server::demo {

// Writes rows in PostgreSQL's COPY text format, and so that a UTF-8 database takes them whatever the texts
// hold: NUL is dropped, bytes that are no UTF-8 become U+FFFD. One thread.
// Source: PostgreSQL 15 manual, COPY, "Text Format"; Unicode 15, table 3-7.
class CopyText {
 public:
  void null() { begin_field("\\N"); }
  void text(std::string_view value);
  // NULL for an empty one.
  void text_or_null(std::string_view value);
  // A text of continuation lines: the leading space goes, "." alone is an empty line. NULL for an empty one.
  void description_or_null(std::string_view value);
  void number(std::int64_t value);
  void boolean(bool value) { begin_field(value ? "t" : "f"); }
  void text_array(std::span<const std::string_view> values);
  void real_array(std::span<const float> values);
  void end_row();

  const std::string& bytes() const { return bytes_; }
  std::size_t rows() const { return rows_; }
  // What was written, and begins anew; the count of rows goes on.
  std::string take();

 private:
  void begin_field(std::string_view raw);
  void append_escaped(std::string_view value);

  std::string bytes_;
  std::size_t rows_ = 0;
  bool row_has_field_ = false;
};

}  // namespace stele::server::demo
