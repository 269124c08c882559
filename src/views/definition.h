#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/schema.h"

namespace stele::views {

// What happens to a field of a document that no definition names?
enum class DynamicSetting : std::uint8_t {
  kTrue,      // it is added (dynamic mapping)
  kFalse,     // it stays in the source and is not searched
  kStrict,    // the document is refused
  kDisabled,  // nothing below is looked at (Elasticsearch's enabled: false)
};
std::string_view to_string(DynamicSetting setting);

// How are values of a document read into a field, beyond what the engine keeps? Absent means: as the engine's
// type says, with Elasticsearch's defaults.
struct FieldReading {
  std::string type;    // Elasticsearch's name where the engine's is wider: "integer", "scaled_float", ...
  std::string format;  // of dates; empty = strict_date_optional_time||epoch_millis
  bool coerce = true;
  bool ignore_malformed = false;  // strict mode leaves the value out instead of refusing the document

  bool operator==(const FieldReading&) const = default;
};

// A column of a published table.
struct ColumnMapping {
  std::string column;
  std::string type;  // as PostgreSQL's format_type says it: "character varying(20)"
  std::uint32_t type_oid = 0;
  std::string path;       // the field's path; empty when the column is left out
  std::int32_t key = -1;  // its place in the primary key
  std::string left_out;   // why, for people; empty when it is mapped

  bool operator==(const ColumnMapping&) const = default;
};

// A vector of a Qdrant collection: it lies in a column of its own, beside the payload, and in the field of
// that column's name. A dense one is real[]; a sparse one double precision[][] of two rows, indices and
// values, and its field, which nothing searches, holds {"indices": […], "values": […]} as text.
struct PointVector {
  std::string name;  // Qdrant's; empty = the one without a name
  std::string column;
  bool sparse = false;

  bool operator==(const PointVector&) const = default;
};

using Readings = std::map<std::string, FieldReading, std::less<>>;
using DynamicObjects = std::map<std::string, DynamicSetting, std::less<>>;
using HeadParts = std::map<std::string, std::string, std::less<>>;  // JSON values by name
using HeadSections = std::map<std::string, HeadParts, std::less<>>;

// What is added to a definition. Fields that are there with the same definition are passed over.
struct DefinitionChange {
  std::vector<engine::FieldDefinition> fields;
  Readings readings;       // by path, for new fields
  DynamicObjects objects;  // by path ("" = the document): replaces what was said of it
  // Of elastic_json's sections: replaces the parts it names; an empty value removes one.
  HeadSections elastic;
  HeadSections elastic_defaults;  // the same where there is no such part yet
  HeadParts qdrant;               // replaces those it names; an empty value removes one

  bool empty() const {
    return fields.empty() && readings.empty() && objects.empty() && elastic.empty() &&
           elastic_defaults.empty() && qdrant.empty();
  }
};

// What do we know of a collection's documents? Field types, how values are read, and the columns they come
// from. Plain data, kept as jsonb in stele.collection.definition; immutable once it is in the catalog.
struct CollectionDefinition {
  engine::Schema schema;
  Readings readings;
  DynamicObjects objects;              // "" = the document itself
  std::vector<ColumnMapping> columns;  // published tables alone
  // Settings and mapping parameters that the Elasticsearch head answers back: a JSON object of sections with
  // named parts, which are opaque here.
  std::string elastic_json;
  // The same for the Qdrant head, in parts, so that two changes of different parts do not undo each other.
  HeadParts qdrant;
  std::vector<PointVector> vectors;  // Qdrant collections alone

  const PointVector* vector(std::string_view name) const;

  // What holds at `path`: its own setting or that of the nearest object above it; kTrue if none is set.
  DynamicSetting dynamic_at(std::string_view path) const;
  const FieldReading* reading(std::string_view path) const;

  // kConflict (details "field", "from", "to") when a field is there with another definition.
  Result<CollectionDefinition> with(DefinitionChange change) const;

  // kInvalidArgument or kCorruption with what is wrong.
  static Result<CollectionDefinition> from_json(std::string_view text);
  std::string to_json() const;
};

}  // namespace stele::views
