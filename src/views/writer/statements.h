#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/parameters.h"
#include "postgres/result_set.h"
#include "views/writer.h"

namespace stele::views {

// A statement as text, its parameters still to come.
postgres::Statement plain(std::string sql);
// What a cell says of a count or a number that is never negative; 0 where it is NULL.
std::uint64_t number(postgres::wire::Cell cell);

// The statements that write a batch of documents of one table, and what their results say of each. The
// documents come sorted by id; one id's writes keep their order.
class BatchStatements {
 public:
  virtual ~BatchStatements() = default;
  // What to send, in order, inside one transaction.
  virtual std::vector<postgres::Statement> statements() = 0;
  // Their results, in order; after it outcomes() are filled but for those in missed().
  virtual Result<void> read(std::span<const postgres::ResultSet> results) = 0;
  // Asks how the documents are that a condition or a create missed, as far as statements() did not ask for
  // them already; nothing when there are none.
  virtual std::optional<postgres::Statement> inquiry() = 0;
  virtual void read_inquiry(const postgres::ResultSet& result) = 0;
  // One a document. seq_no is 0 where it is the commit's position.
  virtual std::vector<Result<DocumentOutcome>> take_outcomes() = 0;
};

// Tables of schema elastic: a statement for each kind of write, over arrays. Several writes of one id become
// several rounds.
std::unique_ptr<BatchStatements> elastic_statements(std::span<const DocumentWrite* const> writes);
// Published tables: a statement a document; members of the JSON object are columns.
std::unique_ptr<BatchStatements> table_statements(std::span<const DocumentWrite* const> writes);

// Tables of schema qdrant: a statement a point, its vectors as binary arrays.
std::unique_ptr<BatchStatements> point_statements(std::span<const DocumentWrite* const> writes);

// The primary key's values as text, in its columns' order, from a document's id. kInvalidArgument when it has
// another number of parts.
Result<std::vector<std::string>> key_values(const CollectionDefinition& definition, std::string_view id);
// "film_id" = $1::integer AND …, from parameter `first` on.
std::string key_condition(const CollectionDefinition& definition, std::size_t first);

}  // namespace stele::views
