#pragma once

#include "base/result.h"
#include "engine/document.h"
#include "engine/schema.h"

namespace stele::engine::reference {

// Makes the document's values what their fields keep: lists spliced in, each value coerced, what does not fit
// left out and counted in `report`; one entry a field.
void normalize(Document& document, const Schema& schema, ApplyReport& report);

// Takes what `change` says is unchanged from the former version, which may be null.
void merge_former(Change& change, const Document* former);

// kInvalidArgument for what no document may have: no key, a field that is not in the schema or is a
// multi-field, values for a vector field or the reverse.
Result<void> check_change(const Change& change, const Schema& schema);

}  // namespace stele::engine::reference
