// fuzz: postgres
// What a client may send us: startup packets and frontend frames. A decoded message encodes to the bytes it
// came from.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "postgres/wire/frontend.h"
#include "postgres/wire/startup.h"

namespace wire = stele::postgres::wire;

namespace {

void check_same(std::string_view before, const std::string& after) {
  if (before != after) std::abort();
}

void read_startup(std::string_view input) {
  const auto packet = wire::read_startup(input);
  if (!packet || !*packet) return;
  std::string again;
  std::visit([&](const auto& message) { wire::append(again, message); }, (*packet)->packet);
  const auto* startup = std::get_if<wire::StartupMessage>(&(*packet)->packet);
  if (startup != nullptr && startup->version >> 16 != 3) return;  // shown by its version alone
  check_same(input.substr(0, (*packet)->size), again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  read_startup(input);
  while (true) {
    const auto frame = wire::read_frame(input, wire::kSmallPayloadMax);
    if (!frame || !*frame) return 0;
    const auto message = wire::decode_frontend(**frame);
    if (message) {
      std::string again;
      std::visit([&](const auto& value) { wire::append(again, value); }, *message);
      check_same(input.substr(0, (*frame)->size()), again);
      if (const auto* response = std::get_if<wire::AuthenticationResponse>(&*message)) {
        (void)wire::decode_password(*response);
        (void)wire::decode_sasl_initial(*response);
      }
    }
    input.remove_prefix((*frame)->size());
  }
}
