#include "protocols/redis/commands/call.h"

#include <fmt/format.h>

#include <algorithm>

#include "keyspace/errors.h"
#include "keyspace/numbers.h"

namespace stele::redis {

bool is_word(std::string_view text, std::string_view upper_word) {
  if (text.size() != upper_word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    if (c != upper_word[i]) return false;
  }
  return true;
}

std::string to_lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

std::string to_upper(std::string_view text) {
  std::string raised(text);
  for (char& c : raised) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return raised;
}

bool Call::is(std::size_t i, std::string_view upper_word) const {
  return is_word(arguments_[i], upper_word);
}

std::string error_text(const Error& error) {
  const std::string_view code = error.detail(keyspace::kReplyCode);
  return fmt::format("{} {}", code.empty() ? "ERR" : code, error.message);
}

void Call::fail(const Error& error) {
  fail_with_code(error_text(error));
}

void Call::fail(std::string_view text) {
  fail_with_code(fmt::format("ERR {}", text));
}

void Call::fail_with_code(std::string_view text) {
  has_failed_ = true;
  statistics_.count_error(text);
  wire::ReplyWriter(out_, client_.protocol).error(text);
}

void Call::fail_arity() {
  fail(fmt::format("wrong number of arguments for '{}' command", command_.name));
}

Result<std::int64_t> integer_argument(std::string_view text) {
  const auto value = keyspace::parse_integer(text);
  if (!value) return keyspace::not_an_integer();
  return *value;
}

Result<long double> float_argument(std::string_view text) {
  const auto value = keyspace::parse_float(text);
  if (!value) return keyspace::not_a_float();
  return *value;
}

std::size_t counted_keys(std::string_view number, std::size_t arguments_behind) {
  const auto count = keyspace::parse_integer(number);
  if (!count || *count <= 0) return 0;
  return std::min(static_cast<std::size_t>(*count), arguments_behind);
}

void answer_help(Call& call, std::string_view container, std::span<const std::string_view> lines) {
  call.reply().array(lines.size() + 3);
  call.reply().simple(
      fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", to_upper(container)));
  for (const std::string_view line : lines) call.reply().simple(line);
  call.reply().simple("HELP");
  call.reply().simple("    Print this help.");
}

}  // namespace stele::redis
