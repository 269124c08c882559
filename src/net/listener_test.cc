#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/test_reactor.h"

namespace stele::net {
namespace {

using std::chrono::milliseconds;

class ListenerTest : public ReactorTest {};
STELE_ON_EACH_BACKEND(ListenerTest);

const Address kAnyPort{"127.0.0.1", 0};

Task<void> hold(std::unique_ptr<Stream> stream) {
  for (;;) {
    const auto more = co_await stream->read();
    if (!more.has_value()) co_return;
    stream->consume(stream->input().size());
  }
}

Task<void> port_in_use() {
  auto first = Listener::open(kAnyPort, {}, hold);
  EXPECT_TRUE(first.has_value());
  ListenerOptions alone;
  alone.reuse_port = false;
  const Address taken = (*first)->address();
  EXPECT_NE(taken.port, 0);
  const auto refused = Listener::open(taken, alone, hold);
  EXPECT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(refused.error().detail("address"), taken.to_string());
  EXPECT_TRUE(refused.error().detail("holder").starts_with(std::to_string(getpid()) + " ("));
  // Reactors of one process may share it.
  const auto shared = Listener::open(taken, {}, hold);
  EXPECT_TRUE(shared.has_value()) << shared.error().to_string();
  co_return;
}

TEST_P(ListenerTest, NamesTheHolderOfAPortInUse) {
  run(port_in_use());
}

// Another process that listens on a port of its own, ready to share it with whoever asks.
class Stranger {
 public:
  Stranger() {
    EXPECT_EQ(::pipe(told_), 0);
    EXPECT_EQ(::pipe(end_), 0);
    pid_ = ::fork();
    if (pid_ == 0) listen_and_wait();
    ::close(end_[0]);
    EXPECT_EQ(::read(told_[0], &port_, sizeof(port_)), static_cast<ssize_t>(sizeof(port_)));
  }
  ~Stranger() {
    ::close(end_[1]);
    ::waitpid(pid_, nullptr, 0);
    ::close(told_[0]);
    ::close(told_[1]);
  }
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

 private:
  [[noreturn]] void listen_and_wait() {
    ::close(end_[1]);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(fd, 1);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    const std::uint16_t port = ntohs(address.sin_port);
    [[maybe_unused]] const auto written = ::write(told_[1], &port, sizeof(port));
    char none = 0;
    [[maybe_unused]] const auto ended = ::read(end_[0], &none, 1);
    ::_exit(0);
  }

  int told_[2] = {-1, -1};
  int end_[2] = {-1, -1};
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

Task<void> held_by(const Stranger* stranger) {
  const auto refused = Listener::open(Address{"127.0.0.1", stranger->port()}, {}, hold);
  EXPECT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_TRUE(refused.error().detail("holder").starts_with(std::to_string(stranger->pid()) + " ("))
      << refused.error().to_string();
  co_return;
}

TEST_P(ListenerTest, DoesNotShareAPortWithAnotherProcess) {
  const Stranger stranger;
  run(held_by(&stranger));
}

Task<void> unix_in_use(std::string path) {
  auto first = Listener::open(Address{path, 0}, {}, hold);
  EXPECT_TRUE(first.has_value());
  const auto second = Listener::open(Address{path, 0}, {}, hold);
  EXPECT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kAlreadyExists);
  co_return;
}

TEST_P(ListenerTest, AUnixPathIsTakenOverOnlyFromTheDead) {
  const std::string path = testing::TempDir() + "/stele_listener_test_" + std::to_string(getpid());
  run(unix_in_use(path));
  run(unix_in_use(path));
}

Task<void> no_right() {
  if (::geteuid() == 0) co_return;  // root may
  const auto denied = Listener::open(Address{"127.0.0.1", 1}, {}, hold);
  EXPECT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().code, ErrorCode::kPermissionDenied);
}

TEST_P(ListenerTest, PrivilegedPorts) {
  run(no_right());
}

Task<void> note_time(TimePoint* noted) {
  *noted = Reactor::current()->now();
  co_return;
}

// Connects from outside of the reactor.
void knock(const Address& listener) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener.port);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ::close(fd);
}

// Waits until a thread of this process sleeps in the kernel.
void wait_until_asleep(pid_t thread) {
  const std::string path = "/proc/self/task/" + std::to_string(thread) + "/stat";
  for (;;) {
    std::string line;
    std::getline(std::ifstream(path), line);
    // "pid (name) state ...", and the name may have anything in it.
    if (line.contains(") S ")) return;
    std::this_thread::sleep_for(milliseconds(1));
  }
}

// The session of the first connection after a sleep without end computes its deadlines from now().
TEST_P(ListenerTest, ASessionBeginsInThePresent) {
  std::unique_ptr<Listener> listener;
  TimePoint begun{};
  Address address;
  reactor_->post([&] {
    const auto record = [&](std::unique_ptr<Stream>) {
      reactor_->stop();
      return note_time(&begun);
    };
    listener = *Listener::open(kAnyPort, {}, record);
    address = listener->address();
    reactor_->stop();
  });
  reactor_->run();
  TimePoint knocked{};
  const pid_t sleeper = ::gettid();
  std::thread client([&] {
    wait_until_asleep(sleeper);
    knocked = system_clock().now();
    knock(address);
  });
  reactor_->run();
  client.join();
  EXPECT_GE(begun, knocked);
  reactor_->post([&] {
    listener.reset();
    reactor_->stop();
  });
  reactor_->run();
}

Task<void> too_many() {
  ListenerOptions options;
  options.connections_max = 2;
  auto listener = Listener::open(kAnyPort, options, hold);
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 3; ++i) {
    auto stream = co_await Stream::connect((*listener)->address(), kNoDeadline);
    EXPECT_TRUE(stream.has_value());
    streams.push_back(*std::move(stream));
  }
  const auto closed = co_await streams[2]->read();
  EXPECT_EQ(closed.error().code, ErrorCode::kConnectionClosed);
  EXPECT_EQ((*listener)->connections(), 2U);
  EXPECT_EQ((*listener)->refused(), 1U);
  streams.erase(streams.begin());
  while ((*listener)->connections() > 1) co_await Reactor::current()->sleep_for(milliseconds(1));
  auto next = co_await Stream::connect((*listener)->address(), kNoDeadline);
  EXPECT_TRUE(next.has_value());
  while ((*listener)->connections() < 2) co_await Reactor::current()->sleep_for(milliseconds(1));
  (*listener)->stop_accepting();
  (*listener)->close_all();
  co_await (*listener)->closed();
  EXPECT_EQ((*listener)->connections(), 0U);
  const auto after = co_await Stream::connect((*listener)->address(), kNoDeadline);
  EXPECT_FALSE(after.has_value());
}

TEST_P(ListenerTest, LimitsItsConnections) {
  run(too_many());
}

Task<void> hold_and_tell(std::unique_ptr<Stream> stream, bool* ended) {
  co_await hold(std::move(stream));
  *ended = true;
}

Task<void> outlived(std::unique_ptr<Stream>* client, bool* ended) {
  auto listener = Listener::open(kAnyPort, {}, [ended](std::unique_ptr<Stream> stream) {
    return hold_and_tell(std::move(stream), ended);
  });
  auto stream = co_await Stream::connect((*listener)->address(), kNoDeadline);
  *client = *std::move(stream);
  while ((*listener)->connections() == 0) co_await Reactor::current()->sleep_for(milliseconds(1));
  listener->reset();
  EXPECT_FALSE(*ended);
  client->reset();
  while (!*ended) co_await Reactor::current()->sleep_for(milliseconds(1));
}

TEST_P(ListenerTest, ASessionMayOutliveItsListener) {
  std::unique_ptr<Stream> client;
  bool ended = false;
  run(outlived(&client, &ended));
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace stele::net
