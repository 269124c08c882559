#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stele::crypto {

// Reads a SCRAM message (RFC 5802 section 7) attribute by attribute: "r=abc,s=c2FsdA==,i=4096".
class ScramMessage {
 public:
  explicit ScramMessage(std::string_view text) : rest_(text) {}

  // The next attribute's value if its name is `name`; empty else, and at the end.
  std::optional<std::string_view> take(char name);
  bool at_end() const { return at_end_; }

 private:
  std::string_view rest_;
  bool at_end_ = false;
};

// Bytes of both, xor-ed; of equal length.
std::string xor_bytes(std::string_view left, std::string_view right);

// ',' and '=' of a user name as SCRAM writes them, and back (empty for a broken escape).
std::string escape_scram_name(std::string_view name);
std::optional<std::string> unescape_scram_name(std::string_view name);

}  // namespace stele::crypto
