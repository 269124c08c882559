#include "protocols/sql/command_tag.h"

#include <algorithm>
#include <array>

namespace stele::sql {

namespace {

// First words of tags of statements that write nothing a view could show.
constexpr std::array<std::string_view, 24> kReadingWords = {
    "SELECT",    "ROLLBACK", "SHOW",   "SET",        "RESET",   "BEGIN",      "START",   "COMMIT",
    "SAVEPOINT", "RELEASE",  "FETCH",  "MOVE",       "DECLARE", "CLOSE",      "PREPARE", "EXPLAIN",
    "LISTEN",    "UNLISTEN", "NOTIFY", "DEALLOCATE", "DISCARD", "CHECKPOINT", "LOCK",    "LOAD"};

constexpr std::array<std::string_view, 9> kRowWords = {"INSERT",   "UPDATE", "DELETE", "MERGE",  "COPY",
                                                       "TRUNCATE", "CALL",   "DO",     "EXECUTE"};

bool contains(auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

TagMeaning meaning_of_tag(std::string_view tag) {
  const std::string_view word = tag.substr(0, tag.find(' '));
  // PREPARE TRANSACTION writes nothing yet; COMMIT PREPARED makes its rows visible.
  if (tag == "COMMIT PREPARED") return {.writes = true};
  if (contains(kReadingWords, word)) return {};
  if (contains(kRowWords, word)) return {.writes = true};
  return {.writes = true, .defines = true};
}

}  // namespace stele::sql
