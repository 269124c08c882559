#include "views/session.h"

#include <array>
#include <utility>

namespace stele::views {

postgres::ConnectOptions session_options(postgres::ConnectOptions options) {
  static constexpr std::array<std::pair<const char*, const char*>, 10> kSettings = {{
      {"client_encoding", "UTF8"},
      {"DateStyle", "ISO"},
      {"IntervalStyle", "postgres"},
      {"TimeZone", "UTC"},
      {"extra_float_digits", "3"},
      {"bytea_output", "hex"},
      {"search_path", ""},
      {"row_security", "off"},
      {"statement_timeout", "0"},
      {"idle_in_transaction_session_timeout", "0"},
  }};
  for (const auto& [name, value] : kSettings) options.settings.emplace_back(name, value);
  options.application_name = "stele";
  options.replication.clear();
  return options;
}

net::Task<Result<std::unique_ptr<postgres::Connection>>> connect_session(postgres::ConnectOptions options,
                                                                         TimePoint deadline) {
  return postgres::Connection::connect(session_options(std::move(options)), deadline);
}

net::Task<Result<postgres::ResultSet>> run(postgres::Connection* connection, std::string sql,
                                           postgres::Parameters parameters, TimePoint deadline) {
  return connection->execute({.sql = std::move(sql), .parameters = std::move(parameters)}, deadline);
}

bool is_missing_privilege(const Error& error) {
  return error.code == ErrorCode::kDatabase && error.detail("sqlstate") == "42501";
}

}  // namespace stele::views
