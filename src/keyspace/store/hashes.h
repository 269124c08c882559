#pragma once

#include "keyspace/hashes.h"
#include "keyspace/store/session.h"

namespace stele::keyspace::store {

// The hash commands over one session.
class StoreHashes final : public Hashes {
 public:
  explicit StoreHashes(Session& session) : session_(session) {}

  Result<std::optional<std::string_view>> get(KeyRef key, std::string_view field) override;
  Result<std::vector<std::optional<std::string_view>>> get_many(
      KeyRef key, std::span<const std::string_view> fields) override;
  Result<std::vector<FieldRef>> get_all(KeyRef key) override;
  Result<std::size_t> size(KeyRef key) override;
  Result<std::size_t> value_length(KeyRef key, std::string_view field) override;
  Result<std::size_t> set(KeyRef key, std::span<const FieldRef> fields) override;
  Result<bool> set_if_absent(KeyRef key, std::string_view field, std::string_view value) override;
  Result<std::size_t> remove(KeyRef key, std::span<const std::string_view> fields) override;
  Result<std::size_t> set(KeyRef key, std::span<const FieldRef> fields, ExpiryChange expiry) override;
  Result<std::vector<FieldExpiry>> expiries(KeyRef key, std::span<const std::string_view> fields) override;
  Result<std::vector<FieldOutcome>> expire(KeyRef key, std::span<const std::string_view> fields, WallMs at,
                                           ExpireCondition condition) override;
  Result<std::vector<FieldExpiry>> persist(KeyRef key, std::span<const std::string_view> fields) override;
  Result<std::int64_t> increment_by(KeyRef key, std::string_view field, std::int64_t by) override;
  Result<std::string_view> increment_by_float(KeyRef key, std::string_view field, long double by) override;
  Result<std::vector<FieldRef>> random(KeyRef key, std::int64_t count) override;
  Result<FieldPage> scan(KeyRef key, std::uint64_t cursor, std::size_t count) override;

 private:
  Session& session_;
};

}  // namespace stele::keyspace::store
