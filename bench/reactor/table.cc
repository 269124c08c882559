#include "table.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace stele::bench {

namespace {

// "<mark><number>\r\n" at `at`; moves `at` behind it. -1 when it is not all there.
long take_number(std::string_view input, std::size_t& at) {
  const std::size_t end = input.find('\n', at);
  if (end == std::string_view::npos) return -1;
  long number = 0;
  for (std::size_t i = at + 1; i + 1 < end; ++i) number = number * 10 + (input[i] - '0');
  at = end + 1;
  return number;
}

// One command's words, at most four; how many, or -1 when it is not all there.
long take_command(std::string_view input, std::size_t& at, std::array<std::string_view, 4>& words) {
  const long count = take_number(input, at);
  for (long i = 0; i < count; ++i) {
    const long size = take_number(input, at);
    if (size < 0 || at + static_cast<std::size_t>(size) + 2 > input.size()) return -1;
    words[static_cast<std::size_t>(i) % words.size()] = input.substr(at, static_cast<std::size_t>(size));
    at += static_cast<std::size_t>(size) + 2;
  }
  return count;
}

void append_bulk(std::string& out, std::string_view value) {
  out += '$';
  out += std::to_string(value.size());
  out += "\r\n";
  out += value;
  out += "\r\n";
}

}  // namespace

std::size_t RespTable::serve(std::string_view input, std::string& out) {
  std::size_t taken = 0;
  std::array<std::string_view, 4> words;
  while (taken < input.size()) {
    std::size_t at = taken;
    const long count = take_command(input, at, words);
    if (count < 0) break;
    taken = at;
    if (count == 2 && words[0] == "GET") {
      const auto found = map_.find(words[1]);
      if (found == map_.end()) {
        out += "$-1\r\n";
      } else {
        append_bulk(out, found->second);
      }
    } else if (count == 3 && words[0] == "SET") {
      map_.insert_or_assign(std::string(words[1]), std::string(words[2]));
      out += "+OK\r\n";
    } else {
      out += "-ERR not served by this bench\r\n";
    }
  }
  return taken;
}

int listen_or_exit(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 || ::listen(fd, 512) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  return fd;
}

}  // namespace stele::bench
