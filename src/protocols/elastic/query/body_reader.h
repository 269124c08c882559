#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "protocols/elastic/failure.h"

namespace stele::elastic {

// Which parameters does this object hold? Each is taken by name; finish() then answers with the first thing
// that was wrong: a value of another type, or a name that nobody took. Lives as long as the body's document.
class BodyReader {
 public:
  // How an unknown name is worded.
  enum class Style : std::uint8_t {
    kQuery,     // [match] query does not support [foo]
    kXContent,  // [1:5] [bool] unknown field [foo] did you mean [x]?
  };
  // `text` is the whole body, for places; `name` the query's or parser's.
  BodyReader(json::Value object, std::string_view text, std::string name, Style style = Style::kQuery);

  std::optional<json::Value> value(std::string_view key);
  bool has(std::string_view key) const;
  // Strings, and numbers and booleans by their text.
  std::string text(std::string_view key, std::string otherwise = {});
  std::optional<std::string> maybe_text(std::string_view key);
  double number(std::string_view key, double otherwise);
  std::int64_t integer(std::string_view key, std::int64_t otherwise);
  bool boolean(std::string_view key, bool otherwise);
  // Accepted and without effect here.
  void ignore(std::string_view key) { value(key); }
  void fail(Failure failure);
  Outcome<> finish();
  // The same without a word on names that nobody took.
  Outcome<> check() const;

 private:
  std::optional<json::Value> typed(std::string_view key);
  json::Value object_;
  std::string_view text_;
  std::string name_;
  Style style_;
  std::vector<std::string> taken_;
  std::optional<Failure> failure_;
};

// "START_OBJECT", "VALUE_STRING", …: Elasticsearch's name of what stands there.
std::string_view token_name(const json::Value& value);
// The text of a scalar; nothing for null, objects and arrays.
std::optional<std::string> scalar_text(const json::Value& value);

}  // namespace stele::elastic
