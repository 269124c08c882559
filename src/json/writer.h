#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/document.h"
#include "json/number.h"

namespace stele::json {

// How does a reply become JSON text? Appends to a string that the caller owns and that outlives the writer;
// commas come by themselves. What is written is well-formed if begin and end are paired and each key is
// followed by one value; this is not checked. One thread. Compact: pretty() re-formats.
//
//   json::Writer w(out);
//   w.begin_object();
//   w.member("took", 3);
//   w.key("hits").begin_array();
//   w.raw(source).end_array();
//   w.end_object();
class Writer {
 public:
  explicit Writer(std::string& out, NumberForm form = NumberForm::kJava) : out_(out), form_(form) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view key);

  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  Writer& number(double value);
  Writer& number(float value);
  Writer& boolean(bool value);
  Writer& null();
  // JSON text as it is: a value's raw() or a stored document. Not checked.
  Writer& raw(std::string_view json);

  // By type: text, boolean, number, a parsed value (its raw text); nothing is null.
  Writer& value(std::string_view text) { return string(text); }
  Writer& value(const char* text) { return string(text); }
  Writer& value(const std::string& text) { return string(text); }
  Writer& value(std::same_as<bool> auto truth) { return boolean(truth); }
  Writer& value(std::signed_integral auto number) { return integer(number); }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Writer& value(T number) {
    return unsigned_integer(number);
  }
  Writer& value(std::floating_point auto real) { return number(real); }
  Writer& value(const Value& parsed) { return raw(parsed.raw()); }
  Writer& value(std::nullptr_t) { return null(); }
  template <class T>
  Writer& value(const std::optional<T>& some) {
    return some ? value(*some) : null();
  }

  template <class T>
  Writer& member(std::string_view name, const T& some) {
    return key(name).value(some);
  }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();

  std::string& out_;
  const NumberForm form_;
  bool comma_ = false;  // is due before the next key or value
};

// The text of one string in quotes.
std::string quoted(std::string_view text);

}  // namespace stele::json
