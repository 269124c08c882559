#include "json/structure.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <string>

#include "json/utf8.h"

namespace stele::json {
namespace {

constexpr std::size_t kCapacityMin = 64 * 1024;
constexpr std::size_t kCapacityKept = 16 * 1024 * 1024;  // a greater buffer is given back after use

using Scanner = simdjson::internal::dom_parser_implementation;

// The calling thread's scanner, with room for `size` bytes.
Result<Scanner*> scanner_for(std::size_t size) {
  thread_local std::unique_ptr<Scanner> scanner;
  if (!scanner || scanner->capacity() < size || scanner->capacity() > kCapacityKept) {
    const std::size_t capacity = std::max(size, kCapacityMin);
    scanner.reset();
    // The depth is that of simdjson's second stage, which is not used.
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, scanner) !=
        simdjson::SUCCESS) {
      scanner.reset();
      return make_error(ErrorCode::kResourceExhausted, "no memory to parse JSON");
    }
  }
  return scanner.get();
}

// Finds again, slowly, what the first stage refused without saying where.
Error locate(std::string_view text) {
  bool in_string = false;
  bool escaped = false;
  std::size_t opened = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); i += size) {
    size = utf8_size(text.substr(i));
    if (size == 0) return syntax_error(text, i, "invalid UTF-8");
    const char c = text[i];
    if (in_string && static_cast<unsigned char>(c) < 0x20)
      return syntax_error(text, i, "a control character in a string must be escaped");
    if (c == '\\' && !in_string) return syntax_error(text, i, "expected a value");
    if (c == '"' && !escaped) {
      in_string = !in_string;
      opened = i;
    }
    escaped = c == '\\' && !escaped;
  }
  return syntax_error(text, in_string ? opened : text.size(),
                      in_string ? "a string is not closed" : "the text ends where a value was expected");
}

}  // namespace

Result<std::span<const std::uint32_t>> find_structure(std::string_view text) {
  STELE_TRY(Scanner * scanner, scanner_for(text.size()));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const simdjson::error_code code = scanner->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  if (code != simdjson::SUCCESS) return locate(text);
  return std::span<const std::uint32_t>(scanner->structural_indexes.get(), scanner->n_structural_indexes);
}

Error syntax_error(std::string_view text, std::size_t offset, std::string_view what) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t column = offset - line_start + 1;
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("invalid JSON at line {}, column {}: {}", line, column, what))
      .with("offset", std::to_string(offset))
      .with("line", std::to_string(line))
      .with("column", std::to_string(column));
}

}  // namespace stele::json
