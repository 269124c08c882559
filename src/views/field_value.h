#pragma once

#include "base/result.h"
#include "engine/schema.h"
#include "json/document.h"
#include "views/date_format.h"
#include "views/definition.h"

namespace stele::views {

// One JSON scalar as a field keeps it, by Elasticsearch's rules of coercion. `reading` may be null; `format`
// is that of a date. kInvalidArgument says the cause as Elasticsearch does ("For input string: \"x\"").
// A null, and "" into a number, are the null value. Pure; any thread.
Result<engine::Value> read_field_value(engine::FieldType type, const FieldReading* reading,
                                       const DateFormat& format, json::Value value);

}  // namespace stele::views
