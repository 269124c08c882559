#include "protocols/redis/wire/inline_words.h"

#include <cctype>

namespace stele::redis::wire {

namespace {

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// One character of a double-quoted part, from the front of `rest`.
char take_quoted(std::string_view& rest) {
  const char first = rest.front();
  if (first == '\\' && rest.size() >= 4 && rest[1] == 'x' && hex_digit(rest[2]) >= 0 &&
      hex_digit(rest[3]) >= 0) {
    const char byte = static_cast<char>(hex_digit(rest[2]) * 16 + hex_digit(rest[3]));
    rest.remove_prefix(4);
    return byte;
  }
  if (first == '\\' && rest.size() >= 2) {
    const char byte = escaped(rest[1]);
    rest.remove_prefix(2);
    return byte;
  }
  rest.remove_prefix(1);
  return first;
}

// The rest of a part in quotes, its end included, which must end the word.
bool take_quotes(char quote, std::string_view& rest, std::string& word) {
  while (!rest.empty() && rest.front() != quote) {
    if (quote == '\'' && rest.starts_with("\\'")) {
      word += '\'';
      rest.remove_prefix(2);
    } else if (quote == '\'') {
      word += rest.front();
      rest.remove_prefix(1);
    } else {
      word += take_quoted(rest);
    }
  }
  if (rest.empty()) return false;
  rest.remove_prefix(1);
  return rest.empty() || is_space(rest.front());
}

}  // namespace

bool split_inline_words(std::string_view line, std::deque<std::string>& words) {
  // Redis reads the line as a C string.
  std::string_view rest = line.substr(0, line.find('\0'));
  while (true) {
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
    if (rest.empty()) return true;
    std::string& word = words.emplace_back();
    while (!rest.empty() && !is_space(rest.front())) {
      const char first = rest.front();
      rest.remove_prefix(1);
      if (first == '"' || first == '\'') {
        if (!take_quotes(first, rest, word)) return false;
        break;
      }
      word += first;
    }
  }
}

}  // namespace stele::redis::wire
