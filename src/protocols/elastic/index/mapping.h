#pragma once

#include <string>
#include <string_view>

#include "json/document.h"
#include "json/writer.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/index/similarity.h"
#include "text/analysis.h"
#include "views/definition.h"

namespace stele::elastic {

// What a mapping says: fields and how they are read for the views, and what is only to be answered back.
struct MappingChange {
  views::DefinitionChange change;
  views::HeadParts parameters;  // by path, as IndexMetadata has them
  views::HeadParts root;

  // All of it as a change of a definition.
  views::DefinitionChange definition_change() const;
};

// {"properties": {…}, "dynamic": …}. mapper_parsing_exception as Elasticsearch words it; types and parameters
// that are not there yet are refused by name, so that no field is searched otherwise than it was asked to be.
// Analyzers are those of `analysis`, the index' own, and the built-in ones; so are similarities.
Outcome<MappingChange> parse_mapping(json::Value mapping, const text::Analysis& analysis = {},
                                     const Similarities& similarities = {{"BM25", {}}});

// {"_doc": {…}} alone: the form of before version 7.
bool is_typed_mapping(json::Value mapping);
// {"properties":{…}} with everything that dynamic mapping added.
void write_mapping(json::Writer& out, const views::CollectionDefinition& definition,
                   const IndexMetadata& metadata);
// One field's {"type":…}, as in _mapping/field.
void write_field_mapping(json::Writer& out, const views::CollectionDefinition& definition,
                         const IndexMetadata& metadata, std::string_view path);
// Elasticsearch's name of a field's type.
std::string type_name(const views::CollectionDefinition& definition, const engine::FieldDefinition& field);

}  // namespace stele::elastic
