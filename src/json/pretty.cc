#include "json/pretty.h"

namespace stele::json {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The size of the string literal at the front of `json`, quotes included.
std::size_t string_size(std::string_view json) {
  std::size_t i = 1;
  while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
  return i < json.size() ? i + 1 : json.size();
}

void new_line(std::string& out, std::size_t level) {
  out.push_back('\n');
  out.append(2 * level, ' ');
}

}  // namespace

std::string pretty(std::string_view json) {
  std::string out;
  out.reserve(json.size() * 3 / 2);
  std::size_t level = 0;
  bool opened = false;  // the last token was an opening bracket
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (is_blank(c)) {
      ++i;
      continue;
    }
    if (c == '}' || c == ']') {
      if (level > 0) --level;
      opened ? out.push_back(' ') : new_line(out, level);
    } else if (opened) {
      new_line(out, level);
    }
    opened = false;
    if (c == '"') {
      const std::size_t size = string_size(json.substr(i));
      out.append(json.substr(i, size));
      i += size;
      continue;
    }
    if (c == ':') {
      out.append(" : ");
    } else {
      out.push_back(c);
    }
    if (c == ',') new_line(out, level);
    if (c == '{' || c == '[') {
      ++level;
      opened = true;
    }
    ++i;
  }
  return out;
}

std::string compact(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    if (is_blank(json[i])) {
      ++i;
      continue;
    }
    const std::size_t size = json[i] == '"' ? string_size(json.substr(i)) : 1;
    out.append(json.substr(i, size));
    i += size;
  }
  return out;
}

}  // namespace stele::json
