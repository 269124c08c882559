#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json/document.h"

namespace stele::qdrant {

// Which values of a payload? `a.b[].c[0]."d e"` as Qdrant spells it: arrays are entered by [] or [n] only.
// Source: Qdrant's lib/segment/src/json_path.
struct JsonPath {
  struct Any {  // []
    bool operator==(const Any&) const = default;
  };
  using Step = std::variant<std::string, std::size_t, Any>;  // the first one is a key

  std::vector<Step> steps;

  // Nothing if it is no path.
  static std::optional<JsonPath> parse(std::string_view text);

  // Calls `found(value)` for every value there, until it answers true; then true.
  template <class Found>
  bool visit(json::Value root, Found&& found) const {
    return visit_from(root, 0, found);
  }
  std::vector<json::Value> values(json::Value root) const;

  JsonPath with_array() const;  // a → a[], a[] → a[]
  JsonPath without_array() const;
  // As a field of the engine is called: the keys alone.
  std::string field() const;
  // As Qdrant spells it.
  std::string text() const;

  bool operator==(const JsonPath&) const = default;

 private:
  template <class Found>
  bool visit_from(json::Value value, std::size_t at, Found& found) const {
    if (at == steps.size()) return found(value);
    const Step& step = steps[at];
    if (const auto* key = std::get_if<std::string>(&step)) {
      if (!value.is_object()) return false;
      const auto member = value.find(*key);
      return member && visit_from(*member, at + 1, found);
    }
    if (!value.is_array()) return false;
    std::size_t place = 0;
    const auto* wanted = std::get_if<std::size_t>(&step);
    for (const json::Value element : value.elements())
      if ((wanted == nullptr || place++ == *wanted) && visit_from(element, at + 1, found)) return true;
    return false;
  }
};

}  // namespace stele::qdrant
