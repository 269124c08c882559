#pragma once

#include <vector>

#include "engine/query/document_bits.h"
#include "engine/query/postings_cursor.h"

namespace stele::engine {

// How many documents of one sealed segment, among `allowed`, have all of some terms? Without scores, so
// without frequencies; the rarest term leads, and of the others only the blocks that can hold its documents
// are decoded. One term, of which all documents are allowed, is its document count.
std::size_t count_of_all(std::vector<PostingsCursor>& terms, const DocumentBits& allowed);

}  // namespace stele::engine
