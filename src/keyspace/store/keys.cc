#include "keyspace/store/keys.h"

#include <algorithm>

#include "keyspace/errors.h"
#include "keyspace/store/random.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

Error wider_scope_needed() {
  return make_error(ErrorCode::kFailedPrecondition, "the operation needs a wider scope than was declared");
}

}  // namespace

Result<bool> StoreKeys::exists(KeyRef key) {
  STELE_TRY(const Position at, session_.look(key));
  return at.entry != nullptr;
}

Result<ValueType> StoreKeys::type(KeyRef key) {
  STELE_TRY(const Position at, session_.look(key));
  return at.entry == nullptr ? ValueType::kNone : at.entry->type();
}

Result<bool> StoreKeys::remove(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key));
  if (at.entry == nullptr) return false;
  session_.editor().erase(at, ChangeEvent::kDelete);
  return true;
}

Result<bool> StoreKeys::expire(KeyRef key, WallMs moment, ExpireCondition condition) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key));
  if (at.entry == nullptr || !fits(condition, at.entry->expires_at(), moment)) return false;
  session_.apply_expiry(at, ExpiryChange::until(moment));
  return true;
}

Result<bool> StoreKeys::persist(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key));
  if (at.entry == nullptr || !at.entry->expires_at()) return false;
  session_.editor().set_expiry(at, std::nullopt);
  return true;
}

Result<Keys::Expiry> StoreKeys::expiry(KeyRef key) {
  STELE_TRY(const Position at, session_.look(key));
  if (at.entry == nullptr) return Expiry{};
  return Expiry{true, at.entry->expires_at()};
}

Result<std::optional<Keys::Usage>> StoreKeys::usage(KeyRef key) {
  STELE_TRY(const Position at, session_.look(key));
  if (at.entry == nullptr) return std::optional<Usage>();
  const UsageClock& clock = session_.store().usage;
  if (clock.counts_uses()) return Usage{0, clock.count_of(at.entry->usage())};
  return Usage{clock.idle_ms(at.entry->usage()), 0};
}

Result<bool> StoreKeys::set_usage(KeyRef key, UsageChange change) {
  STELE_TRY(const Position at, session_.look(key));
  if (at.entry == nullptr) return false;
  const UsageClock& clock = session_.store().usage;
  if (clock.counts_uses()) {
    if (change.count) at.entry->set_usage(clock.with_count(*change.count));
  } else if (change.idle_ms) {
    at.entry->set_usage(clock.idle_for(*change.idle_ms));
  }
  return true;
}

Result<bool> StoreKeys::touch(KeyRef key) {
  STELE_TRY(const Position at, session_.look(key));
  if (at.entry == nullptr) return false;
  at.entry->set_usage(session_.store().usage.used(at.entry->usage()));
  return true;
}

Result<std::optional<std::size_t>> StoreKeys::memory(KeyRef key) {
  STELE_TRY(const Position at, session_.look(key));
  if (at.entry == nullptr) return std::optional<std::size_t>();
  // A slot of the table is nine bytes, and some are empty.
  constexpr std::size_t kSlotBytes = 11;
  return kSlotBytes + at.entry->memory_bytes() + outside_bytes(*at.entry);
}

Result<bool> StoreKeys::move(KeyRef from, KeyRef to, bool only_if_absent) {
  STELE_RETURN_IF_ERROR(session_.check_writable(from));
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(Position source, session_.find(from));
  if (source.entry == nullptr) return no_such_key();
  if (from == to) return !only_if_absent;
  STELE_TRY(Position target, session_.find(to));
  if (target.entry != nullptr && only_if_absent) return false;
  if (target.entry != nullptr) session_.editor().erase(target, ChangeEvent::kDelete);
  // Where it was before a removal in its table.
  source = session_.store().find(from, source.hash);
  session_.editor().rename(source, target);
  return true;
}

Result<void> StoreKeys::rename(KeyRef from, KeyRef to) {
  STELE_RETURN_IF_ERROR(move(from, to, false));
  return {};
}

Result<bool> StoreKeys::rename_if_absent(KeyRef from, KeyRef to) {
  return move(from, to, true);
}

Result<ScanPage> StoreKeys::scan(DatabaseNumber db, std::uint64_t cursor, const ScanOptions& options) {
  if (session_.is_keys()) return wider_scope_needed();
  ScanPage page;
  const std::size_t wanted = std::max<std::size_t>(options.count, 1);
  std::size_t seen = 0;
  const auto visit = [&](const Entry& entry) {
    ++seen;
    const bool fits_type = options.type == ValueType::kNone || options.type == entry.type();
    if (fits_type && !session_.is_past(entry)) page.names.emplace_back(entry.name());
  };
  std::uint64_t hash = std::min(cursor, (std::uint64_t{1} << 48) - 1) << 16;
  for (std::size_t shard = shard_of(hash); shard < kShards; ++shard) {
    const std::uint64_t first = static_cast<std::uint64_t>(shard) << (64 - kShardBits);
    hash = std::max(hash, first);
    // A page goes on in the next shard if nobody is there, and ends before it else.
    page.cursor = hash >> 16;
    if (!session_.extend_to(shard)) return page;
    const KeyTable* const table = session_.store().shard(shard).table(db);
    const std::uint64_t next =
        table == nullptr ? 0 : table->walk(hash, visit, [&] { return seen >= wanted; });
    if (next != 0) {
      page.cursor = next >> 16;
      return page;
    }
    if (seen < wanted) continue;
    const bool is_last = shard + 1 == kShards;
    page.cursor = is_last ? 0 : static_cast<std::uint64_t>(shard + 1) << (48 - kShardBits);
    return page;
  }
  page.cursor = 0;
  return page;
}

Result<std::optional<std::string>> StoreKeys::random(DatabaseNumber db) {
  if (!session_.is_whole()) return wider_scope_needed();
  constexpr int kTries = 100;
  for (int tries = 0; tries < kTries && size(db) > 0; ++tries) {
    std::size_t n = random_below(size(db));
    for (std::size_t i = 0; i < kShards; ++i) {
      const KeyTable* const table = session_.store().shard(i).table(db);
      const std::size_t count = table == nullptr ? 0 : table->size();
      if (n >= count) {
        n -= count;
        continue;
      }
      const Entry* const entry = table->nth(n);
      if (!session_.is_past(*entry)) return std::optional(std::string(entry->name()));
      break;
    }
  }
  // Nearly all are dead: the first that is not.
  ScanOptions options;
  options.count = std::max<std::size_t>(size(db), 1);
  STELE_TRY(ScanPage page, scan(db, 0, options));
  if (page.names.empty()) return std::nullopt;
  return std::move(page.names[random_below(page.names.size())]);
}

std::size_t StoreKeys::size(DatabaseNumber db) {
  return session_.store().size(db);
}

Result<std::size_t> StoreKeys::flush(std::optional<DatabaseNumber> db) {
  if (!session_.is_whole()) return wider_scope_needed();
  if (db) return session_.editor().flush(*db);
  std::size_t databases = 0;
  for (std::size_t i = 0; i < kShards; ++i) {
    databases = std::max(databases, session_.store().shard(i).tables.size());
  }
  std::size_t removed = 0;
  for (std::size_t i = 0; i < databases; ++i) {
    removed += session_.editor().flush(DatabaseNumber(static_cast<std::uint16_t>(i)));
  }
  return removed;
}

}  // namespace stele::keyspace::store
