#include "postgres/copy.h"

#include <fmt/format.h>

#include <algorithm>

#include "postgres/reply.h"
#include "postgres/wire/frontend.h"

namespace stele::postgres {

namespace {

// One CopyData holds at most this much, so that a server sees data early and no frame nears the limits.
constexpr std::size_t kChunkMax = 64U << 10;

net::Task<Result<std::span<const std::string_view>>> next_chunks(Exchange* exchange, StreamReply* reply,
                                                                 TimePoint deadline) {
  auto chunks = co_await exchange->read_data('d', reply, deadline);
  if (chunks && chunks->empty() && reply->error()) co_return *reply->error();
  co_return std::move(chunks);
}

}  // namespace

CopyIn::CopyIn(ExchangeLease lease, std::unique_ptr<StreamReply> reply)
    : lease_(std::move(lease)), reply_(std::move(reply)) {}
CopyIn::CopyIn(CopyIn&&) noexcept = default;
CopyIn& CopyIn::operator=(CopyIn&&) noexcept = default;
CopyIn::~CopyIn() = default;

wire::Format CopyIn::format() const {
  return reply_->copy_format;
}

net::Task<Result<void>> CopyIn::write(std::string_view bytes, TimePoint deadline) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kChunkMax);
    wire::append(lease_->output(), wire::CopyData{bytes.substr(0, count)});
    bytes.remove_prefix(count);
    if (lease_->output().size() < kPendingMax) continue;
    lease_->stream().set_write_deadline(deadline);
    auto sent = co_await lease_->stream().drain();
    if (!sent) co_return lease_->break_with(std::move(sent).error());
  }
  co_return Result<void>();
}

net::Task<Result<std::uint64_t>> CopyIn::finish(TimePoint deadline) {
  wire::append(lease_->output(), wire::CopyDone{});
  auto ended = co_await lease_->run(reply_.get(), 1, deadline);
  if (!ended) co_return std::move(ended).error();
  if (reply_->error()) co_return *reply_->error();
  co_return wire::CommandComplete{reply_->tag}.rows();
}

net::Task<Result<void>> CopyIn::fail(std::string reason, TimePoint deadline) {
  wire::append(lease_->output(), wire::CopyFail{reason});
  co_return co_await lease_->run(reply_.get(), 1, deadline);
}

CopyOut::CopyOut(ExchangeLease lease, std::unique_ptr<StreamReply> reply)
    : lease_(std::move(lease)), reply_(std::move(reply)) {}
CopyOut::CopyOut(CopyOut&&) noexcept = default;
CopyOut& CopyOut::operator=(CopyOut&&) noexcept = default;
CopyOut::~CopyOut() = default;

wire::Format CopyOut::format() const {
  return reply_->copy_format;
}

std::size_t CopyOut::columns() const {
  return reply_->copy_columns;
}

net::Task<Result<std::span<const std::string_view>>> CopyOut::next(TimePoint deadline) {
  return next_chunks(lease_.operator->(), reply_.get(), deadline);
}

net::Task<Result<void>> CopyOut::cancel() {
  return lease_->abandon(reply_.get());
}

const std::string& CopyOut::tag() const {
  return reply_->tag;
}

CopyBoth::CopyBoth(ExchangeLease lease, std::unique_ptr<StreamReply> reply)
    : lease_(std::move(lease)), reply_(std::move(reply)) {}
CopyBoth::CopyBoth(CopyBoth&&) noexcept = default;
CopyBoth& CopyBoth::operator=(CopyBoth&&) noexcept = default;
CopyBoth::~CopyBoth() = default;

net::Task<Result<std::span<const std::string_view>>> CopyBoth::next(TimePoint deadline) {
  auto chunks = co_await lease_->read_data('d', reply_.get(), deadline, &reply_->copy_done);
  if (chunks && chunks->empty() && reply_->error()) co_return *reply_->error();
  co_return std::move(chunks);
}

net::Task<Result<void>> CopyBoth::send(std::string_view message) {
  wire::append(lease_->output(), wire::CopyData{message});
  auto sent = co_await lease_->stream().flush();
  if (!sent) co_return lease_->break_with(std::move(sent).error());
  co_return Result<void>();
}

net::Task<Result<void>> CopyBoth::finish(TimePoint deadline) {
  wire::append(lease_->output(), wire::CopyDone{});
  auto sent = co_await lease_->stream().flush();
  if (!sent) co_return lease_->break_with(std::move(sent).error());
  while (!lease_->at_ready()) {
    auto chunks = co_await lease_->read_data('d', reply_.get(), deadline);
    if (!chunks) co_return std::move(chunks).error();
  }
  if (reply_->error()) co_return *reply_->error();
  co_return Result<void>();
}

}  // namespace stele::postgres
