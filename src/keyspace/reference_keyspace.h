#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "keyspace/keyspace.h"

namespace stele::keyspace {

struct ReferenceOptions {
  KeyClasses classes;
  std::size_t max_memory_bytes = 0;
  ObjectId first_object_id{1};  // above all ids that PostgreSQL has
  std::uint64_t random_seed = 1;
};

// A keyspace that is obviously right: ordered maps, and one group at a time whatever it declares. It is the
// oracle of faster ones, and good enough to serve until they come. `clock` outlives it.
// Cost: a few map look-ups a command; take_cut and hashes' scans are linear in what they cover. Never evicts.
std::unique_ptr<Keyspace> make_reference_keyspace(const Clock& clock, ReferenceOptions options);

}  // namespace stele::keyspace
