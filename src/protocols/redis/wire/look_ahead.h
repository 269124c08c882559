#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace stele::redis::wire {

// Which keys will the requests behind this one look at? Appends the second word of each of the multibulk
// requests that lie whole at the front of `input`, up to `count` of them: nearly always a key. A guess for
// prefetching, without any of the parser's promises; stops at whatever it does not understand. Returns how
// many requests it passed over. Cost: a few nanoseconds a request.
std::size_t look_ahead(std::string_view input, std::size_t count, std::vector<std::string_view>& keys);

}  // namespace stele::redis::wire
