#pragma once

#include "keyspace/reference/session.h"
#include "keyspace/strings.h"

namespace stele::keyspace::reference {

// The string commands over one session.
class ReferenceStrings final : public Strings {
 public:
  explicit ReferenceStrings(Session& session) : session_(session) {}

  Result<std::optional<std::string_view>> get(KeyRef key) override;
  Result<SetReply> set(KeyRef key, std::string_view value, const SetOptions& options) override;
  Result<std::optional<std::string_view>> get_delete(KeyRef key) override;
  Result<std::optional<std::string_view>> get_expire(KeyRef key, ExpiryChange expiry) override;
  Result<std::vector<std::optional<std::string_view>>> get_many(std::span<const KeyRef> keys) override;
  Result<void> set_many(std::span<const Pair> pairs) override;
  Result<bool> set_many_if_absent(std::span<const Pair> pairs) override;
  Result<std::size_t> append(KeyRef key, std::string_view tail) override;
  Result<std::size_t> length(KeyRef key) override;
  Result<std::size_t> overwrite(KeyRef key, std::size_t from, std::string_view bytes,
                                ChangeEvent event) override;
  Result<std::int64_t> increment_by(KeyRef key, std::int64_t by) override;
  Result<std::string_view> increment_by_float(KeyRef key, long double by) override;

 private:
  // Over whatever is there, of any type; the expiry goes with the former value unless it is kept.
  void write(KeyRef key, Object* former, std::string_view value, ExpiryChange expiry);
  Result<void> check_many(std::span<const Pair> pairs);

  Session& session_;
};

}  // namespace stele::keyspace::reference
