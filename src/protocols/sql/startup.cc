#include "protocols/sql/startup.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "postgres/wire/backend.h"
#include "postgres/wire/startup.h"

namespace stele::sql {

namespace wire = postgres::wire;

namespace {

// The next packet, whole, copied out of the stream with its size.
net::Task<Result<std::string>> receive_packet(net::Stream* client) {
  while (true) {
    STELE_CO_TRY(const std::optional<wire::ReadStartup> read, wire::read_startup(client->input()));
    if (read) {
      std::string packet(client->input().substr(0, read->size));
      client->consume(read->size);
      co_return packet;
    }
    const auto more = co_await client->read();
    STELE_CO_RETURN_IF_ERROR(more);
  }
}

net::Task<Result<void>> answer(net::Stream* client, char letter) {
  client->output() += letter;
  const auto sent = co_await client->flush();
  co_return sent;
}

}  // namespace

net::Task<Result<StartupRequest>> receive_startup(net::Stream* client,
                                                  std::shared_ptr<net::TlsContext> tls_or_null) {
  while (true) {
    auto packet = co_await receive_packet(client);
    STELE_CO_RETURN_IF_ERROR(packet);
    const auto read = wire::read_startup(*packet);  // views into *packet
    if (std::holds_alternative<wire::SslRequest>((*read)->packet)) {
      const bool starts = tls_or_null != nullptr && !client->is_tls();
      const auto answered = co_await answer(client, starts ? 'S' : 'N');
      STELE_CO_RETURN_IF_ERROR(answered);
      if (!starts) continue;
      const auto secured = co_await client->start_tls(tls_or_null);
      STELE_CO_RETURN_IF_ERROR(secured);
    } else if (std::holds_alternative<wire::GssEncRequest>((*read)->packet)) {
      const auto answered = co_await answer(client, 'N');
      STELE_CO_RETURN_IF_ERROR(answered);
    } else if (const auto* message = std::get_if<wire::StartupMessage>(&(*read)->packet)) {
      StartupRequest request;
      for (const auto& [name, value] : message->parameters) request.parameters.emplace_back(name, value);
      request.packet = *std::move(packet);
      co_return request;
    } else {
      StartupRequest request;
      request.is_cancel = true;
      request.packet = *std::move(packet);
      co_return request;
    }
  }
}

bool append_without_channel_binding(std::string& out, const wire::Frame& authentication) {
  const auto message = wire::decode_backend(authentication);
  if (!message) return false;
  const auto* offer = std::get_if<wire::Authentication>(&*message);
  if (offer == nullptr || offer->kind != wire::AuthenticationKind::kSasl) return false;
  std::vector<std::string_view> names = offer->mechanisms();
  std::erase_if(names, [](std::string_view name) { return name.ends_with("-PLUS"); });
  wire::append_sasl_mechanisms(out, names);
  return true;
}

}  // namespace stele::sql
