#include <array>
#include <vector>

#include "text/grams.h"
#include "text/positions.h"
#include "text/unicode.h"
#include "text/word_set.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// All pieces of min to max characters of each term, or those at one edge. They share the token's position and
// offsets.
class GramFilter final : public TokenFilter {
 public:
  enum class From { kEverywhere, kFront, kBack };
  GramFilter(GramSizes sizes, From from, bool preserve_original)
      : sizes_(sizes), from_(from), preserve_original_(preserve_original) {}

  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::uint32_t increment = 0;
    std::vector<std::size_t> cuts;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      increment += increment_of(tokens, i);
      const Token& token = tokens[i];
      cuts.clear();
      for (std::size_t at = 0; at < token.term.size(); at += decode_at(token.term, at).bytes)
        cuts.push_back(at);
      cuts.push_back(token.term.size());
      const std::size_t characters = cuts.size() - 1;
      const auto add = [&](std::size_t from, std::size_t to) {
        Token gram = token;
        gram.term = token.term.substr(from, to - from);
        out.add(std::move(gram), increment);
        increment = 0;
      };
      if (characters < sizes_.min) {
        if (preserve_original_) add(0, token.term.size());
        continue;
      }
      const std::size_t starts = from_ == From::kEverywhere ? characters : 1;
      for (std::size_t start = 0; start < starts; ++start) {
        for (std::size_t size = sizes_.min; size <= sizes_.max && start + size <= characters; ++size) {
          if (from_ == From::kBack)
            add(cuts[characters - size], token.term.size());
          else
            add(cuts[start], cuts[start + size]);
        }
      }
      if (preserve_original_ && characters > sizes_.max) add(0, token.term.size());
    }
    tokens = out.finish(tokens.holes_at_end + increment);
  }

 private:
  GramSizes sizes_;
  From from_;
  bool preserve_original_;
};

Result<TokenFilterPtr> make_ngram(const Parameters& parameters, const Workshop& workshop) {
  STELE_TRY(const GramSizes sizes,
            read_gram_sizes(parameters, 1, 2,
                            GramLimit{"NGram Tokenizer", workshop.registry.analysis().max_ngram_diff}));
  STELE_TRY(const bool preserve, parameters.boolean("preserve_original", false));
  return std::make_shared<const GramFilter>(sizes, GramFilter::From::kEverywhere, preserve);
}

Result<TokenFilterPtr> make_edge_ngram(const Parameters& parameters, const Workshop&) {
  // The name alone means single letters.
  STELE_TRY(const GramSizes sizes, read_gram_sizes(parameters, 1, parameters.values().empty() ? 1 : 2, {}));
  STELE_TRY(const bool preserve, parameters.boolean("preserve_original", false));
  const std::string side = parameters.text("side", "front");
  if (side != "front" && side != "back") return illegal("invalid side: " + side);
  return std::make_shared<const GramFilter>(
      sizes, side == "back" ? GramFilter::From::kBack : GramFilter::From::kFront, preserve);
}

// Pairs of words of which one is common, beside the words (or, for queries, in their place).
class CommonGramsFilter final : public TokenFilter {
 public:
  CommonGramsFilter(WordSet words, bool query) : words_(std::move(words)), query_(query) {}
  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    bool covered = false;  // the word before made a pair with this one
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const bool pairs = i + 1 < tokens.size() && makes_pair(tokens, i);
      const bool last = i + 1 == tokens.size();
      if (!query_ || (!pairs && !(covered && last))) out.add(tokens[i], increment_of(tokens, i));
      if (pairs) {
        Token pair = tokens[i];
        pair.term += '_' + tokens[i + 1].term;
        pair.end = tokens[i + 1].end;
        pair.type = TokenType::kGram;
        pair.position_length = query_ ? 1 : 2;
        out.add(std::move(pair), query_ ? 1 : 0);
      }
      covered = pairs;
    }
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  bool makes_pair(const Tokens& tokens, std::size_t i) const {
    return words_.contains(tokens[i].term) || words_.contains(tokens[i + 1].term);
  }
  WordSet words_;
  bool query_;
};

Result<TokenFilterPtr> make_common_grams(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const bool ignore_case, parameters.boolean("ignore_case", false));
  STELE_TRY(const bool query, parameters.boolean("query_mode", false));
  const std::vector<std::string> words = parameters.list("common_words");
  if (words.empty())
    return illegal(
        "missing or empty [common_words] or [common_words_path] configuration for common_grams token filter");
  return std::make_shared<const CommonGramsFilter>(WordSet(words, ignore_case), query);
}

constexpr std::array kRows = {
    TokenFilterRow{"ngram", make_ngram},
    TokenFilterRow{"nGram", make_ngram},
    TokenFilterRow{"edge_ngram", make_edge_ngram},
    TokenFilterRow{"edgeNGram", make_edge_ngram},
    TokenFilterRow{"common_grams", make_common_grams},
};

}  // namespace

std::span<const TokenFilterRow> gram_filter_rows() {
  return kRows;
}

}  // namespace stele::text
