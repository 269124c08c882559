#include "postgres/row_stream.h"

#include "postgres/reply.h"

namespace stele::postgres {

ExchangeLease::~ExchangeLease() {
  if (exchange_ == nullptr) return;
  if (!exchange_->at_ready() && !exchange_->is_broken()) {
    (void)exchange_->break_with(make_error(ErrorCode::kCancelled, "a result was dropped before its end"));
  }
  exchange_->end();
}

RowStream::RowStream(ExchangeLease lease, std::unique_ptr<StreamReply> reply)
    : lease_(std::move(lease)), reply_(std::move(reply)) {}
RowStream::RowStream(RowStream&&) noexcept = default;
RowStream& RowStream::operator=(RowStream&&) noexcept = default;
RowStream::~RowStream() = default;

const Columns& RowStream::columns() const {
  return *reply_->columns;
}

const std::string& RowStream::tag() const {
  return reply_->tag;
}

net::Task<Result<std::span<const wire::CellList>>> RowStream::next(TimePoint deadline) {
  rows_.clear();
  auto payloads = co_await lease_->read_data('D', reply_.get(), deadline);
  if (!payloads) co_return std::move(payloads).error();
  for (const std::string_view payload : *payloads) {
    auto row = wire::decode_data_row(payload);
    if (!row) co_return lease_->break_with(std::move(row).error());
    if (row->cells.size() != columns().size()) {
      co_return lease_->break_with(make_error(ErrorCode::kProtocol, "a row with a wrong number of cells"));
    }
    rows_.push_back(row->cells);
  }
  if (rows_.empty() && reply_->error()) co_return *reply_->error();
  co_return std::span<const wire::CellList>(rows_);
}

net::Task<Result<void>> RowStream::cancel() {
  co_return co_await lease_->abandon(reply_.get());
}

}  // namespace stele::postgres
