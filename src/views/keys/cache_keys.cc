#include "keyspace/errors.h"
#include "keyspace/store_keyspace.h"
#include "views/keys/keys.h"

namespace stele::views {
namespace {

// Memory only: there is nothing to load, to flush or to wait for.
class CacheKeys final : public NodeKeys {
 public:
  CacheKeys(const Clock& clock, CacheKeysOptions options)
      : keyspace_(keyspace::make_store_keyspace(clock, {.max_memory_bytes = options.max_memory_bytes})) {}

  keyspace::Keyspace& keyspace() override { return *keyspace_; }
  keyspace::KeyClass class_of(std::string_view) const override { return keyspace::KeyClass::kCache; }
  bool loading() const override { return false; }
  bool loading(std::string_view) const override { return false; }
  bool owner() const override { return true; }
  bool may_write() const override { return true; }

  net::Task<Result<void>> wait_writable(TimePoint) override { co_return Result<void>(); }
  net::Task<Result<void>> wait_durable(keyspace::ChangeSequence, std::vector<keyspace::Key>,
                                       TimePoint) override {
    co_return Result<void>();
  }
  net::Task<Result<std::vector<std::uint64_t>>> write_mapped(std::vector<MappedWrite>, TimePoint) override {
    co_return make_error(ErrorCode::kFailedPrecondition, "no table is mapped: there is no PostgreSQL");
  }

  Lsn visible() const override { return {}; }
  KeysStatus status() const override { return {}; }

 private:
  std::unique_ptr<keyspace::Keyspace> keyspace_;
};

}  // namespace

Error keys_loading() {
  return make_error(ErrorCode::kUnavailable, "Stele is loading the dataset in memory")
      .with(std::string(keyspace::kReplyCode), "LOADING");
}

Error keys_read_only() {
  return make_error(ErrorCode::kFailedPrecondition, "You can't write against a read only replica.")
      .with(std::string(keyspace::kReplyCode), "READONLY");
}

Error without_postgres() {
  return make_error(ErrorCode::kFailedPrecondition, "there is no PostgreSQL behind this node");
}

std::unique_ptr<NodeKeys> make_cache_keys(const Clock& clock, CacheKeysOptions options) {
  return std::make_unique<CacheKeys>(clock, options);
}

}  // namespace stele::views
