#include "protocols/redis/wire/reply_writer.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace stele::redis::wire {

namespace {

template <class Integer>
void append_line(std::string& out, char type, Integer value) {
  char text[24];
  text[0] = type;
  char* end = std::to_chars(text + 1, text + sizeof(text) - 2, value).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace

void ReplyWriter::header(char type, std::size_t count) {
  append_line(out_, type, count);
}

void ReplyWriter::simple(std::string_view text) {
  out_ += '+';
  out_ += text;
  out_ += "\r\n";
}

void ReplyWriter::blank_line_breaks(std::size_t begin) {
  for (std::size_t i = begin; i < out_.size(); ++i) {
    if (out_[i] == '\r' || out_[i] == '\n') out_[i] = ' ';
  }
}

void ReplyWriter::error(std::string_view text) {
  out_ += '-';
  const std::size_t begin = out_.size();
  out_ += text;
  blank_line_breaks(begin);
  out_ += "\r\n";
}

void ReplyWriter::integer(std::int64_t value) {
  append_line(out_, ':', value);
}

void ReplyWriter::bulk(std::string_view bytes) {
  append_line(out_, '$', bytes.size());
  out_ += bytes;
  out_ += "\r\n";
}

void ReplyWriter::verbatim(std::string_view text, std::string_view format) {
  if (protocol_ < 3) return bulk(text);
  append_line(out_, '=', text.size() + 4);
  out_ += format;
  out_ += ':';
  out_ += text;
  out_ += "\r\n";
}

void ReplyWriter::null() {
  out_ += protocol_ >= 3 ? "_\r\n" : "$-1\r\n";
}

void ReplyWriter::null_array() {
  out_ += protocol_ >= 3 ? "_\r\n" : "*-1\r\n";
}

void ReplyWriter::number(double value) {
  char text[40];
  std::size_t size = 0;
  constexpr double kExact = 1e15;  // printing an integer is cheaper
  if (value == std::trunc(value) && std::abs(value) < kExact && !(value == 0 && std::signbit(value))) {
    size = static_cast<std::size_t>(
        std::to_chars(text, text + sizeof(text), static_cast<std::int64_t>(value)).ptr - text);
  } else {
    size = static_cast<std::size_t>(std::snprintf(text, sizeof(text), "%.17g", value));
  }
  number_text({text, size});
}

void ReplyWriter::number_text(std::string_view digits) {
  if (protocol_ < 3) return bulk(digits);
  out_ += ',';
  out_ += digits;
  out_ += "\r\n";
}

void ReplyWriter::boolean(bool value) {
  if (protocol_ >= 3) {
    out_ += value ? "#t\r\n" : "#f\r\n";
  } else {
    integer(value ? 1 : 0);
  }
}

void ReplyWriter::big_number(std::string_view digits) {
  if (protocol_ < 3) {
    std::string line(digits);
    for (char& c : line) {
      if (c == '\r' || c == '\n') c = ' ';
    }
    return bulk(line);
  }
  out_ += '(';
  const std::size_t begin = out_.size();
  out_ += digits;
  blank_line_breaks(begin);
  out_ += "\r\n";
}

}  // namespace stele::redis::wire
