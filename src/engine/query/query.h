#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/doc_key.h"
#include "engine/query/minimum_should_match.h"
#include "engine/value.h"

namespace stele::engine {

// Which documents match and, in query context, how well? One tree for the dialects of all heads, which
// resolve what is theirs alone (date maths, wildcards in field names, lookups) before they build it. Nodes
// are immutable and shared.
//
// Values are converted to the field's type by coerce(); one that cannot be is kInvalidArgument, or no match
// where the node is `lenient`. Several values in a field: one that matches is enough.
struct Document;
struct Query;
using QueryPtr = std::shared_ptr<const Query>;

enum class Operator : std::uint8_t { kOr, kAnd };

struct MatchAll {};
struct MatchNone {};

// Text → terms by the field's search analyzer → a disjunction or conjunction of terms. On a field that is not
// kText: the text as one value.
struct Match {
  std::string field;
  Value text;
  Operator op = Operator::kOr;
  MinimumShouldMatch minimum_should_match = {};
  std::string analyzer = {};  // empty: the field's
  // Elasticsearch's fuzziness ("AUTO", "AUTO:3,6", "1"); empty: exact terms. Else each term stands for those
  // near it, as Fuzzy says.
  std::string fuzziness = {};
  bool all_if_no_terms = false;  // zero_terms_query: all
  bool lenient = false;
  std::uint32_t prefix_length = 0;
  std::uint32_t expansions_max = 50;
  bool transpositions = true;
};

// The terms at their positions, moved by up to `slop` places. With `prefix` the last term is a beginning
// (match_phrase_prefix), expanded to at most `expansions_max` terms.
struct MatchPhrase {
  std::string field;
  std::string text;
  std::uint32_t slop = 0;
  std::string analyzer = {};
  bool prefix = false;
  std::uint32_t expansions_max = 50;
};

struct FieldBoost {
  std::string field;
  float boost = 1;
};

enum class MultiMatchType : std::uint8_t {
  kBestFields,    // dis_max of one match a field
  kMostFields,    // their sum
  kCrossFields,   // each term in any field, statistics blended
  kPhrase,        // dis_max of one match_phrase a field
  kPhrasePrefix,  // dis_max of one match_phrase with `prefix` a field
  kBoolPrefix,    // most_fields, the last term a prefix
};

struct MultiMatch {
  std::vector<FieldBoost> fields;
  Value text;
  MultiMatchType type = MultiMatchType::kBestFields;
  Operator op = Operator::kOr;
  MinimumShouldMatch minimum_should_match = {};
  std::optional<float> tie_breaker = {};  // default by type: 0, most_fields 1
  std::string analyzer = {};
  std::string fuzziness = {};
  std::uint32_t slop = 0;
  bool lenient = false;
  std::uint32_t prefix_length = 0;
  std::uint32_t expansions_max = 50;
  bool transpositions = true;
};

// One exact term: in text, the term as the index holds it; else the value. Scores as text where the field is
// text or keyword (a keyword has no norms), 1 × boost else.
struct Term {
  std::string field;
  Value value;
  bool case_insensitive = false;  // ASCII letters
};

// Any of the values; constant score. Qdrant's match any.
struct Terms {
  std::string field;
  std::vector<Value> values;
};

// At least one value of the field is none of `values` (Qdrant's match except; not the negation of Terms).
// Constant score.
struct TermsExcept {
  std::string field;
  std::vector<Value> values;
};

// Constant score. On keyword and text fields: terms by bytes.
struct Range {
  std::string field;
  std::optional<Value> gt = {};
  std::optional<Value> gte = {};
  std::optional<Value> lt = {};
  std::optional<Value> lte = {};
};

struct Exists {
  std::string field;  // also an object's path: any field below it
};

struct Ids {
  std::vector<DocKey> keys;
};

// Terms beginning with `value`; constant score, as are Wildcard and Regexp.
struct Prefix {
  std::string field;
  std::string value;
  bool case_insensitive = false;
};

// '*' any run, '?' one character, '\' takes the next literally.
struct Wildcard {
  std::string field;
  std::string pattern;
  bool case_insensitive = false;
};

// Lucene's regular expressions, over whole terms.
struct Regexp {
  std::string field;
  std::string pattern;
  bool case_insensitive = false;
};

// The terms within some edits of `value` (characters put in, left out, replaced, or two neighbours
// exchanged), `prefix_length` characters standing as they are: the nearest `expansions_max`, scored as
// Elasticsearch's top_terms_blended_freqs does.
struct Fuzzy {
  std::string field;
  std::string value;
  std::string fuzziness = "AUTO";
  std::uint32_t prefix_length = 0;
  std::uint32_t expansions_max = 50;
  bool transpositions = true;
};

// `must` and `should` score, `filter` and `must_not` do not. By default at least one `should` must match if
// there is neither must nor filter, else none has to; the score is the sum of the clauses that match. With
// none but must_not or filter clauses the score is 0.
struct Bool {
  std::vector<QueryPtr> must = {};
  std::vector<QueryPtr> filter = {};
  std::vector<QueryPtr> should = {};
  std::vector<QueryPtr> must_not = {};
  MinimumShouldMatch minimum_should_match = {};
};

// `filter` in filter context; each match scores the node's boost.
struct ConstantScore {
  QueryPtr filter;
};

// The best clause's score and tie_breaker times the others'.
struct DisMax {
  std::vector<QueryPtr> queries;
  float tie_breaker = 0;
};

// `positive`, its scores multiplied by `negative_boost` where `negative` matches.
struct Boosting {
  QueryPtr positive;
  QueryPtr negative;
  float negative_boost = 0.5F;
};

// Elasticsearch's function_score, as far as it needs no script.
struct ScoreFunction {
  enum class Kind : std::uint8_t { kWeight, kFieldValueFactor, kRandom, kGauss, kExp, kLinear };
  enum class Modifier : std::uint8_t {
    kNone,
    kLog,
    kLog1p,
    kLog2p,
    kLn,
    kLn1p,
    kLn2p,
    kSquare,
    kSqrt,
    kReciprocal
  };
  Kind kind = Kind::kWeight;
  QueryPtr filter = nullptr;  // null: for all documents
  float weight = 1;           // multiplies the other kinds
  std::string field = {};
  float factor = 1;
  Modifier modifier = Modifier::kNone;
  std::optional<double> missing = {};
  // Decay: numbers, or nanoseconds for dates.
  double origin = 0;
  double scale = 0;
  double offset = 0;
  double decay = 0.5;
  std::uint64_t seed = 0;  // kRandom: a hash of seed and key
};

enum class ScoreCombination : std::uint8_t { kMultiply, kSum, kAverage, kFirst, kMax, kMin, kReplace };

struct FunctionScore {
  QueryPtr query;
  std::vector<ScoreFunction> functions;
  ScoreCombination score_mode = ScoreCombination::kMultiply;  // functions with each other
  ScoreCombination boost_mode = ScoreCombination::kMultiply;  // with the query's score
  std::optional<float> max_boost = {};
  std::optional<float> min_score = {};
};

// Objects of a list matched one by one, under `path`.
struct Nested {
  enum class ScoreMode : std::uint8_t { kNone, kAverage, kSum, kMax, kMin };
  std::string path;
  QueryPtr query;
  ScoreMode score_mode = ScoreMode::kAverage;
  bool unmapped_ok = false;
};

// A vector search as a clause: the k nearest of each collection match, scored as Nearest (stage.h) says.
struct KnnClause {
  std::string field;
  std::vector<float> vector;
  std::size_t k = 10;
  std::size_t ef = 0;
  QueryPtr filter = nullptr;
};

// Qdrant's conditions with no like above. Constant score.
struct MatchText {  // every token ("text"), any token ("text_any") or the phrase of `text` occurs in the
                    // field
  enum class Mode : std::uint8_t { kAll, kAny, kPhrase };
  std::string field;
  std::string text;
  Mode mode = Mode::kAll;
};
struct ValuesCount {  // how many values the field has; an absent field has none
  std::string field;
  std::optional<std::uint64_t> gt = {};
  std::optional<std::uint64_t> gte = {};
  std::optional<std::uint64_t> lt = {};
  std::optional<std::uint64_t> lte = {};
};
struct IsEmpty {  // absent, null or an empty list
  std::string field;
};
struct IsNull {  // present, and null or with a null among its values
  std::string field;
};
struct HasVector {
  std::string field;
};
struct MinShould {  // at least min_count of the conditions
  std::vector<QueryPtr> conditions;
  std::size_t min_count = 1;
};

// What fields cannot say: a head's own question to a whole document (Qdrant's conditions on the payload,
// whose members need no mapping). Pure; asked from any thread, about dead versions too.
class DocumentTest {
 public:
  virtual ~DocumentTest() = default;
  virtual bool matches(const Document& document) const = 0;
};
// The documents of `within` (null: all) for which the test holds. `within` only saves work: it matches, at
// least, all that the test holds for. Constant score.
struct Where {
  std::shared_ptr<const DocumentTest> test;
  QueryPtr within = nullptr;
};

struct Query {
  std::variant<MatchAll, MatchNone, Match, MatchPhrase, MultiMatch, Term, Terms, TermsExcept, Range, Exists,
               Ids, Prefix, Wildcard, Regexp, Fuzzy, Bool, ConstantScore, DisMax, Boosting, FunctionScore,
               Nested, KnnClause, MatchText, ValuesCount, IsEmpty, IsNull, HasVector, MinShould, Where>
      node;
  float boost = 1;        // multiplies the score of the whole node
  std::string name = {};  // not empty: listed in Hit::matched_names where the node matches
};

// make_query(Term{"status", "open"}), make_query(Match{...}, 2.0F, "title").
template <class Node>
QueryPtr make_query(Node node, float boost = 1, std::string name = {}) {
  return std::make_shared<const Query>(Query{std::move(node), boost, std::move(name)});
}

// The node's name in messages: "match", "term", "bool", …
std::string_view node_name(const Query& query);

}  // namespace stele::engine
