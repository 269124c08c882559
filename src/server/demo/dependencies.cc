#include "server/demo/dependencies.h"

#include "server/demo/deb822.h"

namespace stele::server::demo {

namespace {

// Up to the separator, which is dropped; `rest` becomes what is behind it.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

Dependency parse_one(std::string_view text) {
  Dependency dependency;
  text = trim(text);
  const std::size_t end = text.find_first_of(" \t\r\n([<:");
  dependency.name = text.substr(0, end);
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return dependency;
  const std::string_view condition = trim(text.substr(open + 1, text.find(')', open) - open - 1));
  const std::size_t sign_end = condition.find_first_not_of("<>=");
  if (sign_end == std::string_view::npos || sign_end == 0) return dependency;
  dependency.relation = condition.substr(0, sign_end);
  dependency.version = trim(condition.substr(sign_end));
  return dependency;
}

}  // namespace

std::vector<Dependency> parse_dependencies(std::string_view value) {
  std::vector<Dependency> dependencies;
  int position = 0;
  while (!value.empty()) {
    std::string_view group = take_until(value, ',');
    int alternative = 0;
    while (!group.empty()) {
      Dependency dependency = parse_one(take_until(group, '|'));
      if (dependency.name.empty()) continue;
      dependency.alternative = ++alternative;
      dependency.position = alternative == 1 ? ++position : position;
      dependencies.push_back(dependency);
    }
  }
  return dependencies;
}

}  // namespace stele::server::demo
