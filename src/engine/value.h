#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stele::engine {

struct Value;
using List = std::vector<Value>;
using Object = std::vector<std::pair<std::string, Value>>;

// What is one value of a field, of a sort key or of a query? A typed scalar, or a list or object of them
// where a source is walked. Dates are integers (nanoseconds since 1970-01-01T00:00Z), UUIDs are strings in
// canonical lower-case form. Plain data: copyable, comparable by ==; order is compare_values().
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object> data;

  Value() = default;
  Value(bool value) : data(value) {}
  Value(std::int64_t value) : data(value) {}
  Value(int value) : data(static_cast<std::int64_t>(value)) {}
  Value(double value) : data(value) {}
  Value(std::string value) : data(std::move(value)) {}
  Value(std::string_view value) : data(std::string(value)) {}
  Value(const char* value) : data(std::string(value)) {}
  Value(List value) : data(std::move(value)) {}
  Value(Object value) : data(std::move(value)) {}

  bool is_null() const { return data.index() == 0; }
  const bool* boolean() const { return std::get_if<bool>(&data); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data); }
  const double* real() const { return std::get_if<double>(&data); }
  const std::string* string() const { return std::get_if<std::string>(&data); }
  const List* list() const { return std::get_if<List>(&data); }
  const Object* object() const { return std::get_if<Object>(&data); }

  bool operator==(const Value& other) const = default;
};

// -1, 0 or 1. Integers and reals compare as numbers (exactly, also beyond 2^53); values of different kinds by
// kind (null, bool, number, string, list, object); strings by bytes; NaN is above every other number.
int compare_values(const Value& left, const Value& right);

// For messages and tests: null, true, 42, 1.5, "text", [1, 2], {"a": 1}.
std::string to_string(const Value& value);

// Bytes on the heap that `value` holds beside sizeof(Value).
std::size_t heap_bytes(const Value& value);

// Walks objects and lists: calls `emit(path, leaf)` for every scalar that is not null, objects joined by dots
// ("address.city"), lists flattened. What lies deeper than 32 levels is left out.
void flatten(const Value& value, std::string_view prefix, auto&& emit, int depth = 0) {
  if (depth > 32 || value.is_null()) return;
  if (const List* list = value.list()) {
    for (const Value& element : *list) flatten(element, prefix, emit, depth + 1);
  } else if (const Object* object = value.object()) {
    for (const auto& [name, member] : *object)
      flatten(member, prefix.empty() ? name : std::string(prefix) + "." + name, emit, depth + 1);
  } else {
    emit(prefix, value);
  }
}

}  // namespace stele::engine
