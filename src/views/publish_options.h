#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/schema.h"

namespace stele::views {

// What was asked for one column.
struct ColumnOptions {
  std::optional<engine::FieldType> type;
  engine::FieldDefinition field;  // its other parameters, where given
};

struct VectorOptions {
  std::uint32_t dimension = 0;  // 0 = not said
  engine::Similarity similarity = engine::Similarity::kCosine;
};

// The options of stele.publish: {"collection": name, "fields": {column: {"type":…, "analyzer":…}},
// "exclude": [column…], "vector": {column: {"dimension": n, "similarity": "dot"}}}.
struct PublishOptions {
  std::string collection;  // empty = the table's name
  std::map<std::string, ColumnOptions, std::less<>> fields;
  std::set<std::string, std::less<>> exclude;
  std::map<std::string, VectorOptions, std::less<>> vectors;

  // kInvalidArgument names what is unknown or wrong. Empty text and "{}" are no options.
  static Result<PublishOptions> parse(std::string_view json);
};

}  // namespace stele::views
