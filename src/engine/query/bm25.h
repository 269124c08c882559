#pragma once

#include <array>
#include <cstdint>

#include "engine/postings/impacts.h"
#include "engine/schema.h"

namespace stele::engine {

// What BM25 needs to know of a field: over all segments of a view, dead versions that are still there
// included, for documents, terms and lengths alike.
struct FieldStatistics {
  std::uint64_t documents = 0;
  std::uint64_t total_term_frequency = 0;
};

// BM25 as Elasticsearch 8 scores: Lucene's BM25Similarity (lengths of one byte) times k1 + 1
// (LegacyBM25Similarity), in Lucene's own order of float operations. Immutable.
class Bm25 {
 public:
  // `norms` false: every length counts as 1, as Lucene takes fields without norms.
  Bm25(const FieldStatistics& statistics, const Bm25Parameters& parameters, float idf, float boost,
       bool norms);
  float score(float frequency, std::uint8_t encoded_length) const {
    const float inverse = inverse_norms_[norms_ ? encoded_length : 1];
    return weight_ - weight_ / (1.0F + frequency * inverse);
  }
  // No document with these impacts scores higher.
  float bound(const Impacts& impacts) const;
  // Nor any at all.
  float bound() const { return weight_; }
  static float idf(std::uint64_t document_frequency, std::uint64_t documents);

 private:
  float weight_;
  bool norms_;
  std::array<float, 256> inverse_norms_;
};

}  // namespace stele::engine
