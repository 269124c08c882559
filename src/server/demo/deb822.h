#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace stele::server::demo {

// One paragraph of a control file: `Name: value` lines, a value going on in lines that begin with a space.
// Borrowed from the text that the reader was given.
class Stanza {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;  // trimmed at both ends; continuation lines with their leading space
  };

  // The value of the first field of that name in any case, or an empty view.
  std::string_view get(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  friend class StanzaReader;
  std::vector<Field> fields_;
};

// Which paragraphs are in this text? Lines that are neither a field nor belong to one are counted and left
// out, so that a broken paragraph costs itself at most.
// Cost: one pass; no allocation a field beyond the stanza's vector. Source: deb822(5).
class StanzaReader {
 public:
  explicit StanzaReader(std::string_view text) : rest_(text) {}

  // Fills `stanza` with the next paragraph that has a field; false at the end.
  bool next(Stanza& stanza);
  std::size_t broken_lines() const { return broken_lines_; }

 private:
  std::string_view take_line();

  std::string_view rest_;
  std::size_t broken_lines_ = 0;
};

// Without spaces, tabs and line ends at both ends.
std::string_view trim(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace stele::server::demo
