// The same server over net::Reactor and net::Stream.
#include <cstdio>
#include <memory>
#include <utility>

#include "net/listener.h"
#include "net/reactor.h"
#include "net/stream.h"
#include "table.h"

namespace stele::bench {

namespace {

net::Task<void> session(RespTable* table, std::unique_ptr<net::Stream> stream) {
  for (;;) {
    const auto more = co_await stream->read();
    if (!more.has_value()) co_return;
    stream->consume(table->serve(stream->input(), stream->output()));
    const auto sent = co_await stream->flush();
    if (!sent.has_value()) co_return;
  }
}

}  // namespace

int serve_stele(int port, bool uring) {
  net::ReactorOptions options;
  options.backend = uring ? net::BackendKind::kIoUring : net::BackendKind::kEpoll;
  auto reactor = net::Reactor::create(options);
  if (!reactor.has_value()) {
    std::fprintf(stderr, "%s\n", reactor.error().to_string().c_str());
    return 1;
  }
  RespTable table;
  std::unique_ptr<net::Listener> listener;
  (*reactor)->post([&] {
    const net::Address address{"127.0.0.1", static_cast<std::uint16_t>(port)};
    auto opened = net::Listener::open(address, {}, [&table](std::unique_ptr<net::Stream> stream) {
      return session(&table, std::move(stream));
    });
    if (!opened.has_value()) {
      std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
      std::exit(1);
    }
    listener = *std::move(opened);
  });
  (*reactor)->run();
  return 0;
}

}  // namespace stele::bench
