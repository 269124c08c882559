#pragma once

#include <string>
#include <string_view>

namespace stele::sql {

// The parameters of the SQL head. PostgreSQL takes them as settings of its own (a dotted name needs no
// declaration), so that SHOW, RESET and transactions treat them as any other; the head listens in.
enum class Parameter { kNone, kLsn, kMinLsn, kFreshness };

enum class Verb {
  kOther,     // not ours: forwarded untouched
  kShow,      // SHOW stele.x
  kSet,       // SET [SESSION] stele.x = value
  kSetLocal,  // SET LOCAL stele.x = value
  kReset,     // RESET stele.x, or SET stele.x TO DEFAULT
  kResetAll,  // RESET ALL, DISCARD ALL
};

struct Statement {
  Verb verb = Verb::kOther;
  Parameter parameter = Parameter::kNone;
  std::string_view name;   // as written, for messages
  std::string_view value;  // without its quotes; no escapes are resolved (no value of ours holds a quote)
};

// Looks at the beginning of a query text: leading white space and comments, then keywords in any case. Of
// several statements in one text only the first is looked at. Pure; a few comparisons for a text that is not
// ours.
Statement read_statement(std::string_view sql);

// A text that fails on the server with this SQLSTATE and message: errors of the head travel the same way as
// the server's, in order and with the transaction's rules.
std::string raising_statement(std::string_view sqlstate, std::string_view message);
// A text that answers one row: the column `name` with `value`.
std::string showing_statement(std::string_view name, std::string_view value);

}  // namespace stele::sql
