#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/outcome.h"
#include "base/result.h"

namespace stele::json {
class Writer;
}

namespace stele::elastic {

// Where in a request's body, from 1, as Jackson counts.
struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

// What does Elasticsearch answer when it cannot do something? Status, type and reason in its own words, the
// facts it adds (index, resource.id, …) and its causes. Value type; copyable; made on error paths only.
struct Failure {
  int status = 500;
  std::string type;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> facts = {};
  std::vector<std::pair<std::string, std::uint64_t>> numbers = {};  // facts that are told as numbers
  std::optional<Place> place = {};
  std::shared_ptr<const Failure> caused_by = nullptr;
  // Not empty: it happened while searching this index, so it is told as search_phase_execution_exception.
  std::string searched_index = {};

  // The one table from errors of the house and of PostgreSQL to status and type.
  static Failure from(const Error& error);
  Failure& with(std::string name, std::string value) &;
  Failure with(std::string name, std::string value) &&;
  Failure because(Failure cause) &&;
  Failure at(Place where) &&;
  Failure while_searching(std::string index) &&;
};

// A value or Elasticsearch's failure.
template <class T = void>
using Outcome = OutcomeOf<T, Failure>;

// The usual ones.
Failure illegal_argument(std::string reason);                         // 400 illegal_argument_exception
Failure parsing_failure(std::string reason, Place place);             // 400 parsing_exception
Failure x_content_failure(std::string_view reason, Place place);      // 400 "[1:5] reason"
Failure parse_failure(std::string reason);                            // 400 parse_exception
Failure validation_failure(const std::vector<std::string>& reasons);  // 400 "Validation Failed: 1: …;"
Failure index_not_found(std::string_view index, std::string_view resource_type = "index_or_alias");
// 429: the requests under way would hold more than they may, in the words of its in-flight breaker.
Failure circuit_breaking(std::uint64_t bytes_wanted, std::uint64_t bytes_max);
// Known to Elasticsearch and not there: 400, naming it.
Failure not_supported(std::string_view what);

// {"error":{"root_cause":[…],…},"status":…}, and the part inside "error" alone (bulk items, msearch).
std::string error_body(const Failure& failure, bool trace = false);
void write_failure(json::Writer& out, const Failure& failure, bool with_root_cause, bool trace = false);
// The one-line forms of requests that reach no handler: {"error":"text","status":405}; no status if 0.
std::string plain_error_body(std::string_view text, int status);

// " did you mean [match]?" for names near to `name`, or nothing. Lucene's LevenshteinDistance above 0.5, as
// for parameters and unknown names.
std::vector<std::string> near_names(std::string_view name, const std::vector<std::string>& candidates);
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stele::elastic
