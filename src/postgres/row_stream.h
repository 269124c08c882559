#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/exchange.h"
#include "postgres/result_set.h"
#include "postgres/wire/lists.h"

namespace stele::postgres {

class StreamReply;

// The right to be the one request of a connection; gives it back at its end. A stream that is dropped before
// its end leaves answers unread, so it breaks the connection.
class ExchangeLease {
 public:
  explicit ExchangeLease(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ExchangeLease(ExchangeLease&&) noexcept = default;
  ExchangeLease& operator=(ExchangeLease&& other) noexcept {
    std::swap(exchange_, other.exchange_);
    return *this;
  }
  ~ExchangeLease();

  Exchange* operator->() const { return exchange_.get(); }

 private:
  std::shared_ptr<Exchange> exchange_;  // outlives a connection that is given up before its stream
};

// What are the rows of this statement, as they come? For results that are larger than memory should hold: the
// server waits while nobody asks for more. Confined to its connection, which is free for the next request
// when this is destroyed.
//   while (true) {
//     auto rows = co_await stream.next(deadline);
//     if (!rows) co_return rows.error();      // the statement failed, or the connection did
//     if (rows->empty()) break;               // the end; stream.tag() is there
class RowStream {
 public:
  RowStream(ExchangeLease lease, std::unique_ptr<StreamReply> reply);
  RowStream(RowStream&&) noexcept;
  RowStream& operator=(RowStream&&) noexcept;
  ~RowStream();

  const Columns& columns() const;
  // Rows that have come, at least one; empty at the end. They hold until the next call. kDeadlineExceeded: no
  // row came in time, ask again or cancel.
  net::Task<Result<std::span<const wire::CellList>>> next(TimePoint deadline);
  // Ends early: the server cancels the statement, what it still sends is dropped.
  net::Task<Result<void>> cancel();
  const std::string& tag() const;

 private:
  ExchangeLease lease_;
  std::unique_ptr<StreamReply> reply_;
  std::vector<wire::CellList> rows_;
};

}  // namespace stele::postgres
