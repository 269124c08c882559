#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"
#include "net/stream.h"
#include "net/task.h"

namespace stele::server {

// Where an import writes: the Redis port of a running Stele, in pipelines. What it refuses is counted and the
// first refusals are kept with what they were about; nothing else is lost by them. Confined to a reactor.
class ImportTarget {
 public:
  // kUnavailable, kUnauthenticated.
  static net::Task<Result<std::unique_ptr<ImportTarget>>> connect(net::Address address, std::string password);

  // One request, in the words of a command or as it came. `about` is told when it is refused.
  void add(std::uint64_t db, std::span<const std::string_view> words, std::string about);
  void add_raw(std::uint64_t db, std::string_view request, std::string about);
  // What never gets that far.
  void refuse(std::string about, std::string_view why);
  bool is_full() const { return stream_->output().size() >= kBatchBytes || about_.size() >= kBatchRequests; }
  // Sends what was added and reads the answers. An error is one of the connection.
  net::Task<Result<void>> flush();

  std::uint64_t refused() const { return refused_; }
  const std::vector<std::string>& first_refusals() const { return first_refusals_; }

 private:
  static constexpr std::size_t kBatchBytes = 256 << 10;
  static constexpr std::size_t kBatchRequests = 1000;
  static constexpr std::size_t kRefusalsKept = 20;

  explicit ImportTarget(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}
  void select(std::uint64_t db);
  // The first refusal in a reply; empty where there is none.
  static std::string refusal_in(std::string_view reply);

  std::unique_ptr<net::Stream> stream_;
  std::vector<std::string> about_;  // of the requests under way
  std::uint64_t db_ = 0;
  std::uint64_t refused_ = 0;
  std::vector<std::string> first_refusals_;
};

void append_request(std::string& out, std::span<const std::string_view> words);

}  // namespace stele::server
