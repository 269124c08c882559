// fuzz: postgres
// What a server may send us. A decoded message encodes to the bytes it came from; an ErrorResponse survives
// the way through Error with its SQLSTATE.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "postgres/wire/backend.h"
#include "postgres/wire/server_error.h"

namespace wire = stele::postgres::wire;

namespace {

void check(const wire::BackendMessage& message) {
  if (const auto* error = std::get_if<wire::ErrorResponse>(&message)) {
    const wire::ServerError server(error->fields);
    const wire::ServerError again = wire::ServerError::from_error(server.to_error());
    if (!server.sqlstate().empty() && again.sqlstate() != server.sqlstate()) std::abort();
  }
  if (const auto* authentication = std::get_if<wire::Authentication>(&message)) {
    if (authentication->kind == wire::AuthenticationKind::kSasl) (void)authentication->mechanisms();
  }
  if (const auto* complete = std::get_if<wire::CommandComplete>(&message)) (void)complete->rows();
  if (const auto* row = std::get_if<wire::DataRow>(&message)) {
    std::size_t cells = 0;
    for (const wire::Cell cell : row->cells) cells += cell ? 1 : 1;
    if (cells != row->cells.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (true) {
    const auto frame = wire::read_frame(input, std::size_t{1} << 20);
    if (!frame || !*frame) return 0;
    const auto message = wire::decode_backend(**frame);
    if (message) {
      check(*message);
      std::string again;
      std::visit([&](const auto& value) { wire::append(again, value); }, *message);
      if (input.substr(0, (*frame)->size()) != again) std::abort();
    }
    input.remove_prefix((*frame)->size());
  }
}
