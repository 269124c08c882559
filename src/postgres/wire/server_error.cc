#include "postgres/wire/server_error.h"

#include <algorithm>
#include <array>

#include "postgres/wire/sqlstate.h"

namespace stele::postgres::wire {

namespace {

struct FieldName {
  char code;
  std::string_view name;
};

// 'M' is the Error's message itself.
constexpr std::array kFieldNames = std::to_array<FieldName>({
    {'S', "severity_localized"},
    {'V', "severity"},
    {'C', "sqlstate"},
    {'D', "detail"},
    {'H', "hint"},
    {'P', "position"},
    {'p', "internal_position"},
    {'q', "internal_query"},
    {'W', "where"},
    {'s', "schema"},
    {'t', "table"},
    {'c', "column"},
    {'d', "data_type"},
    {'n', "constraint"},
    {'F', "file"},
    {'L', "line"},
    {'R', "routine"},
});

}  // namespace

ServerError::ServerError(std::span<const ResponseField> fields) {
  fields_.reserve(fields.size());
  for (const ResponseField& field : fields) fields_.emplace_back(field.code, std::string(field.value));
}

ServerError::ServerError(std::string_view severity, std::string_view sqlstate, std::string_view message) {
  set('S', severity);
  set('V', severity);
  set('C', sqlstate);
  set('M', message);
}

std::string_view ServerError::field(char code) const {
  const auto found = std::ranges::find(fields_, code, &std::pair<char, std::string>::first);
  return found == fields_.end() ? std::string_view() : std::string_view(found->second);
}

void ServerError::set(char code, std::string_view value) {
  const auto found = std::ranges::find(fields_, code, &std::pair<char, std::string>::first);
  if (found != fields_.end()) {
    found->second = value;
  } else {
    fields_.emplace_back(code, std::string(value));
  }
}

std::string_view ServerError::severity() const {
  const std::string_view plain = field('V');  // since 9.6
  return plain.empty() ? field('S') : plain;
}

Error ServerError::to_error() const {
  Error error = make_error(ErrorCode::kDatabase, std::string(message()));
  for (const auto& [code, value] : fields_) {
    if (code == 'M') continue;
    const auto* known = std::ranges::find(kFieldNames, code, &FieldName::code);
    error.with(known == kFieldNames.end() ? std::string(1, code) : std::string(known->name), value);
  }
  return error;
}

ServerError ServerError::from_error(const Error& error) {
  if (error.code != ErrorCode::kDatabase) {
    const SqlState state = sqlstate_for(error.code);
    ServerError raised(state.severity, state.code, error.message);
    if (const std::string_view detail = error.detail("detail"); !detail.empty()) raised.set('D', detail);
    if (const std::string_view hint = error.detail("hint"); !hint.empty()) raised.set('H', hint);
    return raised;
  }
  ServerError server;
  for (const auto& [name, value] : error.details) {
    const auto* known = std::ranges::find(kFieldNames, name, &FieldName::name);
    if (known != kFieldNames.end()) {
      server.fields_.emplace_back(known->code, value);
    } else if (name.size() == 1) {
      server.fields_.emplace_back(name[0], value);
    }
  }
  server.set('M', error.message);
  if (server.sqlstate().empty()) server.set('C', sqlstate::kInternalError);
  if (server.severity().empty()) server.set('V', "ERROR");
  if (server.field('S').empty()) server.set('S', server.severity());
  return server;
}

std::vector<ResponseField> ServerError::views() const {
  std::vector<ResponseField> views;
  views.reserve(fields_.size());
  for (const auto& [code, value] : fields_) views.push_back({code, value});
  return views;
}

}  // namespace stele::postgres::wire
