#include "postgres/authenticator.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.h"
#include "postgres/wire/frontend.h"

namespace stele::postgres {

namespace {

Error refused(std::string message) {
  return make_error(ErrorCode::kUnauthenticated, std::move(message));
}

}  // namespace

std::string md5_password(std::string_view user, std::string_view password, std::string_view salt) {
  const std::string inner = crypto::hex(crypto::md5(std::string(password).append(user)));
  return "md5" + crypto::hex(crypto::md5(inner + std::string(salt)));
}

Result<void> Authenticator::need_password() const {
  if (password_.empty()) return refused("the server asks for a password and none is given");
  return {};
}

Result<void> Authenticator::on_request(const wire::Authentication& request, std::string& output) {
  using enum wire::AuthenticationKind;
  switch (request.kind) {
    case kOk:
      return finish();
    case kCleartextPassword: {
      STELE_RETURN_IF_ERROR(need_password());
      wire::append_password(output, password_);
      return {};
    }
    case kMd5Password: {
      STELE_RETURN_IF_ERROR(need_password());
      wire::append_password(output, md5_password(user_, password_, request.data));
      return {};
    }
    case kSasl:
      return begin_scram(request, output);
    case kSaslContinue: {
      if (!scram_) break;
      STELE_TRY(const std::string answer, scram_->client_final(request.data));
      wire::append(output, wire::AuthenticationResponse{answer});
      return {};
    }
    case kSaslFinal: {
      if (!scram_) break;
      STELE_RETURN_IF_ERROR(scram_->verify(request.data));
      server_proved_ = true;
      return {};
    }
    default:
      return refused(fmt::format("the server asks for authentication method {}, which is not supported",
                                 static_cast<std::uint32_t>(request.kind)));
  }
  return make_error(ErrorCode::kProtocol, "an authentication message out of order");
}

Result<void> Authenticator::begin_scram(const wire::Authentication& request, std::string& output) {
  const std::vector<std::string_view> offered = request.mechanisms();
  if (std::ranges::find(offered, std::string_view("SCRAM-SHA-256")) == offered.end()) {
    return refused("the server offers no SASL mechanism that is supported");
  }
  STELE_RETURN_IF_ERROR(need_password());
  if (scram_) return make_error(ErrorCode::kProtocol, "a second SASL exchange in one login");
  scram_.emplace(std::string(), password_);
  const std::string first = scram_->client_first();
  wire::append(output, wire::SaslInitialResponse{scram_->mechanism(), first});
  return {};
}

Result<void> Authenticator::finish() {
  if (scram_ && !server_proved_) return refused("the server ended the SCRAM exchange without its proof");
  done_ = true;
  return {};
}

}  // namespace stele::postgres
