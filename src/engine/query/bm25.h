#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "engine/postings/impacts.h"
#include "engine/schema.h"

namespace stele::engine {

// What BM25 needs to know of a field: over all segments of a view, dead versions that are still there
// included, for documents, terms and lengths alike.
struct FieldStatistics {
  std::uint64_t documents = 0;
  std::uint64_t total_term_frequency = 0;
};

// How much a length takes away, by its encoded form: the same for all terms of a field. Making one takes as
// long as looking up a term.
using InverseNorms = std::array<float, 256>;
std::shared_ptr<const InverseNorms> make_inverse_norms(const FieldStatistics& statistics,
                                                       const Bm25Parameters& parameters);

// BM25 as Elasticsearch 8 scores: Lucene's BM25Similarity (lengths of one byte) times k1 + 1
// (LegacyBM25Similarity), in Lucene's own order of float operations. Immutable.
class Bm25 {
 public:
  // `norms` false: every length counts as 1, as Lucene takes fields without norms.
  Bm25(const FieldStatistics& statistics, const Bm25Parameters& parameters, float idf, float boost,
       bool norms)
      : Bm25(make_inverse_norms(statistics, parameters), parameters.k1, idf, boost, norms) {}
  Bm25(std::shared_ptr<const InverseNorms> inverse_norms, float k1, float idf, float boost, bool norms)
      : weight_(boost * (1.0F + k1) * idf), norms_(norms), inverse_norms_(std::move(inverse_norms)) {}
  float score(float frequency, std::uint8_t encoded_length) const {
    return score(weight_, frequency, inverse_norm(encoded_length));
  }
  // Its parts, for who scores many.
  static float score(float weight, float frequency, float inverse_norm) {
    return weight - weight / (1.0F + frequency * inverse_norm);
  }
  float weight() const { return weight_; }
  float inverse_norm(std::uint8_t encoded_length) const {
    return (*inverse_norms_)[norms_ ? encoded_length : 1];
  }
  // No document with these impacts scores higher.
  float bound(const Impacts& impacts) const;
  // Nor any at all.
  float bound() const { return weight_; }
  static float idf(std::uint64_t document_frequency, std::uint64_t documents);

 private:
  float weight_;
  bool norms_;
  std::shared_ptr<const InverseNorms> inverse_norms_;
};

}  // namespace stele::engine
