#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "net/stream.h"
#include "net/task.h"

namespace stele::server {

// redis://user:password@host:port/database, or rediss:// for TLS. Without a database, all of them.
struct RedisUrl {
  net::Address address{"127.0.0.1", 6379};
  bool has_tls = false;
  std::string user, password;
  std::optional<std::uint64_t> db;
};
// kInvalidArgument; nothing for what is no such URL.
Result<std::optional<RedisUrl>> parse_redis_url(std::string_view text);

// A whole request at the front of the input, as a master sends them.
struct SourceRequest {
  std::size_t size = 0;  // 0: it is not all there
  std::vector<std::string_view> words;
};
Result<SourceRequest> read_source_request(std::string_view input);

// A Redis that takes us for its replica: its RDB file, then its commands. Confined to a reactor.
class RedisSource {
 public:
  static net::Task<Result<std::unique_ptr<RedisSource>>> connect(RedisUrl url);

  // PSYNC: from here on the file comes. What the file is followed by before the commands.
  net::Task<Result<void>> begin();
  std::size_t file_mark_bytes() const { return mark_bytes_; }

  // More of the input, or false when nothing came within a second.
  net::Task<Result<bool>> wait();
  std::string_view input() const { return stream_->input(); }
  void consume(std::size_t count) { stream_->consume(count); }

  // So far the commands have come; says so to the master, else it would give us up.
  void pass_commands(std::size_t bytes) { offset_ += bytes; }
  void acknowledge();
  // While the file is read.
  void show_life();

 private:
  explicit RedisSource(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}
  net::Task<Result<std::string>> line();
  net::Task<Result<std::string>> ask(std::vector<std::string> words);

  std::unique_ptr<net::Stream> stream_;
  std::size_t mark_bytes_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace stele::server
