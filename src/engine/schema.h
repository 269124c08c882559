#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "engine/doc_key.h"
#include "engine/value.h"

namespace stele::engine {

// A field's place in its collection's schema; never reused or moved while the collection lives.
struct FieldTag;
using FieldId = StrongId<FieldTag, std::uint32_t>;

enum class FieldType : std::uint8_t {
  kText,     // analyzed: terms with positions; no column, so no sort or aggregation
  kKeyword,  // the string as one term, and a column
  kLong,     // signed 64 bits
  kDouble,   // also PostgreSQL's numeric
  kFloat,    // a double rounded to float precision
  kBoolean,
  kDate,         // nanoseconds since 1970-01-01T00:00Z as an integer
  kUuid,         // canonical lower-case text, as a keyword
  kObject,       // only a name for what lies below its path; has no values of its own
  kDenseVector,  // `dimension` floats
};
std::string_view to_string(FieldType type);  // "text", "keyword", "long", …

enum class Similarity : std::uint8_t { kCosine, kDot, kEuclid, kManhattan };
std::string_view to_string(Similarity similarity);  // "cosine", "dot", "euclid", "manhattan"

// How a segment's vectors of a field are searched. Fewer of them than fill `scan_kilobytes` (as floats)
// are looked at one by one; more get codes and a graph once the segment is joined or rewritten.
struct VectorIndexOptions {
  std::uint32_t links = 16;    // of a row in the graph, 2..512; twice as many on its lowest level
  std::uint32_t effort = 100;  // rows kept when one is linked, and by searches that do not say; 1..65536
  std::uint32_t scan_kilobytes = 10'000;  // of 1,024 bytes; 0: any number is enough

  bool operator==(const VectorIndexOptions&) const = default;
};

// How much of a term's frequency and a text's length counts: k1 from 0 on, b 0..1. Lucene's defaults.
struct Bm25Parameters {
  float k1 = 1.2F;
  float b = 0.75F;

  bool operator==(const Bm25Parameters&) const = default;
};

// What is indexed under a path, and how? Plain data, chosen by views (from column types, mappings, payload
// indexes).
struct FieldDefinition {
  std::string path;  // dotted, as queries name it: "title", "title.keyword", "address.city"
  FieldType type = FieldType::kKeyword;
  bool indexed = true;     // terms or values can be searched
  bool doc_values = true;  // a column exists: sort, aggregate, fetch by field (never for kText)

  // kText: an analyzer's name or spelling (text::find_analyzer); search_analyzer empty = the same.
  std::string analyzer = "standard";
  std::string search_analyzer;
  bool norms = true;  // false: length does not count in the score
  Bm25Parameters bm25 = {};
  std::uint32_t position_increment_gap = 100;

  // kKeyword: strings longer than this many code points are not indexed (0 = any length); the normalizer is
  // empty or what text::find_normalizer knows.
  std::uint32_t ignore_above = 0;
  std::string normalizer;

  // kDenseVector.
  std::uint32_t dimension = 0;
  Similarity similarity = Similarity::kCosine;
  VectorIndexOptions vector_index = {};

  // A multi-field ("title.keyword"): the path of the field whose values it indexes once more.
  std::string values_of;
  // What a null counts as, so that it can be found; null = nulls are not indexed.
  Value null_value;

  bool operator==(const FieldDefinition&) const = default;
};

// Which fields has a collection? Immutable; a change makes a new one, in which former FieldIds stay what they
// are. Threads: share freely.
class Schema {
 public:
  Schema() = default;
  // kInvalidArgument: a path twice, empty or over 512 bytes, a vector without dimension (1..65536), an
  // unknown analyzer or normalizer, parameters of BM25 out of range, a multi-field of a field that is not
  // there. kTooLarge beyond 10,000 fields.
  static Result<Schema> create(std::vector<FieldDefinition> fields);
  // This schema and the new fields behind it. kAlreadyExists for a path that is there with another
  // definition; one that is there with the same definition is passed over.
  Result<Schema> with(std::vector<FieldDefinition> fields) const;

  std::optional<FieldId> find(std::string_view path) const;
  const FieldDefinition& field(FieldId id) const { return fields_.at(id.value()); }
  const std::vector<FieldDefinition>& fields() const { return fields_; }
  std::size_t size() const { return fields_.size(); }
  // The multi-fields that index the values of `id`.
  const std::vector<FieldId>& multi_fields(FieldId id) const { return multi_fields_.at(id.value()); }

 private:
  Result<void> append(FieldDefinition definition);

  std::vector<FieldDefinition> fields_;
  std::vector<std::vector<FieldId>> multi_fields_;
  std::unordered_map<std::string, FieldId> ids_;
};

// `value` as a field of `type` keeps it: "12" → 12 for kLong, 1 → 1.0 for kDouble, "true" → true, an ISO 8601
// string → nanoseconds for kDate, any spelling of a UUID → its canonical one. kInvalidArgument names value
// and type. Used for documents (where an error means: leave the value out) and for queries (where it is the
// client's error).
Result<Value> coerce(FieldType type, const Value& value);

// Nanoseconds since 1970 of "2024-05-01", "2024-05-01T10:00:00.123456789Z", "…+02:00", "2024", "2024-05" (UTC
// where no zone is given; ' ' for 'T' is accepted). kInvalidArgument else, or outside the years 1678 to 2262.
Result<std::int64_t> parse_iso_date(std::string_view text);
// "2024-05-01T10:00:00.123Z": at least milliseconds, more digits where they are not zero.
std::string format_iso_date(std::int64_t nanoseconds);

}  // namespace stele::engine
