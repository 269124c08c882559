#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "text/parameters.h"

namespace stele::text {

// From how many to how many characters a gram has.
struct GramSizes {
  std::size_t min = 1;
  std::size_t max = 2;
};

// How far apart min and max may be, and whose limit the error names.
struct GramLimit {
  std::string_view whose;
  std::int64_t difference_max;
};

// min_gram and max_gram. kInvalidArgument when they are less than 1, crossed, too far apart or longer than
// any term may be.
Result<GramSizes> read_gram_sizes(const Parameters& parameters, std::int64_t min, std::int64_t max,
                                  const std::optional<GramLimit>& limit);

}  // namespace stele::text
