#pragma once

#include <string_view>

#include "base/result.h"
#include "keyspace/sorted_sets.h"

namespace stele::redis {

// Ranges as Redis writes them: "5", "(5", "-inf" to "+inf"; "[a", "(a", "-" to "+". Views borrow from the
// texts. Source: zslParseRange, zslParseLexRange.
Result<keyspace::ScoreRange> parse_score_range(std::string_view min, std::string_view max);
Result<keyspace::LexRange> parse_lex_range(std::string_view min, std::string_view max);

}  // namespace stele::redis
