#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/document.h"

namespace stele::engine {

// A document as segments store it: everything but its vectors, which have a section of their own. Bytes:
// docs/formats/segment.md.
void append_record(std::string& out, const Document& document);
// The key alone.
std::string_view record_key(std::string_view record);
// kCorruption where the record does not make sense.
Result<Document> read_record(std::string_view record);

}  // namespace stele::engine
