#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/key.h"

namespace stele::keyspace {

// What is promised for a key when the machine dies? Decided by the longest prefix that matches its name.
enum class KeyClass : std::uint8_t {
  kCache,        // memory only; may be evicted
  kDurable,      // written behind, within a second, as a prefix of the command order
  kDurableSync,  // written before the reply
  kMapped,       // a row of a table: written by UPDATE only, and the view by the applier only
};

std::string_view to_string(KeyClass key_class);

// Whether changes go to the flusher.
constexpr bool is_written_behind(KeyClass key_class) {
  return key_class == KeyClass::kDurable || key_class == KeyClass::kDurableSync;
}

// Which class has this name? A table of prefixes, for all databases alike; immutable once given to a
// keyspace. A look-up costs one comparison a prefix.
class KeyClasses {
 public:
  struct Rule {
    std::string prefix;
    KeyClass key_class;
  };

  KeyClasses() = default;
  KeyClasses(KeyClass otherwise, std::vector<Rule> rules);

  KeyClass of(std::string_view name) const;
  // Whether every name has this class.
  bool is_only(KeyClass key_class) const { return rules_.empty() && otherwise_ == key_class; }

 private:
  KeyClass otherwise_ = KeyClass::kCache;
  std::vector<Rule> rules_;  // longest prefix first
};

}  // namespace stele::keyspace
