#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

// The text of INFO: the sections of those names, or the usual ones. Names that are none add nothing.
std::string info_text(Call& call, std::span<const std::string_view> sections);

}  // namespace stele::redis
