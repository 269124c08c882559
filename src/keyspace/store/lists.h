#pragma once

#include "keyspace/lists.h"
#include "keyspace/store/session.h"

namespace stele::keyspace::store {

// The list commands over one session.
class StoreLists final : public Lists {
 public:
  explicit StoreLists(Session& session) : session_(session) {}

  Result<std::size_t> push(KeyRef key, ListEnd end, std::span<const std::string_view> values) override;
  Result<std::size_t> push_if_present(KeyRef key, ListEnd end,
                                      std::span<const std::string_view> values) override;
  Result<std::optional<std::string_view>> pop(KeyRef key, ListEnd end) override;
  Result<std::optional<std::vector<std::string_view>>> pop_many(KeyRef key, ListEnd end,
                                                                std::size_t count) override;
  Result<std::optional<std::string_view>> move(KeyRef from, ListEnd from_end, KeyRef to,
                                               ListEnd to_end) override;
  Result<std::size_t> size(KeyRef key) override;
  Result<std::optional<std::string_view>> at(KeyRef key, std::int64_t index) override;
  Result<std::vector<std::string_view>> range(KeyRef key, std::int64_t first, std::int64_t last) override;
  Result<void> set(KeyRef key, std::int64_t index, std::string_view value) override;
  Result<std::int64_t> insert(KeyRef key, bool before, std::string_view pivot,
                              std::string_view value) override;
  Result<std::size_t> remove(KeyRef key, std::int64_t count, std::string_view value) override;
  Result<void> trim(KeyRef key, std::int64_t first, std::int64_t last) override;
  Result<std::vector<std::size_t>> positions(KeyRef key, const Search& search) override;

 private:
  // The place of a list that may lose elements.
  Result<Position> find_to_shrink(KeyRef key);

  Session& session_;
};

}  // namespace stele::keyspace::store
