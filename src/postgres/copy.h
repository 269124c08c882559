#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/row_stream.h"
#include "postgres/wire/lists.h"

namespace stele::postgres {

class StreamReply;

// Bytes for a COPY … FROM STDIN. write() waits while the server is behind, so memory stays bounded. Exactly
// one of finish() and fail() ends it. Confined to its connection, which is free for the next request when
// this is destroyed.
class CopyIn {
 public:
  CopyIn(ExchangeLease lease, std::unique_ptr<StreamReply> reply);
  CopyIn(CopyIn&&) noexcept;
  CopyIn& operator=(CopyIn&&) noexcept;
  ~CopyIn();

  wire::Format format() const;
  // Any part of the data; lines may be split. An error that the server has sent meanwhile comes from
  // finish(). kDeadlineExceeded breaks the connection.
  net::Task<Result<void>> write(std::string_view bytes, TimePoint deadline);
  // The number of rows copied.
  net::Task<Result<std::uint64_t>> finish(TimePoint deadline);
  // Gives up: the server undoes the COPY.
  net::Task<Result<void>> fail(std::string reason, TimePoint deadline);

 private:
  static constexpr std::size_t kPendingMax = 256U << 10;

  ExchangeLease lease_;
  std::unique_ptr<StreamReply> reply_;
};

// Bytes of a COPY … TO STDOUT as they come; the server waits for a slow reader. Confined to its connection.
class CopyOut {
 public:
  CopyOut(ExchangeLease lease, std::unique_ptr<StreamReply> reply);
  CopyOut(CopyOut&&) noexcept;
  CopyOut& operator=(CopyOut&&) noexcept;
  ~CopyOut();

  wire::Format format() const;
  std::size_t columns() const;
  // Chunks that have come (in text format one row each), at least one; empty at the end. They hold until the
  // next call. kDeadlineExceeded: nothing came in time, ask again or cancel.
  net::Task<Result<std::span<const std::string_view>>> next(TimePoint deadline);
  net::Task<Result<void>> cancel();
  const std::string& tag() const;  // "COPY 5", at the end

 private:
  ExchangeLease lease_;
  std::unique_ptr<StreamReply> reply_;
};

// Both ways at once: the replication protocol. One coroutine may read while another writes.
class CopyBoth {
 public:
  CopyBoth(ExchangeLease lease, std::unique_ptr<StreamReply> reply);
  CopyBoth(CopyBoth&&) noexcept;
  CopyBoth& operator=(CopyBoth&&) noexcept;
  ~CopyBoth();

  // As CopyOut::next; empty when the server has ended its side: then finish().
  net::Task<Result<std::span<const std::string_view>>> next(TimePoint deadline);
  // Hands one message to the kernel; waits only while more than the request limit is unsent.
  net::Task<Result<void>> send(std::string_view message);
  // Ends our side and reads to the end of the command; further results of it (the next timeline) are dropped.
  net::Task<Result<void>> finish(TimePoint deadline);

 private:
  ExchangeLease lease_;
  std::unique_ptr<StreamReply> reply_;
};

}  // namespace stele::postgres
