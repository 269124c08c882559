// A blind byte forwarder on the same reactor and streams as the heads: what a proxy costs that looks at
// nothing.
//   bench_forwarder LISTEN_PORT SERVER_ADDRESS
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "net/event.h"
#include "net/listener.h"
#include "net/reactor.h"
#include "net/stream.h"

namespace {

using namespace stele;  // a program of one file

struct Pair {
  std::unique_ptr<net::Stream> client;
  std::unique_ptr<net::Stream> server;
  net::Event client_side_ended;
};

net::Task<void> pump(net::Stream* from, net::Stream* to) {
  while (true) {
    to->output().append(from->input());
    from->consume(from->input().size());
    const auto sent = co_await to->flush();
    if (!sent) break;
    const auto more = co_await from->read();
    if (!more) break;
  }
  to->close();
}

net::Task<void> pump_client(Pair* pair) {
  co_await pump(pair->client.get(), pair->server.get());
  pair->client_side_ended.set();
}

net::Task<void> forward(std::unique_ptr<net::Stream> client, net::Address server_address) {
  auto server = co_await net::Stream::connect(server_address, kNoDeadline);
  if (!server) co_return;
  Pair pair{std::move(client), *std::move(server), {}};
  net::spawn(pump_client(&pair));
  co_await pump(pair.server.get(), pair.client.get());
  co_await pair.client_side_ended.wait();
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  const std::string_view port_text = argc == 3 ? argv[1] : "";
  const auto server =
      argc == 3 ? net::Address::parse(argv[2]) : make_error(ErrorCode::kInvalidArgument, "arguments");
  std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (port == 0 || !server) {
    std::fprintf(stderr, "usage: bench_forwarder PORT SERVER\n");
    return 2;
  }
  auto reactor = net::Reactor::create();
  if (!reactor) return 1;
  std::unique_ptr<net::Listener> listener;
  (*reactor)->post([&] {
    auto opened = net::Listener::open({"127.0.0.1", port}, {}, [&](std::unique_ptr<net::Stream> client) {
      return forward(std::move(client), *server);
    });
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
      std::exit(1);
    }
    listener = *std::move(opened);
  });
  (*reactor)->run();
}
