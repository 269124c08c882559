#include "server/import/target.h"

#include <fmt/format.h>

#include <utility>

#include "net/reactor.h"
#include "server/tour/redis_reply.h"

namespace stele::server {

namespace {

constexpr Duration kConnectPatience = std::chrono::seconds(10);
constexpr Duration kReplyPatience = std::chrono::minutes(5);

}  // namespace

void append_request(std::string& out, std::span<const std::string_view> words) {
  out += fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) {
    out += fmt::format("${}\r\n", word.size());
    out += word;
    out += "\r\n";
  }
}

net::Task<Result<std::unique_ptr<ImportTarget>>> ImportTarget::connect(net::Address address,
                                                                       std::string password) {
  const TimePoint deadline = net::Reactor::current()->now() + kConnectPatience;
  const std::string name = address.to_string();
  auto stream = co_await net::Stream::connect(std::move(address), deadline);
  if (!stream) {
    co_return make_error(stream.error().code, fmt::format("no Stele at {} (--listen, --redis-port): {}", name,
                                                          stream.error().message));
  }
  std::unique_ptr<ImportTarget> target(new ImportTarget(std::move(*stream)));
  if (!password.empty()) {
    const std::string_view words[] = {"AUTH", password};
    target->add(0, words, "AUTH");
    auto flushed = co_await target->flush();
    STELE_CO_RETURN_IF_ERROR(flushed);
    if (target->refused() > 0)
      co_return make_error(ErrorCode::kUnauthenticated, target->first_refusals().front());
  }
  co_return target;
}

void ImportTarget::select(std::uint64_t db) {
  if (db == db_) return;
  db_ = db;
  const std::string number = std::to_string(db);
  const std::string_view words[] = {"SELECT", number};
  append_request(stream_->output(), words);
  about_.push_back("SELECT " + number);
}

void ImportTarget::add(std::uint64_t db, std::span<const std::string_view> words, std::string about) {
  select(db);
  append_request(stream_->output(), words);
  about_.push_back(std::move(about));
}

void ImportTarget::add_raw(std::uint64_t db, std::string_view request, std::string about) {
  select(db);
  stream_->output() += request;
  about_.push_back(std::move(about));
}

void ImportTarget::refuse(std::string about, std::string_view why) {
  ++refused_;
  if (first_refusals_.size() < kRefusalsKept) first_refusals_.push_back(fmt::format("{}: {}", about, why));
}

std::string ImportTarget::refusal_in(std::string_view reply) {
  const std::size_t end = reply.find("\r\n");
  if (reply.starts_with('-')) return std::string(reply.substr(1, end - 1));
  // Of what stood between MULTI and EXEC.
  if (!reply.starts_with('*')) return {};
  for (std::size_t at = end + 2; at < reply.size();) {
    const auto element = read_redis_reply(reply.substr(at));
    if (!element || element->size == 0) return {};
    if (reply[at] == '-') return element->text;
    at += element->size;
  }
  return {};
}

net::Task<Result<void>> ImportTarget::flush() {
  stream_->set_read_deadline(net::Reactor::current()->now() + kReplyPatience);
  auto sent = co_await stream_->flush();
  STELE_CO_RETURN_IF_ERROR(sent);
  for (std::string& about : about_) {
    while (true) {
      STELE_CO_TRY(const RedisReply reply, read_redis_reply(stream_->input()));
      if (reply.size > 0) {
        const std::string refusal = refusal_in(stream_->input().substr(0, reply.size));
        if (!refusal.empty()) refuse(std::move(about), refusal);
        stream_->consume(reply.size);
        break;
      }
      auto more = co_await stream_->read();
      STELE_CO_RETURN_IF_ERROR(more);
    }
  }
  about_.clear();
  co_return Result<void>();
}

}  // namespace stele::server
