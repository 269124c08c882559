#include "engine/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stele::engine {
namespace {

int sign(auto left, auto right) {
  return left < right ? -1 : (right < left ? 1 : 0);
}

// Booleans below numbers below strings below lists below objects: integers and reals share a rank.
int rank(const Value& value) {
  static constexpr int kRanks[] = {0, 1, 2, 2, 3, 4, 5};
  return kRanks[value.data.index()];
}

// Exact: the integral parts are compared as integers where the real has one within range.
int compare_integer_real(std::int64_t integer, double real) {
  if (std::isnan(real)) return -1;
  constexpr double kTwo63 = 9223372036854775808.0;
  if (real >= kTwo63) return -1;
  if (real < -kTwo63) return 1;
  const double whole = std::floor(real);
  const int order = sign(integer, static_cast<std::int64_t>(whole));
  if (order != 0) return order;
  return real > whole ? -1 : 0;
}

int compare_reals(double left, double right) {
  if (std::isnan(left) || std::isnan(right))
    return sign(static_cast<int>(std::isnan(left)), static_cast<int>(std::isnan(right)));
  return sign(left, right);
}

int compare_numbers(const Value& left, const Value& right) {
  const auto* left_integer = left.integer();
  const auto* right_integer = right.integer();
  if (left_integer && right_integer) return sign(*left_integer, *right_integer);
  if (left_integer) return compare_integer_real(*left_integer, *right.real());
  if (right_integer) return -compare_integer_real(*right_integer, *left.real());
  return compare_reals(*left.real(), *right.real());
}

int compare_lists(const List& left, const List& right) {
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i)
    if (const int order = compare_values(left[i], right[i]); order != 0) return order;
  return sign(left.size(), right.size());
}

int compare_objects(const Object& left, const Object& right) {
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (const int order = left[i].first.compare(right[i].first); order != 0) return sign(order, 0);
    if (const int order = compare_values(left[i].second, right[i].second); order != 0) return order;
  }
  return sign(left.size(), right.size());
}

}  // namespace

int compare_values(const Value& left, const Value& right) {
  if (const int order = sign(rank(left), rank(right)); order != 0) return order;
  switch (rank(left)) {
    case 0:
      return 0;
    case 1:
      return sign(static_cast<int>(*left.boolean()), static_cast<int>(*right.boolean()));
    case 2:
      return compare_numbers(left, right);
    case 3:
      return sign(left.string()->compare(*right.string()), 0);
    case 4:
      return compare_lists(*left.list(), *right.list());
    default:
      return compare_objects(*left.object(), *right.object());
  }
}

std::string to_string(const Value& value) {
  if (value.is_null()) return "null";
  if (const bool* boolean = value.boolean()) return *boolean ? "true" : "false";
  if (const auto* integer = value.integer()) return fmt::format("{}", *integer);
  if (const auto* real = value.real()) return fmt::format("{}", *real);
  if (const auto* text = value.string()) return fmt::format("\"{}\"", *text);
  std::string out;
  if (const List* list = value.list()) {
    for (const Value& element : *list) out += (out.empty() ? "" : ", ") + to_string(element);
    return "[" + out + "]";
  }
  for (const auto& [name, member] : *value.object())
    out += fmt::format("{}\"{}\": {}", out.empty() ? "" : ", ", name, to_string(member));
  return "{" + out + "}";
}

std::size_t heap_bytes(const Value& value) {
  if (const auto* text = value.string()) return text->capacity() > 15 ? text->capacity() + 1 : 0;
  std::size_t bytes = 0;
  if (const List* list = value.list()) {
    bytes += list->capacity() * sizeof(Value);
    for (const Value& element : *list) bytes += heap_bytes(element);
  } else if (const Object* object = value.object()) {
    bytes += object->capacity() * sizeof(Object::value_type);
    for (const auto& [name, member] : *object) bytes += name.capacity() + heap_bytes(member);
  }
  return bytes;
}

}  // namespace stele::engine
