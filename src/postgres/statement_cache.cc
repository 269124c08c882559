#include "postgres/statement_cache.h"

#include <fmt/format.h>

namespace stele::postgres {

void PreparedStatement::set_columns(Columns columns) {
  for (Column& column : columns) column.format = wire::Format::kBinary;
  binary_columns = std::make_shared<Columns>(columns);
  for (Column& column : columns) column.format = wire::Format::kText;
  text_columns = std::make_shared<Columns>(std::move(columns));
}

std::shared_ptr<PreparedStatement> StatementCache::get(const Statement& statement) {
  const std::vector<Oid>& types = statement.parameters.types();
  std::string typed;
  if (!types.empty()) {
    typed = statement.sql;
    typed.push_back('\0');
    typed.append(reinterpret_cast<const char*>(types.data()), types.size() * sizeof(Oid));
  }
  const std::string_view key = types.empty() ? std::string_view(statement.sql) : std::string_view(typed);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    used_.splice(used_.begin(), used_, found->second);
    return *found->second;
  }
  while (!used_.empty() && used_.size() >= statements_max_) {
    const std::shared_ptr<PreparedStatement> oldest = used_.back();
    forget(*oldest, true);
  }
  auto prepared = std::make_shared<PreparedStatement>();
  prepared->name = fmt::format("stele_{}", next_name_++);
  prepared->key = key;
  used_.push_front(prepared);
  by_key_.emplace(prepared->key, used_.begin());
  return prepared;
}

void StatementCache::forget(const PreparedStatement& statement, bool close) {
  if (close) to_close_.push_back(statement.name);
  const auto found = by_key_.find(statement.key);
  if (found == by_key_.end() || (*found->second)->name != statement.name) return;
  const Used::iterator place = found->second;
  by_key_.erase(found);
  used_.erase(place);
}

void StatementCache::clear() {
  by_key_.clear();
  used_.clear();
  to_close_.clear();
}

}  // namespace stele::postgres
