#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/outcome.h"
#include "base/result.h"

namespace stele::qdrant {

// What does Qdrant answer when it cannot do something? Its status and its sentence; the envelope is the
// head's.
struct Failure {
  int status = 500;
  std::string message;

  // The one table from errors of the house and of PostgreSQL to status and sentence.
  static Failure from(const Error& error);
};

// A value or Qdrant's failure.
template <class T = void>
using Outcome = OutcomeOf<T, Failure>;

Failure wrong_input(std::string_view what);   // 400 "Wrong input: …"
Failure bad_request(std::string_view what);   // 400 "Bad request: …"
Failure not_found(std::string_view what);     // 404 "Not found: …"
Failure format_error(std::string_view what);  // 400 "Format error in JSON body: …"
// 422 "Validation error in JSON body: [limit: value 0 invalid, must be 1 or larger]"
Failure invalid_body(std::string_view field, std::string_view what);
Failure invalid_query(std::string_view field, std::string_view what);
Failure invalid_path(std::string_view field, std::string_view what);
Failure collection_not_found(std::string_view name);
// Known to Qdrant and not there: 400, naming it.
Failure not_supported(std::string_view what);

}  // namespace stele::qdrant
