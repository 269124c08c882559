#include "text/grams.h"

#include <fmt/format.h>

namespace stele::text {

Result<GramSizes> read_gram_sizes(const Parameters& parameters, std::int64_t min, std::int64_t max,
                                  const std::optional<GramLimit>& limit) {
  constexpr std::int64_t kLongest = 32'766;  // a term of more bytes is indexed nowhere
  STELE_TRY(min, parameters.integer("min_gram", min));
  STELE_TRY(max, parameters.integer("max_gram", max));
  if (min < 1) return illegal("minGram must be greater than zero");
  if (min > max) return illegal("minGram must not be greater than maxGram");
  if (max > kLongest) return illegal(fmt::format("maxGram must not be greater than {}", kLongest));
  if (limit && max - min > limit->difference_max)
    return illegal(
        fmt::format("The difference between max_gram and min_gram in {} must be less than or equal to: [{}] "
                    "but was [{}]. "
                    "This limit can be set by changing the [index.max_ngram_diff] index level setting.",
                    limit->whose, limit->difference_max, max - min));
  return GramSizes{static_cast<std::size_t>(min), static_cast<std::size_t>(max)};
}

}  // namespace stele::text
