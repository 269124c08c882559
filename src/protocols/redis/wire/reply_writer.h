#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stele::redis::wire {

// Writes replies in RESP2 or RESP3, as the client asked by HELLO. What RESP2 lacks becomes what Redis makes
// of it: a map is an array of twice the length, a null is `$-1` or `*-1`. Appends; a reply is complete when
// as many elements followed as its arrays announced. Source: the RESP specification.
class ReplyWriter {
 public:
  ReplyWriter(std::string& out, int protocol) : out_(out), protocol_(protocol) {}

  int protocol() const { return protocol_; }
  std::string& out() { return out_; }

  void simple(std::string_view text);  // no line breaks
  void ok() { out_ += "+OK\r\n"; }
  // "WRONGTYPE Operation …": the code is part of the text; line breaks become spaces.
  void error(std::string_view text);
  void integer(std::int64_t value);
  void bulk(std::string_view bytes);
  // Plain text for people: INFO. The format has three letters.
  void verbatim(std::string_view text, std::string_view format = "txt");
  void null();
  void null_array();
  // What RESP2 lacks becomes a text, or 1 and 0.
  void number(double value);
  void number_text(std::string_view digits);  // one that was printed already
  void boolean(bool value);
  void big_number(std::string_view digits);
  // Whole elements, written elsewhere.
  void raw(std::string_view elements) { out_ += elements; }
  void array(std::size_t count) { header('*', count); }
  void map(std::size_t pairs) { protocol_ >= 3 ? header('%', pairs) : header('*', pairs * 2); }
  // What was not asked for: a message, an invalidation.
  void push(std::size_t count) { header(protocol_ >= 3 ? '>' : '*', count); }
  void set(std::size_t count) { header(protocol_ >= 3 ? '~' : '*', count); }

 private:
  void header(char type, std::size_t count);
  void blank_line_breaks(std::size_t begin);

  std::string& out_;
  const int protocol_;
};

}  // namespace stele::redis::wire
