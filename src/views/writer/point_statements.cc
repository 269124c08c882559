#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "postgres/replication/slot.h"
#include "views/writer/array_parameter.h"
#include "views/writer/statements.h"

namespace stele::views {
namespace {

using postgres::ResultSet;
using postgres::Statement;

void append_big_endian(std::string& out, std::uint32_t value) {
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out.append(bytes, sizeof(bytes));
}

// real[] in PostgreSQL's binary form: one dimension, no nulls, from 1 on.
std::string binary_floats(const std::vector<float>& elements) {
  std::string out;
  out.reserve(20 + 8 * elements.size());
  append_big_endian(out, elements.empty() ? 0 : 1);
  append_big_endian(out, 0);
  append_big_endian(out, postgres::oid::kFloat4);
  if (elements.empty()) return out;
  append_big_endian(out, static_cast<std::uint32_t>(elements.size()));
  append_big_endian(out, 1);
  for (const float element : elements) {
    append_big_endian(out, sizeof(float));
    append_big_endian(out, std::bit_cast<std::uint32_t>(element));
  }
  return out;
}

void append_double(std::string& out, double value) {
  append_big_endian(out, sizeof(double));
  const auto bits = std::bit_cast<std::uint64_t>(value);
  append_big_endian(out, static_cast<std::uint32_t>(bits >> 32U));
  append_big_endian(out, static_cast<std::uint32_t>(bits));
}

// double precision[][]: a row of indices and one of values.
std::string binary_sparse(const VectorWrite& vector) {
  std::string out;
  append_big_endian(out, 2);
  append_big_endian(out, 0);
  append_big_endian(out, postgres::oid::kFloat8);
  append_big_endian(out, 2);
  append_big_endian(out, 1);
  append_big_endian(out, static_cast<std::uint32_t>(vector.indices.size()));
  append_big_endian(out, 1);
  for (const std::uint32_t index : vector.indices) append_double(out, index);
  for (const float element : vector.elements) append_double(out, element);
  return out;
}

constexpr postgres::Oid kFloat8ArrayOid = 1022;

void add_vector(postgres::Parameters& parameters, const PointVector& kind,
                const VectorWrite* vector_or_null) {
  const postgres::Oid type = kind.sparse ? kFloat8ArrayOid : postgres::oid::kFloat4Array;
  if (vector_or_null == nullptr || vector_or_null->elements.empty()) {
    parameters.null(type);
  } else {
    parameters.binary(kind.sparse ? binary_sparse(*vector_or_null) : binary_floats(vector_or_null->elements),
                      type);
  }
}

class PointStatements final : public BatchStatements {
 public:
  explicit PointStatements(std::span<const DocumentWrite* const> writes) : writes_(writes) {
    outcomes_.resize(writes.size(), Result<DocumentOutcome>(make_error(ErrorCode::kInternal, "no outcome")));
  }

  std::vector<Statement> statements() override {
    std::vector<Statement> result;
    result.reserve(writes_.size());
    for (const DocumentWrite* write : writes_) result.push_back(statement(*write));
    return result;
  }

  Result<void> read(std::span<const ResultSet> results) override {
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      const DocumentWrite& write = *writes_[i];
      if (!results[i].empty()) {
        outcomes_[i] = DocumentOutcome{write.action == DocumentAction::kDelete ? DocumentResult::kDeleted
                                       : results[i].cell(0, 0) == "t"          ? DocumentResult::kCreated
                                                                               : DocumentResult::kUpdated,
                                       1, 0};
      } else if (write.action == DocumentAction::kDelete) {
        outcomes_[i] = DocumentOutcome{DocumentResult::kNotFound, 1, 0};
      } else if (write.action == DocumentAction::kCreate) {
        outcomes_[i] = make_error(ErrorCode::kConflict, "the point is there");
      } else if (write.if_source) {
        missed_.push_back(i);
      } else {
        outcomes_[i] = make_error(ErrorCode::kNotFound, "there is no such point");
      }
    }
    return {};
  }

  // A condition that was not met: another payload, or no point at all?
  std::optional<Statement> inquiry() override {
    if (missed_.empty()) return std::nullopt;
    ArrayParameter ids(postgres::oid::kText);
    for (const std::size_t i : missed_) ids.add(writes_[i]->id);
    Statement statement;
    statement.sql = "SELECT id FROM " + writes_[0]->target->table.quoted() + " WHERE id = ANY ($1::text[])";
    ids.bind(statement.parameters, postgres::oid::kTextArray);
    return statement;
  }

  void read_inquiry(const ResultSet& result) override {
    for (const std::size_t i : missed_) {
      bool there = false;
      for (std::size_t row = 0; row < result.size(); ++row)
        there = there || result.cell(row, 0) == writes_[i]->id;
      outcomes_[i] = there ? make_error(ErrorCode::kConflict, "the point has another payload")
                           : make_error(ErrorCode::kNotFound, "there is no such point");
    }
  }

  std::vector<Result<DocumentOutcome>> take_outcomes() override { return std::move(outcomes_); }

 private:
  static Statement statement(const DocumentWrite& write) {
    Statement statement;
    statement.parameters.text(write.id, postgres::oid::kText);
    const std::string table = write.target->table.quoted();
    if (write.action == DocumentAction::kDelete) {
      statement.sql = "DELETE FROM " + table + " WHERE id = $1 RETURNING false";
    } else if (write.action == DocumentAction::kUpdate) {
      update(write, table, statement);
    } else {
      insert(write, table, statement);
    }
    return statement;
  }

  static void insert(const DocumentWrite& write, const std::string& table, Statement& statement) {
    statement.parameters.text(write.source, postgres::oid::kJson);
    std::string columns = "id, payload";
    std::string values = "$1, $2";
    std::string set = "payload = EXCLUDED.payload";
    std::size_t number = 3;
    for (const PointVector& vector : write.target->definition->vectors) {
      const std::string column = postgres::quote_identifier(vector.column);
      columns += ", " + column;
      values += ", $" + std::to_string(number++);
      set += ", " + column + " = EXCLUDED." + column;
      const auto given = std::ranges::find(write.vectors, vector.column, &VectorWrite::column);
      add_vector(statement.parameters, vector, given == write.vectors.end() ? nullptr : &*given);
    }
    statement.sql =
        "INSERT INTO " + table + " AS t (" + columns + ") VALUES (" + values + ") ON CONFLICT (id) DO ";
    statement.sql += write.action == DocumentAction::kCreate ? "NOTHING RETURNING true"
                                                             : "UPDATE SET " + set + " RETURNING t.xmax = 0";
  }

  static void update(const DocumentWrite& write, const std::string& table, Statement& statement) {
    std::string set;
    std::size_t number = 2;
    const auto assign = [&](const std::string& column) {
      set += (set.empty() ? "" : ", ") + column + " = $" + std::to_string(number++);
    };
    if (!write.source.empty()) {
      assign("payload");
      statement.parameters.text(write.source, postgres::oid::kJson);
    }
    const std::vector<PointVector>& kinds = write.target->definition->vectors;
    for (const VectorWrite& vector : write.vectors) {
      const auto kind = std::ranges::find(kinds, vector.column, &PointVector::column);
      if (kind == kinds.end()) continue;
      assign(postgres::quote_identifier(vector.column));
      add_vector(statement.parameters, *kind, &vector);
    }
    if (set.empty()) set = "id = id";
    statement.sql = "UPDATE " + table + " SET " + set + " WHERE id = $1";
    if (write.if_source) {
      statement.sql += " AND payload::text = $" + std::to_string(number);
      statement.parameters.text(*write.if_source, postgres::oid::kText);
    }
    statement.sql += " RETURNING false";
  }

  std::span<const DocumentWrite* const> writes_;
  std::vector<std::size_t> missed_;
  std::vector<Result<DocumentOutcome>> outcomes_;
};

}  // namespace

std::unique_ptr<BatchStatements> point_statements(std::span<const DocumentWrite* const> writes) {
  return std::make_unique<PointStatements>(writes);
}

}  // namespace stele::views
