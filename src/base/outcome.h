#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace stele {

// A value or a protocol's own way to say why there is none. An Error of the house becomes such a Failure by
// that protocol's one table, Failure::from(error), so STELE_TRY works on both.
template <class T, class Failure>
class [[nodiscard]] OutcomeOf : public std::expected<T, Failure> {
 public:
  using std::expected<T, Failure>::expected;
  OutcomeOf()
    requires std::is_void_v<T>
  = default;
  OutcomeOf(Failure failure) : std::expected<T, Failure>(std::unexpect, std::move(failure)) {}
  OutcomeOf(const Error& error) : OutcomeOf(Failure::from(error)) {}
};

}  // namespace stele
