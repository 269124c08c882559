#pragma once

#include "keyspace/keys.h"
#include "keyspace/reference/session.h"

namespace stele::keyspace::reference {

// The commands on any type over one session.
class ReferenceKeys final : public Keys {
 public:
  explicit ReferenceKeys(Session& session) : session_(session) {}

  Result<bool> exists(KeyRef key) override;
  Result<ValueType> type(KeyRef key) override;
  Result<bool> remove(KeyRef key) override;
  Result<bool> expire(KeyRef key, WallMs at, ExpireCondition condition) override;
  Result<bool> persist(KeyRef key) override;
  Result<Expiry> expiry(KeyRef key) override;
  Result<std::optional<Usage>> usage(KeyRef key) override;
  Result<bool> set_usage(KeyRef key, UsageChange change) override;
  Result<bool> touch(KeyRef key) override;
  Result<std::optional<std::size_t>> memory(KeyRef key) override;
  Result<void> rename(KeyRef from, KeyRef to) override;
  Result<bool> rename_if_absent(KeyRef from, KeyRef to) override;
  Result<ScanPage> scan(DatabaseNumber db, std::uint64_t cursor, const ScanOptions& options) override;
  Result<std::optional<std::string>> random(DatabaseNumber db) override;
  std::size_t size(DatabaseNumber db) override;
  Result<std::size_t> flush(std::optional<DatabaseNumber> db) override;

 private:
  Result<bool> move(KeyRef from, KeyRef to, bool only_if_absent);
  Result<void> check_whole() const;

  Session& session_;
};

}  // namespace stele::keyspace::reference
