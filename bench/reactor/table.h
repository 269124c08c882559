#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace stele::bench {

// The least that redis-benchmark can measure: GET and SET over a hash table, behind a minimal RESP reader.
// No expiry, no types, no checks beyond what keeps it from reading past its input. The same for every server
// of this bench, so that only the way of the bytes differs.
class RespTable {
 public:
  // Serves all whole commands at the front of `input`, appends the replies; how many bytes they took.
  std::size_t serve(std::string_view input, std::string& out);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  using Map = boost::unordered_flat_map<std::string, std::string, Hash, std::equal_to<>>;

  Map map_;
};

// Each serves until SIGTERM.
int serve_bare_epoll(int port);
int serve_bare_uring(int port);
int serve_stele(int port, bool uring);

// A listening socket on loopback; ends the program if it cannot have it.
int listen_or_exit(int port);

}  // namespace stele::bench
