#include "server/import/source.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "net/reactor.h"
#include "net/tls.h"
#include "server/import/target.h"

namespace stele::server {

namespace {

constexpr Duration kConnectPatience = std::chrono::seconds(10);
// A master forks before it answers, and may wait for another one's end.
constexpr Duration kAnswerPatience = std::chrono::minutes(5);
constexpr Duration kWait = std::chrono::seconds(1);
constexpr std::size_t kWordsMax = 1U << 20;
constexpr std::size_t kWordBytesMax = 512U << 20;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc() || end != text.end()) return std::nullopt;
  return number;
}

// %41 is an A.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const auto* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      plain += static_cast<char>(code);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

Error protocol_error(std::string_view what) {
  return make_error(ErrorCode::kProtocol, fmt::format("the Redis to import from: {}", what));
}

}  // namespace

Result<std::optional<RedisUrl>> parse_redis_url(std::string_view text) {
  RedisUrl url;
  if (text.starts_with("rediss://")) {
    url.has_tls = true;
  } else if (!text.starts_with("redis://")) {
    return std::optional<RedisUrl>();
  }
  text.remove_prefix(text.find("//") + 2);
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = text.substr(0, at);
    const std::size_t colon = who.find(':');
    if (colon == std::string_view::npos) {
      url.password = unescaped(who);
    } else {
      url.user = unescaped(who.substr(0, colon));
      url.password = unescaped(who.substr(colon + 1));
    }
    text.remove_prefix(at + 1);
  }
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view db = text.substr(slash + 1);
    text = text.substr(0, slash);
    if (!db.empty()) url.db = number_of(db);
    if (!db.empty() && !url.db)
      return make_error(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no number of a database", db));
  }
  if (text.empty()) return std::optional(url);
  const bool has_port = text.rfind(':') != std::string_view::npos && !text.ends_with(']');
  STELE_TRY(url.address, net::Address::parse(has_port ? std::string(text) : fmt::format("{}:6379", text)));
  return std::optional(url);
}

Result<SourceRequest> read_source_request(std::string_view input) {
  SourceRequest request;
  std::size_t at = 0;
  // A line that begins with this letter, and the number on it; nothing where it is not all there.
  const auto counted = [&](char letter, std::size_t most) -> Result<std::optional<std::size_t>> {
    const std::size_t end = input.find("\r\n", at);
    if (end == std::string_view::npos) return std::optional<std::size_t>();
    const auto number = input[at] == letter ? number_of(input.substr(at + 1, end - at - 1)) : std::nullopt;
    if (!number || *number > most) return protocol_error("its commands are not understood");
    at = end + 2;
    return std::optional<std::size_t>(*number);
  };
  STELE_TRY(const auto count, counted('*', kWordsMax));
  if (!count) return SourceRequest();
  for (std::size_t i = 0; i < *count; ++i) {
    STELE_TRY(const auto size, counted('$', kWordBytesMax));
    if (!size || input.size() - at < *size + 2) return SourceRequest();
    request.words.push_back(input.substr(at, *size));
    at += *size + 2;
  }
  request.size = at;
  return request;
}

net::Task<Result<std::unique_ptr<RedisSource>>> RedisSource::connect(RedisUrl url) {
  const TimePoint deadline = net::Reactor::current()->now() + kConnectPatience;
  auto stream = co_await net::Stream::connect(url.address, deadline);
  if (!stream) {
    co_return make_error(stream.error().code,
                         fmt::format("no Redis at {}: {}", url.address.to_string(), stream.error().message));
  }
  std::unique_ptr<RedisSource> source(new RedisSource(std::move(*stream)));
  if (url.has_tls) {
    STELE_CO_TRY(auto context, net::TlsContext::client({}));
    auto secured = co_await source->stream_->start_tls(std::move(context), url.address.host);
    STELE_CO_RETURN_IF_ERROR(secured);
  }
  if (!url.password.empty()) {
    std::vector<std::string> words = {"AUTH"};
    if (!url.user.empty()) words.push_back(url.user);
    words.push_back(url.password);
    auto answer = co_await source->ask(std::move(words));
    STELE_CO_RETURN_IF_ERROR(answer);
    if (*answer != "+OK") co_return make_error(ErrorCode::kUnauthenticated, *answer);
  }
  co_return source;
}

net::Task<Result<std::string>> RedisSource::line() {
  stream_->set_read_deadline(net::Reactor::current()->now() + kAnswerPatience);
  while (true) {
    // Empty lines say that it is alive.
    while (input().starts_with('\n')) consume(1);
    const std::size_t end = input().find("\r\n");
    if (end != std::string_view::npos) {
      std::string text(input().substr(0, end));
      consume(end + 2);
      co_return text;
    }
    auto more = co_await stream_->read();
    STELE_CO_RETURN_IF_ERROR(more);
  }
}

net::Task<Result<std::string>> RedisSource::ask(std::vector<std::string> words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  append_request(stream_->output(), views);
  auto sent = co_await stream_->flush();
  STELE_CO_RETURN_IF_ERROR(sent);
  auto answer = co_await line();
  co_return answer;
}

net::Task<Result<void>> RedisSource::begin() {
  auto able = co_await ask({"REPLCONF", "capa", "eof", "capa", "psync2"});
  STELE_CO_RETURN_IF_ERROR(able);
  if (*able != "+OK") co_return protocol_error(*able);
  auto answer = co_await ask({"PSYNC", "?", "-1"});
  STELE_CO_RETURN_IF_ERROR(answer);
  if (!answer->starts_with("+FULLRESYNC ")) co_return protocol_error(*answer);
  offset_ = number_of(std::string_view(*answer).substr(answer->rfind(' ') + 1)).value_or(0);
  auto header = co_await line();
  STELE_CO_RETURN_IF_ERROR(header);
  if (!header->starts_with('$')) co_return protocol_error(*header);
  // Without a length, a mark of forty letters ends the file.
  constexpr std::string_view kMark = "$EOF:";
  mark_bytes_ = header->starts_with(kMark) ? header->size() - kMark.size() : 0;
  co_return Result<void>();
}

net::Task<Result<bool>> RedisSource::wait() {
  stream_->set_read_deadline(net::Reactor::current()->now() + kWait);
  auto more = co_await stream_->read();
  if (!more && more.error().code == ErrorCode::kDeadlineExceeded) co_return false;
  STELE_CO_RETURN_IF_ERROR(more);
  co_return true;
}

void RedisSource::acknowledge() {
  const std::string offset = std::to_string(offset_);
  const std::string_view words[] = {"REPLCONF", "ACK", offset};
  append_request(stream_->output(), words);
  stream_->push();
}

void RedisSource::show_life() {
  stream_->output() += "\n";
  stream_->push();
}

}  // namespace stele::server
