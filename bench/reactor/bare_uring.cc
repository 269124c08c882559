// The floor: a plain io_uring loop. Multishot accept and receive, provided buffers, one call a round.
#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "table.h"

namespace stele::bench {

namespace {

constexpr unsigned kBuffers = 256;
constexpr unsigned kBufferBytes = 16 * 1024 + 128;
enum Kind : unsigned { kAccept, kReceive, kSend };

struct Connection {
  int fd;
  std::string left;
  std::string out;      // replies not under way
  std::string sending;  // the kernel reads it
  unsigned pending = 0;
  bool closed = false;
};

struct Server {
  io_uring ring{};
  io_uring_buf_ring* slots = nullptr;
  std::unique_ptr<char[]> buffers{new char[std::size_t{kBuffers} * kBufferBytes]};
  RespTable table;
  int listening = -1;

  io_uring_sqe* prepare(Connection* connection, Kind kind) {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring);
    if (sqe == nullptr) {
      io_uring_submit(&ring);
      sqe = io_uring_get_sqe(&ring);
    }
    sqe->user_data = reinterpret_cast<std::uintptr_t>(connection) | kind;
    return sqe;
  }
  void tag(io_uring_sqe* sqe, Connection* connection, Kind kind) {
    sqe->user_data = reinterpret_cast<std::uintptr_t>(connection) | kind;
  }
  void give(unsigned id) {
    io_uring_buf_ring_add(slots, buffers.get() + std::size_t{id} * kBufferBytes, 16 * 1024,
                          static_cast<unsigned short>(id), io_uring_buf_ring_mask(kBuffers), 0);
    io_uring_buf_ring_advance(slots, 1);
  }
  void set_up(int port);
  void accept() {
    io_uring_sqe* sqe = prepare(nullptr, kAccept);
    io_uring_prep_multishot_accept(sqe, listening, nullptr, nullptr, 0);
    tag(sqe, nullptr, kAccept);
  }
  void receive(Connection* connection) {
    io_uring_sqe* sqe = prepare(connection, kReceive);
    io_uring_prep_recv_multishot(sqe, connection->fd, nullptr, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = 0;
    tag(sqe, connection, kReceive);
    ++connection->pending;
  }
  void send(Connection* connection) {
    connection->sending.swap(connection->out);
    io_uring_sqe* sqe = prepare(connection, kSend);
    io_uring_prep_send(sqe, connection->fd, connection->sending.data(), connection->sending.size(),
                       MSG_NOSIGNAL | MSG_WAITALL);
    tag(sqe, connection, kSend);
    ++connection->pending;
  }
  void on_bytes(Connection* connection, std::string_view input);
  void on_complete(const io_uring_cqe& cqe);
};

void Server::set_up(int port) {
  listening = listen_or_exit(port);
  io_uring_params params{};
  params.flags =
      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  params.cq_entries = 8192;
  const std::size_t bytes = kBuffers * sizeof(io_uring_buf);
  slots = static_cast<io_uring_buf_ring*>(std::aligned_alloc(4096, bytes < 4096 ? 4096 : bytes));
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(slots);
  registration.ring_entries = kBuffers;
  if (io_uring_queue_init_params(1024, &ring, &params) != 0 ||
      io_uring_register_buf_ring(&ring, &registration, 0) != 0) {
    std::fputs("no io_uring here\n", stderr);
    std::exit(1);
  }
  io_uring_buf_ring_init(slots);
  for (unsigned id = 0; id < kBuffers; ++id) give(id);
  io_uring_register_ring_fd(&ring);
}

void Server::on_bytes(Connection* connection, std::string_view input) {
  if (!connection->left.empty()) {
    connection->left += input;
    input = connection->left;
  }
  const std::size_t taken = table.serve(input, connection->out);
  if (taken < input.size() || !connection->left.empty()) connection->left = std::string(input.substr(taken));
  if (connection->sending.empty() && !connection->out.empty()) send(connection);
}

void Server::on_complete(const io_uring_cqe& cqe) {
  auto* connection = reinterpret_cast<Connection*>(cqe.user_data & ~std::uint64_t{7});
  const bool more = (cqe.flags & IORING_CQE_F_MORE) != 0;
  switch (cqe.user_data & 7) {
    case kAccept:
      if (cqe.res >= 0) receive(new Connection{cqe.res, {}, {}, {}});
      if (!more) accept();
      return;
    case kReceive:
      if (!more) --connection->pending;
      if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) {
        const unsigned id = cqe.flags >> IORING_CQE_BUFFER_SHIFT;
        if (cqe.res > 0)
          on_bytes(connection,
                   {buffers.get() + std::size_t{id} * kBufferBytes, static_cast<std::size_t>(cqe.res)});
        give(id);
      }
      if (!more && (cqe.res > 0 || cqe.res == -ENOBUFS)) {
        receive(connection);
      } else if (!more) {
        connection->closed = true;
      }
      break;
    default:
      --connection->pending;
      connection->sending.clear();
      if (!connection->out.empty() && !connection->closed) send(connection);
  }
  if (connection->closed && connection->pending == 0) {
    ::close(connection->fd);
    delete connection;
  }
}

}  // namespace

int serve_bare_uring(int port) {
  Server server;
  server.set_up(port);
  server.accept();
  for (;;) {
    io_uring_submit_and_wait(&server.ring, 1);
    io_uring_cqe* cqe = nullptr;
    unsigned head = 0;
    unsigned count = 0;
    io_uring_for_each_cqe(&server.ring, head, cqe) {
      server.on_complete(*cqe);
      ++count;
    }
    io_uring_cq_advance(&server.ring, count);
  }
}

}  // namespace stele::bench
