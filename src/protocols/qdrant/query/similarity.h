#pragma once

#include <vector>

#include "engine/schema.h"

namespace stele::qdrant {

// How do several examples make a score? As Qdrant's segments do: similarities grow with nearness, so
// distances count negatively (Euclid's as its square). Source: Qdrant's lib/segment/src/vector_storage/query.
using Vectors = std::vector<std::vector<float>>;

float similarity(engine::Similarity distance, const std::vector<float>& left,
                 const std::vector<float>& right);

// The positive mean, moved away from the negative one.
std::vector<float> average_vector(const Vectors& positive, const Vectors& negative);
float best_score(engine::Similarity distance, const Vectors& positive, const Vectors& negative,
                 const std::vector<float>& vector);
float sum_scores(engine::Similarity distance, const Vectors& positive, const Vectors& negative,
                 const std::vector<float>& vector);
// Pairs are one positive and one negative of the same place.
float discover_score(engine::Similarity distance, const std::vector<float>& target, const Vectors& positive,
                     const Vectors& negative, const std::vector<float>& vector);
float context_score(engine::Similarity distance, const Vectors& positive, const Vectors& negative,
                    const std::vector<float>& vector);

}  // namespace stele::qdrant
