#include "engine/query/bm25.h"

#include <algorithm>
#include <cmath>

#include "engine/postings/length.h"

namespace stele::engine {

float Bm25::idf(std::uint64_t document_frequency, std::uint64_t documents) {
  const auto n = static_cast<double>(document_frequency);
  const auto total = static_cast<double>(documents);
  return static_cast<float>(std::log(1 + (total - n + 0.5) / (n + 0.5)));
}

std::shared_ptr<const InverseNorms> make_inverse_norms(const FieldStatistics& statistics,
                                                       const Bm25Parameters& parameters) {
  const auto [k1, b] = parameters;
  const float average = statistics.documents == 0
                            ? 1.0F
                            : static_cast<float>(static_cast<double>(statistics.total_term_frequency) /
                                                 static_cast<double>(statistics.documents));
  auto made = std::make_shared<InverseNorms>();
  for (std::size_t i = 0; i < made->size(); ++i) {
    const auto length = static_cast<float>(decode_length(static_cast<std::uint8_t>(i)));
    (*made)[i] = 1.0F / (k1 * ((1.0F - b) + b * length / average));
  }
  return made;
}

float Bm25::bound(const Impacts& impacts) const {
  float highest = 0;
  for (const Impact& impact : impacts) {
    // 255 stands for any frequency from there on.
    if (impact.frequency == 255) return weight_;
    highest = std::max(highest, score(static_cast<float>(impact.frequency), impact.length));
  }
  return highest;
}

}  // namespace stele::engine
