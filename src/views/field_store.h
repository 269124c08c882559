#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "views/definition.h"
#include "views/generation.h"

namespace stele::views {

// What to do with a field that the stored definition has with another type.
enum class OnOtherType : std::uint8_t {
  kRefuse,  // kConflict with "field", "from", "to": a client's wish
  kKeep,    // the stored one counts: what a node found in documents
};

// In the connection's transaction: locks the row of stele.collection, adds what is missing, writes it back if
// anything was. `first` is stored where the row has no definition yet. kNotFound when the row is gone.
net::Task<Result<void>> store_fields(postgres::Connection* connection, std::int64_t id,
                                     DefinitionChange change, CollectionDefinition first,
                                     OnOtherType on_other_type, TimePoint deadline);

// In a session of its own: the fields that a copy found in json documents. kConflict when another node has
// stored others meanwhile: copy anew, by those.
net::Task<Result<void>> store_definition(postgres::ConnectOptions options,
                                         std::shared_ptr<Generation> generation, TimePoint deadline);
// The same for fields that came with the stream.
net::Task<Result<void>> store_wanted(postgres::ConnectOptions options, std::int64_t id,
                                     DefinitionChange change,
                                     std::shared_ptr<const CollectionDefinition> first, TimePoint deadline);

}  // namespace stele::views
