#include "keyspace/key_class.h"

#include <algorithm>
#include <utility>

namespace stele::keyspace {

KeyClasses::KeyClasses(KeyClass otherwise, std::vector<Rule> rules)
    : otherwise_(otherwise), rules_(std::move(rules)) {
  std::sort(rules_.begin(), rules_.end(), [](const Rule& a, const Rule& b) {
    return std::pair(b.prefix.size(), a.prefix) < std::pair(a.prefix.size(), b.prefix);
  });
}

KeyClass KeyClasses::of(std::string_view name) const {
  for (const Rule& rule : rules_) {
    if (name.starts_with(rule.prefix)) return rule.key_class;
  }
  return otherwise_;
}

}  // namespace stele::keyspace
