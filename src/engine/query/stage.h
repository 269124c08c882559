#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/doc_key.h"
#include "engine/query/query.h"
#include "engine/schema.h"

namespace stele::engine {

// How does one get from collections to a ranked list? A tree of stages: leaves retrieve, inner ones fuse,
// rescore or select what their inputs gave. Elasticsearch's retrievers and Qdrant's prefetch are both such
// trees.
//
// A ranked list is ordered by score in its direction (best first), ties by target, then by age of the
// version.

// How a raw similarity becomes a score.
enum class ScoreForm : std::uint8_t {
  // As it is: cosine and dot descending; Euclidean and Manhattan distances ascending.
  kRaw,
  // Elasticsearch's, always descending: (1 + cos)/2, (1 + dot)/2, 1/(1 + euclid²); Manhattan 1/(1 +
  // distance).
  kElastic,
  // Elasticsearch's max_inner_product, for kDot only: 1/(1 - dot) below zero, else dot + 1.
  kMaxInnerProduct,
};

enum class Direction : std::uint8_t { kDescending, kAscending };

// The documents that a query matches, with its scores.
struct TextSearch {
  QueryPtr query;
};

// The nearest neighbours of a vector, or of a document's vector of that field.
struct Nearest {
  std::string field;
  std::vector<float> vector = {};
  std::optional<DocKey> like = {};  // instead of `vector`; that document is left out of the result
  ScoreForm form = ScoreForm::kRaw;
};

// Sparse vectors: dot product over the common indices.
struct SparseSearch {
  std::string field;
  std::vector<std::uint32_t> indices;
  std::vector<float> weights;
  bool idf = false;
};

// Late interaction: for every query vector its best match among the document's vectors, summed.
struct MaxSim {
  std::string field;
  std::vector<std::vector<float>> vectors;
};

// Examples given as vectors or as documents.
struct Examples {
  std::vector<std::vector<float>> vectors = {};
  std::vector<DocKey> keys = {};
};

struct Recommend {
  enum class Strategy : std::uint8_t { kAverageVector, kBestScore, kSumScores };
  std::string field;
  Examples positive;
  Examples negative = {};
  Strategy strategy = Strategy::kAverageVector;
};

struct ContextPair {
  Examples positive;  // one example each
  Examples negative;
};
struct Discover {
  std::string field;
  Examples target;
  std::vector<ContextPair> context;
};
struct Context {
  std::string field;
  std::vector<ContextPair> context;
};

// By a field's value, one entry a document (its least or greatest value); documents without one are left out.
// The score is the value.
struct OrderBy {
  std::string field;
  Direction direction = Direction::kAscending;
  std::optional<Value> start_from = {};
};

// Documents at random, by a hash of seed and key.
struct Sample {
  std::uint64_t seed = 0;
};

struct Retrieve {
  std::variant<TextSearch, Nearest, SparseSearch, MaxSim, Recommend, Discover, Context, OrderBy, Sample>
      source;
  QueryPtr filter = nullptr;  // in filter context, beside the target's own
  // The best k of each collection; none: all that match (TextSearch, OrderBy and Sample only).
  std::optional<std::size_t> k = {};
  std::size_t ef = 0;  // effort of an approximate search: candidates looked at; 0: the collection's default
  bool exact = false;  // never approximate
  bool indexed_only = false;  // leaves out segments whose vectors are to be indexed and are not yet
  std::optional<float> score_threshold = {};  // at least this good, in the score's direction
  std::string lookup_from = {};               // another collection (by the snapshot's names) for example keys
};

// Joins the lists of its inputs; a document is one entry, whatever number of lists it comes from.
struct Fuse {
  enum class Method : std::uint8_t {
    kSum,     // sum of scores
    kRrf,     // reciprocal ranks, see below
    kDbsf,    // scores normalised by mean and three standard deviations of their list, summed
    kLinear,  // sum of weight × normalised score
  };
  // Reciprocal rank, rank from 1: kScaleScore weight / (rank_constant + rank) (Elasticsearch);
  // kScaleRank 1 / (rank_constant + rank / weight) (Qdrant, whose k is rank_constant + 1).
  enum class RankWeight : std::uint8_t { kScaleScore, kScaleRank };
  enum class Normalizer : std::uint8_t { kNone, kMinMax, kL2 };
  Method method = Method::kSum;
  std::size_t rank_constant = 60;
  RankWeight rank_weight = RankWeight::kScaleScore;
  Normalizer normalizer = Normalizer::kNone;
  std::vector<float> weights = {};         // one an input; none: all 1
  std::optional<std::size_t> window = {};  // only so many of each input
  std::optional<float> score_threshold = {};
  std::optional<std::size_t> limit = {};
};

// Scores the first `window` of its one input anew and sorts them; what lies behind keeps its place after
// them.
struct Rescore {
  enum class Mode : std::uint8_t { kTotal, kMultiply, kAverage, kMax, kMin };
  QueryPtr query = nullptr;             // Elasticsearch's rescore
  std::optional<Nearest> nearest = {};  // Qdrant's nearest over a prefetch; replaces the score
  std::size_t window = 10;
  float query_weight = 1;
  float rescore_weight = 1;
  Mode mode = Mode::kTotal;
  // Qdrant's maximal marginal relevance (kUnsupported until vectors' issue): 0 = none, else the diversity's
  // weight.
  std::optional<float> mmr_diversity = {};
};

enum class SortMode : std::uint8_t { kDefault, kMin, kMax, kSum, kAverage, kMedian };

// kDefault: the least value ascending, the greatest descending.
struct SortKey {
  enum class Kind : std::uint8_t {
    kScore,
    kDoc,  // in the order of the versions' age
    kKey,  // by DocKey
    kField,
  };
  enum class Missing : std::uint8_t { kLast, kFirst, kValue };
  Kind kind = Kind::kField;
  std::string field = {};
  Direction direction = Direction::kAscending;
  SortMode mode = SortMode::kDefault;
  Missing missing = Missing::kLast;
  Value missing_value = {};
  bool unmapped_ok = false;  // all documents count as missing where the field is not in the schema
};

struct Collapse {
  std::string
      field;  // keyword or integer, the least value of a document; documents without one are one group
  std::size_t group_size = 1;  // hits kept of each group, the best ones; Qdrant's groups want more than one
  bool skip_missing = false;   // Qdrant: documents without the field are left out
};

struct Select {
  QueryPtr post_filter = nullptr;
  std::optional<float> min_score = {};
  std::optional<Collapse> collapse = {};
  std::vector<SortKey> sort = {};        // empty: the input's order
  std::vector<Value> search_after = {};  // one a sort key: only what sorts after it
  std::size_t offset = 0;
  std::size_t limit = 10;  // groups, where collapse has group_size > 1
};

// `name` is what totals, aggregations and messages refer to; unique in the tree where it is not empty.
// Inputs: Retrieve none, Rescore and Select one, Fuse one or more.
struct Stage {
  std::variant<Retrieve, Fuse, Rescore, Select> step;
  std::vector<Stage> inputs = {};
  std::string name = {};
};

}  // namespace stele::engine
