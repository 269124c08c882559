#pragma once

#include "keyspace/reference/session.h"
#include "keyspace/sets.h"

namespace stele::keyspace::reference {

// The set commands over one session: a set is an object whose fields have no values.
class ReferenceSets final : public Sets {
 public:
  explicit ReferenceSets(Session& session) : session_(session) {}

  Result<bool> contains(KeyRef key, std::string_view member) override;
  Result<std::vector<bool>> contains_each(KeyRef key, std::span<const std::string_view> members) override;
  Result<std::vector<std::string_view>> members(KeyRef key) override;
  Result<std::size_t> size(KeyRef key) override;
  Result<std::size_t> add(KeyRef key, std::span<const std::string_view> members) override;
  Result<std::size_t> remove(KeyRef key, std::span<const std::string_view> members) override;
  Result<bool> move(KeyRef from, KeyRef to, std::string_view member) override;
  Result<std::vector<std::string>> pop(KeyRef key, std::size_t count) override;
  Result<std::vector<std::string_view>> random(KeyRef key, std::int64_t count) override;
  Result<MemberPage> scan(KeyRef key, std::uint64_t cursor, std::size_t count) override;
  Result<std::vector<std::string>> combine(SetOperation operation, std::span<const KeyRef> keys,
                                           std::size_t limit) override;
  Result<std::size_t> replace(KeyRef to, std::span<const std::string> members, ChangeEvent event) override;

 private:
  Session& session_;
};

}  // namespace stele::keyspace::reference
