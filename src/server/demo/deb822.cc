#include "server/demo/deb822.h"

#include <algorithm>

namespace stele::server::demo {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Printable ASCII but space and colon, and not the sign of a comment in front.
bool is_field_name(std::string_view name) {
  if (name.empty() || name.front() == '#' || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Stanza::get(std::string_view name) const {
  for (const Field& field : fields_) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::string_view StanzaReader::take_line() {
  const std::size_t end = rest_.find('\n');
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  return line;
}

bool StanzaReader::next(Stanza& stanza) {
  stanza.fields_.clear();
  bool belongs_to_field = false;  // whether a continuation line has a field to go on with
  while (!rest_.empty()) {
    const std::string_view line = take_line();
    const bool is_continuation = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    if (trim(line).empty()) {
      if (!stanza.fields_.empty()) break;
      belongs_to_field = false;
    } else if (line.front() == '#') {
      continue;
    } else if (is_continuation) {
      if (belongs_to_field) {
        // The lines of a value lie side by side in the text.
        std::string_view& value = stanza.fields_.back().value;
        value = std::string_view(value.data(),
                                 static_cast<std::size_t>(line.data() + line.size() - value.data()));
      } else {
        ++broken_lines_;
      }
    } else {
      const std::size_t colon = line.find(':');
      belongs_to_field = colon != std::string_view::npos && is_field_name(line.substr(0, colon));
      if (belongs_to_field) {
        stanza.fields_.push_back({line.substr(0, colon), line.substr(colon + 1)});
      } else {
        ++broken_lines_;
      }
    }
  }
  for (Stanza::Field& field : stanza.fields_) field.value = trim(field.value);
  return !stanza.fields_.empty();
}

}  // namespace stele::server::demo
