#include "server/reactor_thread.h"

namespace stele::server {

Result<std::unique_ptr<ReactorThread>> ReactorThread::start(std::string name) {
  net::ReactorOptions options;
  options.name = name;
  STELE_TRY(auto reactor, net::Reactor::create(options));
  return std::unique_ptr<ReactorThread>(new ReactorThread(std::move(reactor)));
}

ReactorThread::ReactorThread(std::unique_ptr<net::Reactor> reactor)
    : reactor_(std::move(reactor)), thread_([this] { reactor_->run(); }) {}

ReactorThread::~ReactorThread() {
  reactor_->stop();
  thread_.join();
}

}  // namespace stele::server
