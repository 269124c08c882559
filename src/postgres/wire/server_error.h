#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "postgres/wire/backend.h"

namespace stele::postgres::wire {

// What did the server complain about? All fields of an ErrorResponse or NoticeResponse, owned, unknown ones
// too, in the order they came, so that it can be passed on as it was. Becomes an Error of kDatabase, whose
// details carry the fields by name (sqlstate, severity, detail, hint, position, constraint, …), and back.
// Source: PostgreSQL documentation, "Error and Notice Message Fields".
class ServerError {
 public:
  ServerError() = default;
  explicit ServerError(std::span<const ResponseField> fields);
  // One that we raise ourselves.
  ServerError(std::string_view severity, std::string_view sqlstate, std::string_view message);

  // The value of the field, or an empty view.
  std::string_view field(char code) const;
  void set(char code, std::string_view value);
  std::string_view severity() const;  // never localised: "ERROR", "FATAL", "NOTICE"
  std::string_view sqlstate() const { return field('C'); }
  std::string_view message() const { return field('M'); }

  Error to_error() const;
  // kDatabase gives back the fields it was made of; every other code becomes its SQLSTATE (sqlstate.h).
  static ServerError from_error(const Error& error);

  // Views into this.
  ErrorResponse error_response() const { return {views()}; }
  NoticeResponse notice_response() const { return {views()}; }

 private:
  std::vector<ResponseField> views() const;

  std::vector<std::pair<char, std::string>> fields_;
};

}  // namespace stele::postgres::wire
