// The second stage: tokens to nodes, with the grammar checked on the way.
#include <charconv>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "json/escape.h"
#include "json/storage.h"
#include "json/structure.h"

namespace stele::json {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Parser {
 public:
  Parser(Storage& storage, std::size_t depth_max, std::span<const std::uint32_t> tokens)
      : storage_(storage), text_(storage.text), depth_max_(depth_max), tokens_(tokens) {}

  // One value and nothing after it.
  bool document() {
    storage_.nodes.reserve(tokens_.size() / 2 + 1);
    if (!value(0)) return false;
    return next_ == tokens_.size() || fail(tokens_[next_], "more text after the value");
  }

  Error error() const { return syntax_error(text_, error_offset_, error_what_); }

 private:
  bool fail(std::size_t offset, std::string_view what) {
    error_offset_ = offset;
    error_what_ = what;
    return false;
  }

  // The first byte of the next token, which stays; NUL at the end.
  char peek() const { return next_ < tokens_.size() ? text_[tokens_[next_]] : '\0'; }
  std::size_t offset() const { return next_ < tokens_.size() ? tokens_[next_] : text_.size(); }
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  bool value(std::size_t depth) {
    const std::size_t begin = offset();
    const auto index = static_cast<std::uint32_t>(storage_.nodes.size());
    const char first = peek();
    if (next_ == tokens_.size()) return fail(begin, "the text ends where a value was expected");
    Node& node = storage_.nodes.emplace_back();
    node.begin = static_cast<std::uint32_t>(begin);
    node.next = index + 1;
    ++next_;
    switch (first) {
      case '{':
        return enter(depth, begin) && object(index, depth + 1);
      case '[':
        return enter(depth, begin) && array(index, depth + 1);
      case '"':
        return string(node);
      case 't':
        node.boolean = true;
        return literal(node, "true", Kind::kBool);
      case 'f':
        node.boolean = false;
        return literal(node, "false", Kind::kBool);
      case 'n':
        return literal(node, "null", Kind::kNull);
      default:
        return number(node);
    }
  }

  bool enter(std::size_t depth, std::size_t begin) {
    return depth < depth_max_ || fail(begin, "arrays and objects are nested too deep");
  }

  bool array(std::uint32_t index, std::size_t depth) {
    std::uint64_t count = 0;
    if (peek() == ']') return close(index, Kind::kArray, count);
    while (true) {
      if (!value(depth)) return false;
      ++count;
      const char c = peek();
      if (c == ']') return close(index, Kind::kArray, count);
      if (c != ',') return fail(offset(), "expected ',' or ']' after an element of an array");
      ++next_;
    }
  }

  bool object(std::uint32_t index, std::size_t depth) {
    std::uint64_t count = 0;
    if (peek() == '}') return close(index, Kind::kObject, count);
    while (true) {
      if (peek() != '"') return fail(offset(), "expected a key in quotes");
      if (!value(depth)) return false;
      if (peek() != ':') return fail(offset(), "expected ':' after a key");
      ++next_;
      if (!value(depth)) return false;
      ++count;
      const char c = peek();
      if (c == '}') return close(index, Kind::kObject, count);
      if (c != ',') return fail(offset(), "expected ',' or '}' after a member of an object");
      ++next_;
    }
  }

  bool close(std::uint32_t index, Kind kind, std::uint64_t count) {
    Node& node = storage_.nodes[index];
    node.kind = kind;
    node.count = count;
    node.end = tokens_[next_] + 1;
    node.next = static_cast<std::uint32_t>(storage_.nodes.size());
    ++next_;
    return true;
  }

  // The first stage has seen the closing quote and refused control characters.
  bool string(Node& node) {
    node.kind = Kind::kString;
    const std::size_t end = text_.find('"', node.begin + 1);
    if (end == std::string_view::npos) return fail(node.begin, "a string is not closed");
    const std::string_view plain = text_.substr(node.begin + 1, end - node.begin - 1);
    if (plain.find('\\') == std::string_view::npos) {
      node.end = static_cast<std::uint32_t>(end + 1);
      return true;
    }
    const std::size_t start = storage_.unescaped.size();
    const UnescapeResult result = unescape(text_.substr(node.begin + 1), storage_.unescaped);
    if (!result.ok) return fail(node.begin + 1 + result.consumed, "invalid escape in a string");
    node.end = static_cast<std::uint32_t>(node.begin + 1 + result.consumed);
    node.escaped = true;
    node.slice = {.offset = static_cast<std::uint32_t>(start),
                  .size = static_cast<std::uint32_t>(storage_.unescaped.size() - start)};
    return true;
  }

  bool literal(Node& node, std::string_view word, Kind kind) {
    if (text_.substr(node.begin, word.size()) != word) return fail(node.begin, "expected a value");
    node.kind = kind;
    return finish(node, node.begin + word.size());
  }

  // A scalar ends where a blank, a separator or the text's end follows; `1"a"` and `truex` do not.
  bool finish(Node& node, std::size_t end) {
    switch (at(end)) {
      case ' ':
      case '\t':
      case '\n':
      case '\r':
      case ',':
      case ']':
      case '}':
      case ':':
        break;
      default:
        if (end < text_.size()) return fail(end, "expected the end of the value");
    }
    node.end = static_cast<std::uint32_t>(end);
    return true;
  }

  // The end of a run of digits; `from` itself where there is none.
  std::size_t digits(std::size_t from) const {
    while (is_digit(at(from))) ++from;
    return from;
  }

  bool number(Node& node) {
    const std::size_t first = node.begin + (at(node.begin) == '-' ? 1 : 0);
    if (!is_digit(at(first)))
      return fail(node.begin, first == node.begin ? "expected a value" : "expected a digit after '-'");
    std::size_t end = at(first) == '0' ? first + 1 : digits(first);
    bool integer = true;
    if (at(end) == '.') {
      integer = false;
      const std::size_t fraction = end + 1;
      end = digits(fraction);
      if (end == fraction) return fail(end, "expected a digit after '.'");
    }
    if (at(end) == 'e' || at(end) == 'E') {
      integer = false;
      std::size_t exponent = end + 1;
      if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
      end = digits(exponent);
      if (end == exponent) return fail(end, "expected a digit in the exponent");
    }
    const char* from = text_.data() + node.begin;
    const char* to = text_.data() + end;
    integer ? read_integer(node, from, to) : read_double(node, from, to);
    return finish(node, end);
  }

  static void read_integer(Node& node, const char* from, const char* to) {
    node.kind = Kind::kInt64;
    if (std::from_chars(from, to, node.int64).ec == std::errc()) return;
    node.kind = Kind::kUInt64;
    if (*from != '-' && std::from_chars(from, to, node.uint64).ec == std::errc()) return;
    node.kind = Kind::kBigNumber;
  }

  static void read_double(Node& node, const char* from, const char* to) {
    node.kind = Kind::kDouble;
    if (std::from_chars(from, to, node.real).ec != std::errc()) node.kind = Kind::kBigNumber;
  }

  Storage& storage_;
  const std::string_view text_;
  const std::size_t depth_max_;
  const std::span<const std::uint32_t> tokens_;
  std::size_t next_ = 0;  // token
  std::size_t error_offset_ = 0;
  std::string_view error_what_;
};

}  // namespace

Result<> parse_into(Storage& storage, const ParseLimits& limits) {
  const std::size_t size = storage.text.size();
  if (size > limits.bytes_max || size >= std::numeric_limits<std::uint32_t>::max())
    return make_error(ErrorCode::kTooLarge, "the JSON text is too large")
        .with("bytes", std::to_string(size))
        .with("bytes_max", std::to_string(limits.bytes_max));
  if (size == 0) return syntax_error(storage.text, 0, "the text is empty");
  STELE_TRY(const auto tokens, find_structure(storage.text));
  Parser parser(storage, limits.depth_max, tokens);
  if (!parser.document()) return parser.error();
  return {};
}

}  // namespace stele::json
