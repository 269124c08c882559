#include "protocols/sql/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace stele::sql {

namespace {

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' || c == '/' ||
         c == '@';
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return a.size() == lower.size() && std::equal(a.begin(), a.end(), lower.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == y;
         });
}

// Takes words, quoted values and signs from the front of a statement.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  std::string_view next() {
    skip_blank();
    if (text_.empty()) return {};
    if (text_.front() == '\'' || text_.front() == '"') return quoted(text_.front());
    std::size_t size = 0;
    while (size < text_.size() && is_word_byte(text_[size])) ++size;
    return take(std::max<std::size_t>(size, 1));
  }
  // True if nothing but a semicolon, blanks and comments is left.
  bool at_end() {
    skip_blank();
    if (text_.starts_with(';')) text_.remove_prefix(1);
    skip_blank();
    return text_.empty();
  }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view token = text_.substr(0, size);
    text_.remove_prefix(size);
    return token;
  }
  std::string_view quoted(char quote) {
    const std::size_t end = text_.find(quote, 1);
    if (end == std::string_view::npos) return take(text_.size());
    const std::string_view inside = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return inside;
  }
  void skip_blank() {
    while (!text_.empty()) {
      if (std::isspace(static_cast<unsigned char>(text_.front())) != 0) {
        text_.remove_prefix(1);
      } else if (text_.starts_with("--")) {
        text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      } else if (text_.starts_with("/*")) {
        const std::size_t end = text_.find("*/", 2);
        text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 2);
      } else {
        return;
      }
    }
  }

  std::string_view text_;
};

Parameter parameter_named(std::string_view name) {
  if (equals_ignoring_case(name, "stele.lsn")) return Parameter::kLsn;
  if (equals_ignoring_case(name, "stele.min_lsn")) return Parameter::kMinLsn;
  if (equals_ignoring_case(name, "stele.freshness")) return Parameter::kFreshness;
  return Parameter::kNone;
}

Statement read_set(Tokens tokens) {
  Verb verb = Verb::kSet;
  std::string_view word = tokens.next();
  if (equals_ignoring_case(word, "local")) verb = Verb::kSetLocal;
  if (verb == Verb::kSetLocal || equals_ignoring_case(word, "session")) word = tokens.next();
  const Parameter parameter = parameter_named(word);
  if (parameter == Parameter::kNone) return {};
  const std::string_view sign = tokens.next();
  if (sign != "=" && !equals_ignoring_case(sign, "to")) return {};
  const std::string_view value = tokens.next();
  if (!tokens.at_end()) return {};
  if (equals_ignoring_case(value, "default")) return {Verb::kReset, parameter, word, {}};
  return {verb, parameter, word, value};
}

Statement read_named(Verb verb, Tokens tokens) {
  const std::string_view name = tokens.next();
  const bool all = equals_ignoring_case(name, "all");
  if (verb == Verb::kReset && all && tokens.at_end()) return {Verb::kResetAll, Parameter::kNone, {}, {}};
  const Parameter parameter = parameter_named(name);
  if (parameter == Parameter::kNone || !tokens.at_end()) return {};
  return {verb, parameter, name, {}};
}

}  // namespace

Statement read_statement(std::string_view sql) {
  Tokens tokens(sql);
  const std::string_view verb = tokens.next();
  if (equals_ignoring_case(verb, "set")) return read_set(tokens);
  if (equals_ignoring_case(verb, "show")) return read_named(Verb::kShow, tokens);
  if (equals_ignoring_case(verb, "reset")) return read_named(Verb::kReset, tokens);
  if (equals_ignoring_case(verb, "discard") && equals_ignoring_case(tokens.next(), "all")) {
    return {Verb::kResetAll, Parameter::kNone, {}, {}};
  }
  return {};
}

std::string raising_statement(std::string_view sqlstate, std::string_view message) {
  // The message stands in a literal inside a dollar-quoted block: quotes are doubled, and what could end the
  // block or begin an escape is left out.
  std::string quoted;
  for (const char c : message) {
    if (c == '$' || c == '\\' || c == '\0') continue;
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return fmt::format(
      "DO $stele_head$BEGIN RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = '{}'; END$stele_head$", sqlstate,
      quoted);
}

std::string showing_statement(std::string_view name, std::string_view value) {
  return fmt::format("SELECT '{}'::text AS \"{}\"", value, name);
}

}  // namespace stele::sql
