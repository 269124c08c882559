#pragma once

#include <vector>

#include "engine/query/document_bits.h"
#include "engine/query/term_scorer.h"
#include "engine/query/top_scores.h"

namespace stele::engine {

// The documents of one sealed segment with any, or with all, of some terms, scored by the sum of their scores
// (in double, rounded once), into `top`. What cannot come in is passed over once all that is to be counted
// has been.

// Windows of 4,096 documents; in each, the terms whose bounds together stay below what comes in are only
// asked about the documents of the others (Turtle and Flood's MaxScore with block maxima; Lucene's
// MaxScoreBulkScorer).
void best_of_any(std::vector<TermScorer>& terms, const DocumentBits& allowed, TopScores& top);

// The rarest term leads; blocks of it that cannot come in are passed over.
void best_of_all(std::vector<TermScorer>& terms, const DocumentBits& allowed, TopScores& top);

}  // namespace stele::engine
