#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "json/writer.h"

namespace stele::elastic {

// Which parts of a JSON text are kept? Dotted paths; '*' within a name matches any run, "**" any number of
// levels. Kept: all below a matching path, and what leads to it; excludes cut from that. Objects and lists
// that are left empty by an include go; used for filter_path and for _source filtering.
class JsonFilter {
 public:
  JsonFilter() = default;
  JsonFilter(const std::vector<std::string>& includes, const std::vector<std::string>& excludes);

  bool keeps_all() const { return includes_.empty() && excludes_.empty(); }
  // Writes what is kept of `value`; "{}" where nothing is.
  void apply(json::Value value, json::Writer& out) const;
  std::string apply(json::Value value) const;

 private:
  using Path = std::vector<std::string>;
  std::vector<Path> includes_;
  std::vector<Path> excludes_;
};

}  // namespace stele::elastic
