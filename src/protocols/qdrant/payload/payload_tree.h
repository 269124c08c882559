#pragma once

#include <string>
#include <utility>
#include <vector>

#include "json/document.h"
#include "json/writer.h"
#include "protocols/qdrant/payload/json_path.h"

namespace stele::qdrant {

// A payload that is being changed: what Qdrant's set, delete and selectors make of it. Scalars stay the text
// they came as, members keep their order. Value type.
class PayloadTree {
 public:
  static PayloadTree from(json::Value value);
  static PayloadTree object() { return PayloadTree(Kind::kObject); }
  void write(json::Writer& writer) const;
  std::string to_json() const;

  // Lays `values` (an object) over the object at `path`, or over the whole; null members remove. What is in
  // the way becomes an object or array.
  void set(const JsonPath* path_or_null, const PayloadTree& values);
  void remove(const JsonPath& path);
  // Only what one of the paths leads to, or lies below it.
  PayloadTree including(const std::vector<JsonPath>& paths) const;
  PayloadTree excluding(const std::vector<JsonPath>& paths) const;

 private:
  enum class Kind { kScalar, kArray, kObject };
  PayloadTree() = default;
  explicit PayloadTree(Kind kind) : kind_(kind) {}

  PayloadTree* find(const std::string& key);
  void become(Kind kind);
  void merge(const PayloadTree& values);
  void set_at(const JsonPath& path, std::size_t at, const PayloadTree& values);
  void remove_at(const JsonPath& path, std::size_t at);
  template <class Keep>
  PayloadTree filtered(std::vector<JsonPath::Step>& here, const Keep& keep) const;

  Kind kind_ = Kind::kScalar;
  std::string scalar_;  // JSON text
  std::vector<PayloadTree> elements_;
  std::vector<std::pair<std::string, PayloadTree>> members_;
};

}  // namespace stele::qdrant
