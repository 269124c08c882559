#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace stele::server::demo {

// One name of a relation field such as `Depends: a (>= 1.2) | b:any, c [amd64]`.
struct Dependency {
  int position = 0;     // which of those between commas, from 1
  int alternative = 0;  // which of those between bars, from 1
  std::string_view name;
  std::string_view relation;  // "<<", "<=", "=", ">=", ">>", or empty
  std::string_view version;
};

// All names in order. A part without a name is left out and numbers nothing; architecture qualifiers and
// restrictions are dropped. Source: deb-control(5), Debian Policy 7.1.
std::vector<Dependency> parse_dependencies(std::string_view value);

}  // namespace stele::server::demo
