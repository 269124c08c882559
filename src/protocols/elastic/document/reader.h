#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json/writer.h"
#include "net/task.h"
#include "protocols/elastic/call.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/search/search_request.h"
#include "views/writer.h"

namespace stele::elastic {

// Documents of one index by id, absent ones empty. Realtime: as PostgreSQL has them; else as searches see
// them.
net::Task<Outcome<std::vector<std::optional<views::StoredDocument>>>> read_documents(
    Call* call, Index index, std::vector<std::string> ids, bool realtime);

// {"_index":…,"_id":…,"_version":…,"found":true,"_source":{…}}; null: found is false.
void write_document(json::Writer& out, const views::CollectionEntry& index, const std::string& id,
                    const views::StoredDocument* document, const SourceFilter& source);

}  // namespace stele::elastic
