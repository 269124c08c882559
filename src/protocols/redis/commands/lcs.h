#pragma once

#include "protocols/redis/commands/call.h"

namespace stele::redis {

// LCS: what two strings have in common, in order. Cost: the product of their lengths, in time and memory.
void lcs(Call& call);

}  // namespace stele::redis
