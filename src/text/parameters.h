#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::text {

// What was said of a component: names and texts or lists of texts, as index settings hold them. Wrong values
// are kInvalidArgument with Elasticsearch's words. Plain data.
class Parameters {
 public:
  struct Value {
    std::vector<std::string> texts;
    bool is_list = false;
    bool operator==(const Value&) const = default;
  };

  Parameters() = default;
  Parameters(std::initializer_list<std::pair<const std::string, Value>> values) : values_(values) {}

  void set(std::string name, std::string text) { values_[std::move(name)] = {{std::move(text)}, false}; }
  void set_list(std::string name, std::vector<std::string> texts) {
    values_[std::move(name)] = {std::move(texts), true};
  }
  const std::map<std::string, Value, std::less<>>& values() const { return values_; }

  bool has(std::string_view name) const { return values_.contains(name); }
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise) const;
  Result<bool> boolean(std::string_view name, bool otherwise) const;
  // A list, or a text split at commas, each trimmed; empty where it was not given.
  std::vector<std::string> list(std::string_view name) const;
  // As it came: no splitting (rules that hold commas).
  std::vector<std::string> raw_list(std::string_view name) const;
  Result<char32_t> character(std::string_view name, char32_t otherwise) const;

  bool operator==(const Parameters&) const = default;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

// An error whose message a client of Elasticsearch knows (illegal_argument_exception).
Error illegal(std::string message);

}  // namespace stele::text
