#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "postgres/parameters.h"
#include "postgres/result_set.h"

namespace stele::postgres {

// A statement that the server knows by name on one connection.
struct PreparedStatement {
  std::string name;
  std::string key;
  bool parse_sent = false;
  bool parsed = false;  // the server said ParseComplete
  std::shared_ptr<const Columns> text_columns = std::make_shared<Columns>();
  std::shared_ptr<const Columns> binary_columns = text_columns;
  std::vector<Oid> parameter_types;

  // Columns as RowDescription told them, in both formats.
  void set_columns(Columns columns);
  const std::shared_ptr<const Columns>& columns(wire::Format format) const {
    return format == wire::Format::kText ? text_columns : binary_columns;
  }
};

// Which texts has this connection prepared, and which of them can go? Least recently used go first. Confined
// to its connection. Cost: one hash look-up a statement.
class StatementCache {
 public:
  explicit StatementCache(std::size_t statements_max) : statements_max_(statements_max) {}

  // The statement of this text and these parameter types; a new one (not parsed) if there is none. Statements
  // that had to make room stand in to_close().
  std::shared_ptr<PreparedStatement> get(const Statement& statement);
  // Forgets it; with `close` the server is told before the next request.
  void forget(const PreparedStatement& statement, bool close);
  // The server has dropped them all (DISCARD ALL, DEALLOCATE ALL).
  void clear();

  std::size_t size() const { return by_key_.size(); }
  // Names that the server holds for nothing. Whoever sends their Close takes them out.
  std::vector<std::string>& to_close() { return to_close_; }

 private:
  using Used = std::list<std::shared_ptr<PreparedStatement>>;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::size_t statements_max_;
  std::uint64_t next_name_ = 1;
  Used used_;  // most recently used first
  std::unordered_map<std::string, Used::iterator, Hash, std::equal_to<>> by_key_;
  std::vector<std::string> to_close_;
};

}  // namespace stele::postgres
