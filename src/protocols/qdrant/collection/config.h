#pragma once

#include <string>
#include <string_view>

#include "json/document.h"
#include "json/writer.h"
#include "protocols/qdrant/collection/collection.h"
#include "views/definition.h"

namespace stele::qdrant {

// The definition of a new collection from the body of its PUT. 400 and 422 as Qdrant's.
Outcome<views::CollectionDefinition> parse_creation(json::Value body);
// What a PATCH changes.
Outcome<views::HeadParts> parse_update(const Collection& collection, json::Value body);
// "config" of the collection's info: what was set over Qdrant's defaults.
void write_config(json::Writer& writer, const Collection& collection);

// `change` laid over `value`, objects member by member; nulls change nothing.
std::string merged(json::Value value, json::Value change);
std::string without_nulls(json::Value value);

}  // namespace stele::qdrant
