#pragma once

#include "base/result.h"
#include "engine/schema.h"
#include "json/document.h"
#include "json/writer.h"

namespace stele::views {

// One field as stored definitions spell it: {"path":"title","type":"text","analyzer":"english",…}; what is as
// the engine's defaults have it is not written. Pure; any thread.
void write_field(json::Writer& writer, const engine::FieldDefinition& field);
// kInvalidArgument names the member that is wrong or unknown.
Result<engine::FieldDefinition> read_field(json::Value object);

Result<engine::FieldType> parse_field_type(std::string_view name);
Result<engine::Similarity> parse_similarity(std::string_view name);

}  // namespace stele::views
