#include <utility>

#include "base/log.h"
#include "postgres/replication/slot.h"
#include "views/keys/postgres_keys.h"
#include "views/session.h"

// How the rows that are there come into the keyspace when a table is mapped, while the stream goes on: keys
// that the stream brings after the snapshot are newer than the row that is read, and are left alone; all else
// that has changed since comes again by the stream.
namespace stele::views {
namespace {

constexpr Logger kLog("keys");
constexpr Duration kRetry = std::chrono::seconds(1);
constexpr Duration kTimeout = std::chrono::seconds(30);
constexpr Duration kRowTimeout = std::chrono::minutes(5);

}  // namespace

void PostgresKeys::table_changed(std::uint32_t oid) {
  for (const auto& mapping : map_.of_table(oid)) {
    mapping->copy_wanted = true;
    mapping->table.reset();
    copies_wake_.notify();
  }
}

net::Task<void> PostgresKeys::run_copies([[maybe_unused]] net::Gate::Holder inside) {
  while (!stopping_) {
    co_await copies_wake_.wait_until(reactor_.now() + kRetry);
    if (!loaded_) continue;
    std::vector<std::shared_ptr<KeyMapping>> wanted;
    for (const auto& [prefix, mapping] : map_.all())
      if (mapping->copy_wanted && reactor_.now() >= mapping->copy_after) wanted.push_back(mapping);
    for (const auto& mapping : wanted) {
      if (stopping_) break;
      mapping->copy_wanted = false;
      kLog.info("reading rows prefix={}", mapping->prefix);
      auto copied = co_await copy(mapping);
      mapping->copying = false;
      mapping->touched.clear();
      if (!copied) {
        kLog.warn("rows are not read prefix={}: {}", mapping->prefix, copied.error().message);
        mapping->copy_wanted = true;
        mapping->copy_after = reactor_.now() + kRetry;
      }
      if (copied) kLog.info("rows are read prefix={}", mapping->prefix);
      mapping->ready = mapping->ready || copied.has_value();
      mapping->reason = copied ? std::string() : copied.error().message;
      map_.show();
    }
  }
}

net::Task<Result<void>> PostgresKeys::copy(std::shared_ptr<KeyMapping> mapping) {
  mapping->copying = true;
  auto begun = co_await copy_reader_.begin(feed_.recent(), reactor_.now() + kTimeout);
  STELE_CO_TRY(postgres::Connection* const connection, std::move(begun));
  std::unordered_set<std::string> seen;
  auto done = co_await copy_rows(connection, mapping, &seen);
  co_await copy_reader_.end();
  STELE_CO_RETURN_IF_ERROR(done);
  // What was there before and has no row any more; after the unmapping there is nobody to ask.
  const auto keep = [&seen, mapping](const std::string& name) {
    return seen.contains(name) || mapping->touched.contains(name);
  };
  if (map_.of_key(mapping->prefix) == mapping) co_await feed_.remove_keys(mapping->prefix, keep);
  // What was read may be ahead of the stream: it is ready when the stream has come there.
  auto begun_again = co_await copy_reader_.begin({}, reactor_.now() + kTimeout);
  STELE_CO_TRY(postgres::Connection* const asked, std::move(begun_again));
  auto position = co_await views::run(asked, "SELECT pg_catalog.pg_current_wal_flush_lsn()", {},
                                      reactor_.now() + kTimeout);
  co_await copy_reader_.end();
  STELE_CO_RETURN_IF_ERROR(position);
  STELE_CO_TRY(const Lsn lsn, Lsn::parse(position->value().value_or("")));
  auto reached = co_await reach(lsn);
  co_return reached;
}

net::Task<Result<void>> PostgresKeys::copy_rows(postgres::Connection* connection,
                                                std::shared_ptr<KeyMapping> mapping,
                                                std::unordered_set<std::string>* seen) {
  auto read = co_await read_mapped_table(connection, mapping->table_oid, mapping->key_column,
                                         reactor_.now() + kTimeout);
  STELE_CO_RETURN_IF_ERROR(read);
  const auto table = std::make_shared<const MappedTable>(*std::move(read));
  mapping->table = mapping->copied = table;
  std::string columns;
  std::size_t key_place = 0;
  for (std::size_t i = 0; i < table->columns.size(); ++i) {
    if (table->columns[i] == table->key_column) key_place = i;
    columns += (i == 0 ? "" : ", ") + postgres::quote_identifier(table->columns[i]);
  }
  auto opened = co_await connection->stream_rows(
      {.sql = "SELECT " + columns + " FROM " + table->name.quoted(), .keep = false},
      reactor_.now() + kRowTimeout);
  STELE_CO_TRY(auto stream, std::move(opened));
  while (true) {
    auto rows = co_await stream.next(reactor_.now() + kRowTimeout);
    STELE_CO_RETURN_IF_ERROR(rows);
    if (rows->empty()) co_return Result<void>();
    if (stopping_ || map_.of_key(mapping->prefix) != mapping) {
      auto cancelled = co_await stream.cancel();
      STELE_CO_RETURN_IF_ERROR(cancelled);
      co_return make_error(ErrorCode::kCancelled, "no longer wanted");
    }
    for (const postgres::wire::CellList& cells : *rows) {
      std::vector<keyspace::Field> fields;
      std::string name = mapping->prefix;
      std::size_t place = 0;
      for (const postgres::wire::Cell cell : cells) {
        if (cell && place == key_place) name += *cell;
        if (cell) fields.push_back({table->columns[place], std::string(*cell)});
        ++place;
      }
      seen->insert(name);
      feed_.put_read(*mapping, std::move(name), std::move(fields));
    }
    co_await reactor_.yield();
  }
}

}  // namespace stele::views
