#include <algorithm>
#include <utility>

#include "json/document.h"
#include "postgres/replication/slot.h"
#include "views/writer/statements.h"

namespace stele::views {
namespace {

using postgres::ResultSet;
using postgres::Statement;

// The key's columns in the key's order.
std::vector<const ColumnMapping*> key_columns(const CollectionDefinition& definition) {
  std::vector<const ColumnMapping*> columns;
  for (const ColumnMapping& column : definition.columns)
    if (column.key >= 0) columns.push_back(&column);
  std::ranges::sort(columns, {}, &ColumnMapping::key);
  return columns;
}

std::string scalar_text(json::Value value) {
  return value.is_string() ? std::string(value.string()) : std::string(value.raw());
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

// The columns of one document that are written, beside the key's.
struct Plan {
  std::vector<std::string> keys;     // their values
  std::vector<std::string> columns;  // quoted
  std::vector<std::string> absent;   // quoted; set to their defaults when a row is replaced
};

Result<Plan> make_plan(const DocumentWrite& write) {
  const CollectionDefinition& definition = *write.target->definition;
  Plan plan;
  STELE_TRY(plan.keys, key_values(definition, write.id));
  if (write.action == DocumentAction::kDelete) return plan;
  STELE_TRY(const json::Document source, json::Document::parse_borrowed(write.source));
  if (!source.root().is_object())
    return make_error(ErrorCode::kInvalidArgument, "a document is a JSON object");
  for (const ColumnMapping& column : definition.columns) {
    const std::optional<json::Value> given = source.root().find(column.column);
    if (column.key >= 0) {
      // The document may repeat its key, but not contradict its id.
      if (given && scalar_text(*given) != plan.keys[static_cast<std::size_t>(column.key)])
        return make_error(ErrorCode::kInvalidArgument,
                          "the document's [" + column.column + "] [" + scalar_text(*given) +
                              "] is not what its _id says [" +
                              plan.keys[static_cast<std::size_t>(column.key)] + "]");
      continue;
    }
    if (!column.left_out.empty()) {
      if (given)
        return make_error(ErrorCode::kInvalidArgument,
                          "column [" + column.column + "] is not part of the document: " + column.left_out);
      continue;
    }
    (given ? plan.columns : plan.absent).push_back(postgres::quote_identifier(column.column));
  }
  for (const json::Member& member : source.root().members())
    if (std::ranges::find(definition.columns, member.key, &ColumnMapping::column) == definition.columns.end())
      return make_error(ErrorCode::kInvalidArgument, "table " + write.target->table.quoted() +
                                                         " has no column [" + std::string(member.key) + "]");
  return plan;
}

class TableStatements final : public BatchStatements {
 public:
  explicit TableStatements(std::span<const DocumentWrite* const> writes) : writes_(writes) {
    outcomes_.resize(writes.size(), Result<DocumentOutcome>(make_error(ErrorCode::kInternal, "no outcome")));
  }

  std::vector<Statement> statements() override {
    std::vector<Statement> result;
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      Result<Plan> plan = make_plan(*writes_[i]);
      if (!plan) {
        outcomes_[i] = plan.error();
        continue;
      }
      sent_.push_back(i);
      result.push_back(statement(*writes_[i], *plan));
    }
    return result;
  }

  Result<void> read(std::span<const ResultSet> results) override {
    for (std::size_t k = 0; k < sent_.size(); ++k) {
      const DocumentWrite& write = *writes_[sent_[k]];
      Result<DocumentOutcome>& outcome = outcomes_[sent_[k]];
      const ResultSet& rows = results[k];
      if (rows.empty()) {
        if (write.action == DocumentAction::kDelete) {
          outcome = DocumentOutcome{DocumentResult::kNotFound, 1, 0};
        } else if (write.action == DocumentAction::kCreate) {
          outcome = make_error(ErrorCode::kConflict, "the row is there").with("version", "1");
        } else {
          outcome = make_error(ErrorCode::kNotFound, "there is no such row");
        }
        continue;
      }
      // A row has no count of its changes: its version is 1, its sequence number the commit's position.
      outcome = DocumentOutcome{write.action == DocumentAction::kDelete ? DocumentResult::kDeleted
                                : rows.cell(0, 0) == "t"                ? DocumentResult::kCreated
                                                                        : DocumentResult::kUpdated,
                                1, 0};
    }
    return {};
  }

  std::optional<Statement> inquiry() override { return std::nullopt; }
  void read_inquiry(const ResultSet&) override {}
  std::vector<Result<DocumentOutcome>> take_outcomes() override { return std::move(outcomes_); }

 private:
  static Statement statement(const DocumentWrite& write, const Plan& plan) {
    const CollectionDefinition& definition = *write.target->definition;
    const std::string table = write.target->table.quoted();
    Statement statement;
    for (const std::string& key : plan.keys) statement.parameters.text(key);
    if (write.action == DocumentAction::kDelete) {
      statement.sql =
          "DELETE FROM " + table + " AS t WHERE " + key_condition(definition, 1) + " RETURNING false";
      return statement;
    }
    statement.parameters.text(write.source, postgres::oid::kJson);
    const std::string row =
        "json_populate_record(NULL::" + table + ", $" + std::to_string(plan.keys.size() + 1) + ")";
    std::vector<std::string> set;
    const bool update = write.action == DocumentAction::kUpdate;
    for (const std::string& column : plan.columns)
      set.push_back(column + (update ? " = r." : " = EXCLUDED.") + column);
    for (const std::string& column : plan.absent) set.push_back(column + " = DEFAULT");
    if (update) {
      if (set.empty())
        set.push_back(postgres::quote_identifier(key_columns(definition)[0]->column) + " = t." +
                      postgres::quote_identifier(key_columns(definition)[0]->column));
      statement.sql = "UPDATE " + table + " AS t SET " + joined(set, ", ") + " FROM " + row + " AS r WHERE " +
                      key_condition(definition, 1) + " RETURNING false";
      return statement;
    }
    std::vector<std::string> columns;
    std::vector<std::string> values;
    std::vector<std::string> conflict;
    std::size_t number = 1;
    for (const ColumnMapping* key : key_columns(definition)) {
      columns.push_back(postgres::quote_identifier(key->column));
      conflict.push_back(columns.back());
      values.push_back("$" + std::to_string(number++) + "::text::" + key->type);
    }
    for (const std::string& column : plan.columns) {
      columns.push_back(column);
      values.push_back("r." + column);
    }
    statement.sql = "INSERT INTO " + table + " AS t (" + joined(columns, ", ") + ") SELECT " +
                    joined(values, ", ") + " FROM " + row + " AS r ON CONFLICT (" + joined(conflict, ", ") +
                    ") DO ";
    if (write.action == DocumentAction::kCreate) {
      statement.sql += "NOTHING RETURNING true";
    } else if (set.empty()) {
      statement.sql += "UPDATE SET " + conflict[0] + " = t." + conflict[0] + " RETURNING t.xmax = 0";
    } else {
      statement.sql += "UPDATE SET " + joined(set, ", ") + " RETURNING t.xmax = 0";
    }
    return statement;
  }

  std::span<const DocumentWrite* const> writes_;
  std::vector<std::size_t> sent_;  // the write of each statement
  std::vector<Result<DocumentOutcome>> outcomes_;
};

}  // namespace

Result<std::vector<std::string>> key_values(const CollectionDefinition& definition, std::string_view id) {
  const std::size_t wanted = key_columns(definition).size();
  std::vector<std::string> values;
  if (wanted == 1) {
    values.emplace_back(id);
    return values;
  }
  // Elements of a tuple are joined by ':', with '\' before ':' and '\' inside one.
  values.emplace_back();
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (id[i] == '\\' && i + 1 < id.size()) {
      values.back() += id[++i];
    } else if (id[i] == ':') {
      values.emplace_back();
    } else {
      values.back() += id[i];
    }
  }
  if (values.size() != wanted)
    return make_error(ErrorCode::kInvalidArgument,
                      "_id [" + std::string(id) + "] has " + std::to_string(values.size()) +
                          " parts, the primary key " + std::to_string(wanted) + " columns");
  return values;
}

std::string key_condition(const CollectionDefinition& definition, std::size_t first) {
  std::vector<std::string> terms;
  for (const ColumnMapping* key : key_columns(definition))
    terms.push_back("t." + postgres::quote_identifier(key->column) + " = $" + std::to_string(first++) +
                    "::text::" + key->type);
  return joined(terms, " AND ");
}

std::unique_ptr<BatchStatements> table_statements(std::span<const DocumentWrite* const> writes) {
  return std::make_unique<TableStatements>(writes);
}

}  // namespace stele::views
