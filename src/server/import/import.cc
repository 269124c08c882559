#include "server/import/import.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "net/reactor.h"
#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/file_reader.h"
#include "protocols/redis/settings.h"
#include "server/cli_client.h"
#include "server/import/source.h"
#include "server/import/target.h"
#include "server/signals.h"

namespace stele::server {

namespace {

namespace rdb = redis::rdb;

constexpr std::size_t kPieceBytes = 1U << 20;
constexpr std::size_t kPayloadBytesMax = 512U << 20;
constexpr Duration kProgressPause = std::chrono::seconds(1);

// A name for people.
std::string shown(std::string_view bytes) {
  constexpr std::size_t kShown = 100;
  std::string text;
  for (const char c : bytes.substr(0, kShown)) text += c >= ' ' && c <= '~' ? c : '?';
  return text;
}

bool is_word(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, {}, [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
}

// One run of the command: from one source, which is a file or a Redis, into one node.
class Import {
 public:
  Import(const StopSignals& signals, std::optional<std::uint64_t> db, bool once)
      : signals_(signals), wanted_db_(db), once_(once) {}

  net::Task<Result<void>> run_file(std::string path, net::Address node, std::string password);
  net::Task<Result<void>> run_live(RedisUrl url, net::Address node, std::string password);

 private:
  // What the file reader has by now goes to the node.
  net::Task<Result<void>> take_items();
  void take_item(const rdb::FileItem& item);
  net::Task<Result<void>> read_file(RedisSource* source);
  net::Task<Result<void>> follow(RedisSource* source);
  // How many bytes of the front are whole commands, which are on their way then.
  net::Task<Result<std::size_t>> take_commands(std::string_view input, RedisSource* source);
  void take_command(const SourceRequest& request, std::string_view bytes, RedisSource* source);
  bool is_wanted(std::uint64_t db) const { return !wanted_db_ || *wanted_db_ == db; }
  void show_progress(bool at_once);
  Result<void> outcome();

  const StopSignals& signals_;
  const std::optional<std::uint64_t> wanted_db_;
  const bool once_;
  std::unique_ptr<ImportTarget> target_;
  rdb::FileReader file_;
  std::string payload_;
  std::uint64_t keys_ = 0, libraries_ = 0, commands_ = 0;
  std::uint64_t db_ = 0;  // of the commands that come
  TimePoint shown_{};
};

void Import::take_item(const rdb::FileItem& item) {
  if (item.kind == rdb::FileItem::Kind::kLibrary) {
    const std::string_view words[] = {"FUNCTION", "LOAD", "REPLACE", item.content};
    target_->add(0, words, "a library of functions");
    ++libraries_;
    return;
  }
  if (!is_wanted(item.db)) return;
  ++keys_;
  const std::string about = fmt::format("key \"{}\" of database {}", shown(item.key), item.db);
  if (item.db >= redis::kDatabases) return target_->refuse(about, "there are 16 databases");
  if (item.content.size() >= kPayloadBytesMax) return target_->refuse(about, "it has more than 512 MB");
  payload_.assign(1, static_cast<char>(item.type));
  payload_ += item.content;
  payload_ = rdb::make_payload(std::move(payload_), rdb::kVersionRead);
  const std::string expires_at = std::to_string(item.expires_at_ms);
  const std::string_view words[] = {"RESTORE", item.key, expires_at, payload_, "REPLACE", "ABSTTL"};
  target_->add(item.db, words, about);
}

net::Task<Result<void>> Import::take_items() {
  while (true) {
    STELE_CO_TRY(const auto item, file_.next());
    if (!item) co_return Result<void>();
    take_item(*item);
    if (!target_->is_full()) continue;
    auto flushed = co_await target_->flush();
    STELE_CO_RETURN_IF_ERROR(flushed);
    show_progress(false);
  }
}

net::Task<Result<void>> Import::run_file(std::string path, net::Address node, std::string password) {
  std::ifstream in(path, std::ios::binary);
  if (!in) co_return make_error(ErrorCode::kNotFound, fmt::format("{}: the file cannot be read", path));
  auto connected = co_await ImportTarget::connect(std::move(node), std::move(password));
  STELE_CO_TRY(target_, std::move(connected));
  std::string piece(kPieceBytes, '\0');
  while (!file_.is_at_end() && !signals_.pending()) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(in.gcount());
    file_.feed(std::string_view(piece).substr(0, count));
    if (count == 0) file_.try_again();
    auto taken = co_await take_items();
    STELE_CO_RETURN_IF_ERROR(taken);
    if (count == 0 && !file_.is_at_end())
      co_return make_error(ErrorCode::kCorruption, fmt::format("{}: it ends in the middle", path));
  }
  auto flushed = co_await target_->flush();
  STELE_CO_RETURN_IF_ERROR(flushed);
  co_return outcome();
}

net::Task<Result<void>> Import::run_live(RedisUrl url, net::Address node, std::string password) {
  auto connected = co_await ImportTarget::connect(std::move(node), std::move(password));
  STELE_CO_TRY(target_, std::move(connected));
  auto source = co_await RedisSource::connect(std::move(url));
  STELE_CO_RETURN_IF_ERROR(source);
  auto begun = co_await (*source)->begin();
  STELE_CO_RETURN_IF_ERROR(begun);
  auto read = co_await read_file(source->get());
  STELE_CO_RETURN_IF_ERROR(read);
  if (!once_ && !signals_.pending()) {
    fmt::print(stderr, "{} keys are here; following until SIGINT or SIGTERM\n", keys_);
    auto followed = co_await follow(source->get());
    STELE_CO_RETURN_IF_ERROR(followed);
  }
  co_return outcome();
}

net::Task<Result<void>> Import::read_file(RedisSource* source) {
  while (!file_.is_at_end() && !signals_.pending()) {
    if (source->input().empty()) {
      auto came = co_await source->wait();
      STELE_CO_RETURN_IF_ERROR(came);
      source->show_life();
      if (!*came) file_.try_again();
    }
    file_.feed(source->input());
    source->consume(source->input().size());
    auto taken = co_await take_items();
    STELE_CO_RETURN_IF_ERROR(taken);
  }
  auto flushed = co_await target_->flush();
  co_return flushed;
}

net::Task<Result<void>> Import::follow(RedisSource* source) {
  // What came with the end of the file, then what comes.
  std::string pending(file_.rest());
  std::size_t mark = source->file_mark_bytes();
  source->acknowledge();
  while (!signals_.pending()) {
    const std::size_t skipped = std::min(mark, pending.size());
    mark -= skipped;
    auto taken = co_await take_commands(std::string_view(pending).substr(skipped), source);
    STELE_CO_RETURN_IF_ERROR(taken);
    pending.erase(0, skipped + *taken);
    show_progress(false);
    if (source->input().empty()) {
      auto came = co_await source->wait();
      STELE_CO_RETURN_IF_ERROR(came);
      source->acknowledge();
    }
    pending += source->input();
    source->consume(source->input().size());
  }
  co_return Result<void>();
}

net::Task<Result<std::size_t>> Import::take_commands(std::string_view input, RedisSource* source) {
  std::size_t at = 0;
  while (at < input.size()) {
    if (input[at] == '\n') {
      ++at;
      continue;
    }
    STELE_CO_TRY(const SourceRequest request, read_source_request(input.substr(at)));
    if (request.size == 0) break;
    take_command(request, input.substr(at, request.size), source);
    source->pass_commands(request.size);
    at += request.size;
    if (!target_->is_full()) continue;
    auto flushed = co_await target_->flush();
    STELE_CO_RETURN_IF_ERROR(flushed);
  }
  auto flushed = co_await target_->flush();
  STELE_CO_RETURN_IF_ERROR(flushed);
  co_return at;
}

void Import::take_command(const SourceRequest& request, std::string_view bytes, RedisSource* source) {
  if (request.words.empty() || is_word(request.words[0], "PING")) return;
  if (is_word(request.words[0], "REPLCONF")) return source->acknowledge();
  if (is_word(request.words[0], "SELECT") && request.words.size() == 2) {
    db_ = 0;
    for (const char c : request.words[1]) db_ = db_ * 10 + static_cast<std::uint64_t>(c - '0');
    return;
  }
  ++commands_;
  std::string about = shown(request.words[0]);
  if (request.words.size() > 1) about += " " + shown(request.words[1]);
  const bool is_of_all = is_word(request.words[0], "FLUSHALL");
  // Of one database alone, when only one is imported.
  if (is_of_all && wanted_db_) return target_->add_raw(*wanted_db_, "*1\r\n$7\r\nFLUSHDB\r\n", about);
  const bool is_frame = is_word(request.words[0], "MULTI") || is_word(request.words[0], "EXEC");
  if (is_frame) return target_->add_raw(wanted_db_.value_or(0), bytes, about);
  if (!is_wanted(db_)) return;
  if (db_ >= redis::kDatabases) return target_->refuse(about, "there are 16 databases");
  target_->add_raw(db_, bytes, about);
}

void Import::show_progress(bool at_once) {
  const TimePoint now = net::Reactor::current()->now();
  if (!at_once && now < shown_ + kProgressPause) return;
  shown_ = now;
  const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
  fmt::print(stderr, "{}keys {}, libraries {}, commands {}, refused {}, {} MB of the file{}",
             is_terminal ? "\r" : "", keys_, libraries_, commands_, target_->refused(),
             file_.position() >> 20U, is_terminal && !at_once ? "" : "\n");
}

Result<void> Import::outcome() {
  show_progress(true);
  for (const std::string& refusal : target_->first_refusals()) fmt::print(stderr, "refused: {}\n", refusal);
  if (!file_.is_at_end()) return make_error(ErrorCode::kCancelled, "stopped before all keys were here");
  if (target_->refused() == 0) return {};
  return make_error(ErrorCode::kFailedPrecondition, fmt::format("{} were refused", target_->refused()));
}

// The import's connections go while their reactor is there.
net::Task<Result<void>> import_all(const StopSignals* signals, std::string source,
                                   std::optional<RedisUrl> url, bool once, net::Address node,
                                   std::string password) {
  Import import(*signals, url ? url->db : std::nullopt, once);
  auto task = url ? import.run_live(*url, std::move(node), std::move(password))
                  : import.run_file(std::move(source), std::move(node), std::move(password));
  auto done = co_await std::move(task);
  co_return done;
}

}  // namespace

Result<void> run_import(const Configuration& configuration, const std::string& source,
                        const std::string& once) {
  if (!once.empty() && once != "once")
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("\"{}\": only \"once\" may stand there", once));
  if (!configuration.redis_port)
    return make_error(ErrorCode::kInvalidArgument, "name the node's port: --redis-port");
  STELE_TRY(const auto url, parse_redis_url(source));
  const StopSignals signals;
  const net::Address node{configuration.listen, *configuration.redis_port};
  return run_to_end(
      [&] { return import_all(&signals, source, url, !once.empty(), node, configuration.redis_password); });
}

}  // namespace stele::server
