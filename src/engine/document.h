#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/lsn.h"
#include "engine/doc_key.h"
#include "engine/schema.h"
#include "engine/value.h"

namespace stele::engine {

// The values of one field of a document, in the order of the row. Multi-fields are not listed: the engine
// takes them from the field they belong to. A null value stays in the list (null_value, Qdrant's is_null).
struct FieldValues {
  FieldId field;
  std::vector<Value> values;
};

struct VectorValue {
  FieldId field;
  std::vector<float> elements;
};

// One version of a row, as views' applier gives it and as a search gives it back. Immutable once applied,
// shared between versions' holders. A value that does not fit its field (coerce) or a vector of the wrong
// dimension or with NaN is left out by the engine and counted in ApplyReport; the document stays.
struct Document {
  DocKey key;
  std::int64_t version = 1;  // Elasticsearch's _version
  std::int64_t seq_no = 0;   // Elasticsearch's _seq_no: compared for equality only
  std::string routing;
  std::string source;  // opaque to the engine: the JSON text that heads answer with
  std::vector<FieldValues> fields;
  std::vector<VectorValue> vectors;
  Lsn lsn;  // the commit that bore this version; set by the engine
};
using DocumentPtr = std::shared_ptr<const Document>;

// One row's change. kUpsert replaces the document of that key, whatever it was. Partial (unchanged TOAST):
// the fields and vectors named in `unchanged`, and the source if `source_unchanged`, are taken from the
// former version, which is looked for under `former_key`, or under the key itself where that is none. A
// former_key that differs from the key is a move: the former document dies. Where no former version exists,
// what was to be taken from it is absent.
struct Change {
  enum class Kind : std::uint8_t { kUpsert, kDelete, kTruncate };
  Kind kind = Kind::kUpsert;
  Document document;  // kDelete: the key alone; kTruncate: nothing
  DocKey former_key;
  std::vector<FieldId> unchanged;
  bool source_unchanged = false;
};

// The changes of one transaction to one collection, in order. All versions are born, and all they replace
// die, at `lsn`, which is not below the lsn of the batch before.
struct ChangeBatch {
  Lsn lsn;
  std::vector<Change> changes;
};

// What happened to a batch's values, for `stele.status`: nothing here stops the applier.
struct ApplyReport {
  std::size_t upserted = 0;
  std::size_t deleted = 0;           // documents that were there and are gone
  std::size_t values_left_out = 0;   // did not fit their field's type
  std::size_t vectors_left_out = 0;  // wrong dimension, NaN or infinite
  std::string left_out_example;      // the first of them: field, key and reason
};

}  // namespace stele::engine
