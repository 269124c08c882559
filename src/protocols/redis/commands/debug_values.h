#pragma once

namespace stele::redis {

class Call;

// DEBUG OBJECT, DIGEST, DIGEST-VALUE and POPULATE.
void debug_object(Call& call);
void debug_digest(Call& call);
void debug_digest_value(Call& call);
void debug_populate(Call& call);

}  // namespace stele::redis
