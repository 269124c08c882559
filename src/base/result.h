#pragma once

#include <expected>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace stele {

// A value or the reason why there is none. std::expected (libstdc++ 12: no monadic members) with
// [[nodiscard]]; used for all that can happen. What cannot happen is a STELE_CHECK (base/check.h).
template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using std::expected<void, Error>::expected;
  Result() = default;
  Result(Error error) : std::expected<void, Error>(std::unexpect, std::move(error)) {}
};

inline Error make_error(ErrorCode code, std::string message) {
  return Error{code, std::move(message), {}};
}

}  // namespace stele

#define STELE_CONCAT_INNER(a, b) a##b
#define STELE_CONCAT(a, b) STELE_CONCAT_INNER(a, b)

// STELE_TRY(auto rows, query(sql)): declares `rows` from the Result, or returns its error from this function.
#define STELE_TRY(declaration, expression) STELE_TRY_AS(return, declaration, expression)
// The same in a coroutine. `expression` must not hold a co_await: await into a name of its own first.
#define STELE_CO_TRY(declaration, expression) STELE_TRY_AS(co_return, declaration, expression)
#define STELE_TRY_AS(leave, declaration, expression)          \
  auto STELE_CONCAT(result_, __LINE__) = (expression);        \
  if (!STELE_CONCAT(result_, __LINE__).has_value())           \
    leave std::move(STELE_CONCAT(result_, __LINE__)).error(); \
  declaration = *std::move(STELE_CONCAT(result_, __LINE__))

// For a Result whose value is not needed (Result<void> among them).
#define STELE_RETURN_IF_ERROR(expression) STELE_LEAVE_IF_ERROR(return, expression)
#define STELE_CO_RETURN_IF_ERROR(expression) STELE_LEAVE_IF_ERROR(co_return, expression)
#define STELE_LEAVE_IF_ERROR(leave, expression)                           \
  do {                                                                    \
    if (auto&& result_in_try = (expression); !result_in_try.has_value())  \
      leave std::forward<decltype(result_in_try)>(result_in_try).error(); \
  } while (false)
