// bench_reactor KIND PORT: a GET/SET server that redis-benchmark can measure. KIND is stele-uring,
// stele-epoll, bare-uring or bare-epoll. bench/reactor/run.py compares them with redis-server.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "table.h"

int main(int argc, char** argv) {
  using namespace stele::bench;
  const std::string_view kind = argc == 3 ? argv[1] : "";
  const int port = argc == 3 ? std::atoi(argv[2]) : 0;
  if (kind == "stele-uring") return serve_stele(port, true);
  if (kind == "stele-epoll") return serve_stele(port, false);
  if (kind == "bare-uring") return serve_bare_uring(port);
  if (kind == "bare-epoll") return serve_bare_epoll(port);
  std::fputs("bench_reactor stele-uring|stele-epoll|bare-uring|bare-epoll PORT\n", stderr);
  return 2;
}
