#include "views/keys/key_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "net/reactor.h"
#include "views/session.h"

namespace stele::views {
namespace {

constexpr Duration kLookAgain = std::chrono::milliseconds(1);
constexpr Duration kEndTimeout = std::chrono::seconds(5);

// The low half of the next number in `text`, which then begins after its separator.
std::uint32_t take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(end - text.data()) + 1));
  return static_cast<std::uint32_t>(number);
}

}  // namespace

bool snapshot_shows(std::string_view snapshot, const Xids& xids) {
  take_number(snapshot);
  const std::uint32_t next = take_number(snapshot);
  std::vector<std::uint32_t> running;
  while (!snapshot.empty()) running.push_back(take_number(snapshot));
  return std::ranges::all_of(xids, [&](std::uint32_t xid) {
    return static_cast<std::int32_t>(xid - next) < 0 && std::ranges::find(running, xid) == running.end();
  });
}

net::Task<Result<postgres::Connection*>> KeyReader::begin(Xids xids, TimePoint deadline) {
  net::Reactor* const reactor = net::Reactor::current();
  if (connection_ == nullptr || connection_->is_broken()) {
    connection_.reset();
    auto connected = co_await connect_session(options_, deadline);
    STELE_CO_TRY(connection_, std::move(connected));
  }
  while (true) {
    auto begun = co_await connection_->query(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_catalog.pg_current_snapshot()::text",
        deadline);
    STELE_CO_RETURN_IF_ERROR(begun);
    if (snapshot_shows(begun->back().value().value_or(""), xids)) co_return connection_.get();
    auto rolled_back = co_await connection_->query("ROLLBACK", deadline);
    STELE_CO_RETURN_IF_ERROR(rolled_back);
    if (reactor->now() >= deadline)
      co_return make_error(ErrorCode::kDeadlineExceeded, "a commit of the stream is not seen by others yet");
    co_await reactor->sleep_for(kLookAgain);
  }
}

net::Task<void> KeyReader::end() {
  if (connection_ == nullptr || connection_->is_broken()) co_return;
  auto ended = co_await connection_->query("ROLLBACK", net::Reactor::current()->now() + kEndTimeout);
  if (!ended) connection_.reset();
}

net::Task<Result<void>> KeyReader::read(std::vector<keyspace::ObjectId> ids, Xids xids, StoredKeySink sink,
                                        TimePoint deadline) {
  auto begun = co_await begin(std::move(xids), deadline);
  STELE_CO_TRY(postgres::Connection* const connection, std::move(begun));
  auto done = co_await read_keys(connection, std::move(ids), std::move(sink));
  co_await end();
  co_return done;
}

net::Task<void> KeyReader::close() {
  if (connection_ != nullptr && !connection_->is_broken())
    co_await connection_->close(net::Reactor::current()->now() + kEndTimeout);
  connection_.reset();
}

}  // namespace stele::views
