#include "protocols/redis/unsettled.h"

#include <algorithm>
#include <utility>

#include "net/reactor.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis {

namespace {

constexpr Duration kCommitTimeMax = std::chrono::seconds(10);

}  // namespace

void Unsettled::add(keyspace::ChangeSequence last, std::vector<keyspace::Key> written, std::size_t begin,
                    std::size_t end) {
  last_ = std::max(last_, last);
  for (keyspace::Key& key : written) written_.push_back(std::move(key));
  replies_.push_back({begin, end});
}

void Unsettled::forget_replies(std::size_t begin) {
  for (Reply& reply : replies_) {
    if (reply.begin >= begin) reply.end = reply.begin;
  }
}

net::Task<void> Unsettled::settle(views::NodeKeys* keys, std::string* out) {
  const std::vector<Reply> replies = std::exchange(replies_, {});
  std::vector<keyspace::Key> written = std::exchange(written_, {});
  const TimePoint deadline = net::Reactor::current()->now() + kCommitTimeMax;
  const auto committed = co_await keys->wait_durable(std::exchange(last_, {}), std::move(written), deadline);
  if (committed) co_return;
  const std::string before = std::exchange(*out, {});
  std::size_t copied = 0;
  for (const Reply& reply : replies) {
    if (reply.end == reply.begin) continue;  // nobody wants it
    out->append(before, copied, reply.begin - copied);
    wire::ReplyWriter(*out, 2).error(error_text(committed.error()));
    copied = reply.end;
  }
  out->append(before, copied);
}

}  // namespace stele::redis
