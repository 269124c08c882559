#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::crypto {

class TlsContext;

// One TLS connection as bytes in, bytes out: no socket, no waiting (OpenSSL over memory BIOs).
//   session.feed(from_peer); session.handshake(); to_peer = session.take_output();
// Confined to one thread. Errors: kProtocol for a broken handshake or record, kUnauthenticated for a
// certificate that does not verify. After an error only take_output() (the alert) makes sense.
class TlsSession {
 public:
  static Result<std::unique_ptr<TlsSession>> server(const TlsContext& context);
  // `server_name` goes into SNI and, where the context asks for it, is verified. Empty: neither.
  static Result<std::unique_ptr<TlsSession>> client(const TlsContext& context,
                                                    const std::string& server_name);
  ~TlsSession();

  // Bytes that came from the peer.
  void feed(std::string_view bytes);
  // Goes on with the handshake: true when it is complete, false when more must come.
  Result<bool> handshake();
  // Appends what can be decrypted to `plain`. closed() tells whether the peer has ended the stream.
  Result<void> read(std::string& plain);
  bool closed() const;
  // Encrypts all of `plain`.
  Result<void> write(std::string_view plain);
  // close_notify: nothing is written after it.
  void end();
  // Moves what is to be sent to the peer to the end of `out`.
  void take_output(std::string& out);

  // RFC 2253 text of the peer's certificate subject; empty without one.
  std::string peer_subject() const;
  // RFC 5929 tls-server-end-point of the server's certificate (the peer's at a client, ours at a server).
  std::string server_end_point() const;

 private:
  struct State;
  explicit TlsSession(std::unique_ptr<State> state);
  static Result<std::unique_ptr<TlsSession>> create(const TlsContext& context);
  std::unique_ptr<State> state_;
};

}  // namespace stele::crypto
