#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/document.h"

namespace stele::json {

// A run of bytes of Storage::unescaped.
struct Slice {
  std::uint32_t offset;
  std::uint32_t size;
};

// One value in document order. A container is followed by its subtree; an object's is key, value, key, value.
struct Node {
  std::uint32_t begin = 0;  // of the raw bytes in the text
  std::uint32_t end = 0;
  Kind kind = Kind::kNull;
  bool escaped = false;    // a string whose text lies in `unescaped` and not between its quotes
  std::uint32_t next = 0;  // the node after this subtree
  union {
    std::int64_t int64 = 0;
    std::uint64_t uint64;
    double real;
    bool boolean;
    std::uint64_t count;  // of elements or members
    Slice slice;
  };
};

// What a Document owns and its values point to.
struct Storage {
  std::string owned;
  std::string_view text;  // of `owned` or borrowed
  std::vector<Node> nodes;
  std::string unescaped;
};

// Fills `nodes` and `unescaped` from `text`.
Result<> parse_into(Storage& storage, const ParseLimits& limits);

}  // namespace stele::json
