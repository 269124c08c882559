#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "views/writer/array_parameter.h"
#include "views/writer/statements.h"

namespace stele::views {
namespace {

using postgres::ResultSet;
using postgres::Statement;

enum class Kind : std::uint8_t { kUpsert, kCreate, kReplace, kDelete };
constexpr std::size_t kKinds = 4;

Kind kind_of(const DocumentWrite& write) {
  switch (write.action) {
    case DocumentAction::kIndex:
      return write.if_seq_no ? Kind::kReplace : Kind::kUpsert;
    case DocumentAction::kCreate:
      return Kind::kCreate;
    case DocumentAction::kUpdate:
      return Kind::kReplace;
    case DocumentAction::kDelete:
      return Kind::kDelete;
  }
  return Kind::kUpsert;
}

std::string text_of(Kind kind, const std::string& table) {
  switch (kind) {
    case Kind::kUpsert:
      return "INSERT INTO " + table +
             " AS d (_id, _source, _routing) SELECT * FROM unnest($1::text[], $2::json[], $3::text[])"
             " ON CONFLICT (_id) DO UPDATE SET _source = EXCLUDED._source, _routing = EXCLUDED._routing"
             " RETURNING d._id, d._version, d._seq_no, d.xmax = 0";
    case Kind::kCreate:
      return "INSERT INTO " + table +
             " AS d (_id, _source, _routing) SELECT * FROM unnest($1::text[], $2::json[], $3::text[])"
             " ON CONFLICT (_id) DO NOTHING RETURNING d._id, d._version, d._seq_no, true";
    case Kind::kReplace:
      return "UPDATE " + table +
             " AS d SET _source = v.s, _routing = v.r"
             " FROM unnest($1::text[], $2::json[], $3::text[], $4::int8[]) AS v (i, s, r, q)"
             " WHERE d._id = v.i AND (v.q IS NULL OR d._seq_no = v.q)"
             " RETURNING d._id, d._version, d._seq_no, false";
    case Kind::kDelete:
      return "DELETE FROM " + table +
             " AS d USING unnest($1::text[], $2::int8[]) AS v (i, q)"
             " WHERE d._id = v.i AND (v.q IS NULL OR d._seq_no = v.q)"
             " RETURNING d._id, d._version + 1, d._seq_no, false";
  }
  return {};
}

class ElasticStatements final : public BatchStatements {
 public:
  explicit ElasticStatements(std::span<const DocumentWrite* const> writes) : writes_(writes) {
    outcomes_.resize(writes.size(), Result<DocumentOutcome>(make_error(ErrorCode::kInternal, "no outcome")));
    std::size_t round = 0;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      round = i > 0 && writes[i]->id == writes[i - 1]->id ? round + 1 : 0;
      if (rounds_.size() <= round) rounds_.emplace_back();
      const Kind kind = kind_of(*writes[i]);
      rounds_[round].groups[static_cast<std::size_t>(kind)].push_back(i);
      const bool again = i + 1 < writes.size() && writes[i + 1]->id == writes[i]->id;
      if (again && kind != Kind::kUpsert) rounds_[round].asked.push_back(i);
    }
  }

  std::vector<Statement> statements() override {
    std::vector<Statement> result;
    const std::string table = writes_[0]->target->table.quoted();
    std::size_t groups = 0;
    for (const Round& round : rounds_)
      groups += static_cast<std::size_t>(
          std::ranges::count_if(round.groups, [](const auto& g) { return !g.empty(); }));
    const bool one_ordered_statement = groups == 1 &&
                                       rounds_[0].groups[static_cast<std::size_t>(Kind::kReplace)].empty() &&
                                       rounds_[0].groups[static_cast<std::size_t>(Kind::kDelete)].empty();
    // Rows are locked in the order of their ids, whatever statements follow, so that two transactions never
    // wait for each other.
    locks_ = !one_ordered_statement && writes_.size() > 1;
    if (locks_) result.push_back(lock(table));
    for (const Round& round : rounds_) {
      for (std::size_t kind = 0; kind < kKinds; ++kind)
        if (!round.groups[kind].empty())
          result.push_back(statement(static_cast<Kind>(kind), round.groups[kind], table));
      if (!round.asked.empty()) result.push_back(ask(round.asked));
    }
    return result;
  }

  Result<void> read(std::span<const ResultSet> results) override {
    std::size_t next = locks_ ? 1 : 0;
    for (const Round& round : rounds_) {
      std::vector<std::size_t> missed;
      for (std::size_t kind = 0; kind < kKinds; ++kind)
        if (!round.groups[kind].empty())
          read_group(static_cast<Kind>(kind), round.groups[kind], results[next++], missed);
      // What a later round writes again was asked for before that; the rest can wait for the end.
      const auto later = std::ranges::partition(
          missed, [&](std::size_t i) { return std::ranges::binary_search(round.asked, i); });
      missed_.insert(missed_.end(), later.begin(), later.end());
      missed.erase(later.begin(), later.end());
      if (!round.asked.empty()) explain(missed, results[next++]);
    }
    return {};
  }

  std::optional<Statement> inquiry() override {
    if (missed_.empty()) return std::nullopt;
    return ask(missed_);
  }

  void read_inquiry(const ResultSet& result) override { explain(missed_, result); }

  std::vector<Result<DocumentOutcome>> take_outcomes() override { return std::move(outcomes_); }

 private:
  // Writes among which no id occurs twice.
  struct Round {
    std::array<std::vector<std::size_t>, kKinds> groups;  // by kind
    // Those that may miss and whose id is written again in the next round, ascending.
    std::vector<std::size_t> asked;
  };

  Statement ask(const std::vector<std::size_t>& writes) const {
    ArrayParameter ids(postgres::oid::kText);
    for (const std::size_t i : writes) ids.add(writes_[i]->id);
    Statement statement;
    statement.sql = "SELECT _id, _version, _seq_no FROM " + writes_[0]->target->table.quoted() +
                    " WHERE _id = ANY ($1::text[])";
    ids.bind(statement.parameters, postgres::oid::kTextArray);
    return statement;
  }

  // Why did these change nothing? By the documents as they were then.
  void explain(const std::vector<std::size_t>& missed, const ResultSet& result) {
    std::unordered_map<std::string_view, std::size_t> rows;
    for (std::size_t row = 0; row < result.size(); ++row) rows[result.cell(row, 0).value_or("")] = row;
    for (const std::size_t i : missed) {
      const DocumentWrite& write = *writes_[i];
      const auto found = rows.find(write.id);
      if (found != rows.end()) {
        outcomes_[i] = make_error(ErrorCode::kConflict, "the document has another version")
                           .with("version", std::string(result.cell(found->second, 1).value_or("")))
                           .with("seq_no", std::string(result.cell(found->second, 2).value_or("")));
      } else if (write.if_seq_no && write.action != DocumentAction::kUpdate) {
        outcomes_[i] = make_error(ErrorCode::kConflict, "there is no such document");
      } else if (write.action == DocumentAction::kCreate) {
        outcomes_[i] = make_error(ErrorCode::kConflict, "the document was there");
      } else if (write.action == DocumentAction::kDelete) {
        outcomes_[i] = DocumentOutcome{DocumentResult::kNotFound, 1, 0};
      } else {
        outcomes_[i] = make_error(ErrorCode::kNotFound, "there is no such document");
      }
    }
  }

  Statement lock(const std::string& table) const {
    ArrayParameter ids(postgres::oid::kText);
    for (const DocumentWrite* write : writes_) ids.add(write->id);
    Statement statement;
    statement.sql =
        "SELECT FROM " + table + " WHERE _id = ANY ($1::text[]) ORDER BY _id COLLATE \"C\" FOR UPDATE";
    ids.bind(statement.parameters, postgres::oid::kTextArray);
    return statement;
  }

  Statement statement(Kind kind, const std::vector<std::size_t>& group, const std::string& table) const {
    ArrayParameter ids(postgres::oid::kText);
    ArrayParameter sources(postgres::oid::kJson);
    ArrayParameter routings(postgres::oid::kText);
    ArrayParameter expected(postgres::oid::kInt8);
    for (const std::size_t i : group) {
      const DocumentWrite& write = *writes_[i];
      ids.add(write.id);
      if (kind != Kind::kDelete) {
        sources.add(write.source);
        if (write.routing) {
          routings.add(*write.routing);
        } else {
          routings.add_null();
        }
      }
      if (write.if_seq_no) {
        expected.add_int64(static_cast<std::int64_t>(*write.if_seq_no));
      } else {
        expected.add_null();
      }
    }
    Statement statement;
    statement.sql = text_of(kind, table);
    ids.bind(statement.parameters, postgres::oid::kTextArray);
    if (kind != Kind::kDelete) {
      sources.bind(statement.parameters, kJsonArrayOid);
      routings.bind(statement.parameters, postgres::oid::kTextArray);
    }
    if (kind == Kind::kReplace || kind == Kind::kDelete)
      expected.bind(statement.parameters, postgres::oid::kInt8Array);
    return statement;
  }

  void read_group(Kind kind, const std::vector<std::size_t>& group, const ResultSet& result,
                  std::vector<std::size_t>& missed) {
    std::unordered_map<std::string_view, std::size_t> rows;
    for (std::size_t row = 0; row < result.size(); ++row) rows[result.cell(row, 0).value_or("")] = row;
    for (const std::size_t i : group) {
      const auto found = rows.find(writes_[i]->id);
      if (found == rows.end()) {
        missed.push_back(i);
        continue;
      }
      DocumentOutcome outcome;
      outcome.version = number(result.cell(found->second, 1));
      outcome.seq_no = number(result.cell(found->second, 2));
      outcome.result = kind == Kind::kDelete                  ? DocumentResult::kDeleted
                       : result.cell(found->second, 3) == "t" ? DocumentResult::kCreated
                                                              : DocumentResult::kUpdated;
      outcomes_[i] = outcome;
    }
  }

  std::span<const DocumentWrite* const> writes_;
  std::vector<Round> rounds_;
  bool locks_ = false;
  std::vector<std::size_t> missed_;  // to be explained at the end
  std::vector<Result<DocumentOutcome>> outcomes_;
};

}  // namespace

std::unique_ptr<BatchStatements> elastic_statements(std::span<const DocumentWrite* const> writes) {
  return std::make_unique<ElasticStatements>(writes);
}

}  // namespace stele::views
