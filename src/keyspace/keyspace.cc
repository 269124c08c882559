#include "keyspace/keyspace.h"

#include <semaphore>

namespace stele::keyspace {

GroupHandle Keyspace::begin(const Scope& scope) {
  while (true) {
    // Shared: whoever frees the scope may still be inside release() when this thread is on its way.
    const auto freed = std::make_shared<std::binary_semaphore>(0);
    GroupHandle group = try_begin(scope, [freed] { freed->release(); });
    if (group) return group;
    freed->acquire();
  }
}

}  // namespace stele::keyspace
