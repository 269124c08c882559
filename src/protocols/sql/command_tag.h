#pragma once

#include <string_view>

namespace stele::sql {

// What a CommandComplete's tag tells of the statement that ended ("INSERT 0 1", "CREATE TABLE", "SELECT 5").
// A statement whose writes hide behind a SELECT (a function, a data-modifying WITH) is not seen here.
struct TagMeaning {
  bool writes = false;   // may have changed rows or definitions
  bool defines = false;  // changes definitions: CREATE, ALTER, DROP, ...
};

// Pure; compares a few bytes.
TagMeaning meaning_of_tag(std::string_view tag);

}  // namespace stele::sql
