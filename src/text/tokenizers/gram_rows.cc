#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "text/grams.h"
#include "text/tokenizers/character_class.h"
#include "text/unicode.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// All pieces of min to max characters, or those that begin where a run of token characters does. A piece
// holds token characters alone. Cost: quadratic in max.
class GramTokenizer final : public Tokenizer {
 public:
  GramTokenizer(GramSizes sizes, bool edges_only, std::function<bool(std::uint32_t)> is_token_character)
      : sizes_(sizes), edges_only_(edges_only), is_token_character_(std::move(is_token_character)) {}

  void tokenize(std::string_view text, Tokens& tokens) const override {
    std::vector<std::size_t> run;  // where its characters begin, and its end
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint point = decode_at(text, at);
      const bool belongs =
          is_token_character_ ? point.value != kBadByte && is_token_character_(point.value) : true;
      if (belongs) {
        run.push_back(at);
      } else if (!run.empty()) {
        run.push_back(at);
        add_run(text, run, tokens);
        run.clear();
      }
      at += point.bytes;
    }
    if (run.empty()) return;
    run.push_back(text.size());
    add_run(text, run, tokens);
  }

 private:
  void add_run(std::string_view text, const std::vector<std::size_t>& run, Tokens& tokens) const {
    const std::size_t characters = run.size() - 1;
    for (std::size_t i = 0; i < (edges_only_ ? 1 : characters); ++i) {
      for (std::size_t size = sizes_.min; size <= sizes_.max && i + size <= characters; ++size) {
        Token& token = tokens.emplace_back();
        token.start = run[i];
        token.end = run[i + size];
        token.term = text.substr(token.start, token.end - token.start);
        token.position = static_cast<std::uint32_t>(tokens.size() - 1);
      }
    }
  }

  GramSizes sizes_;
  bool edges_only_;
  std::function<bool(std::uint32_t)> is_token_character_;
};

Result<TokenizerPtr> make(const Parameters& parameters, const Workshop& workshop, bool edges_only) {
  STELE_TRY(const GramSizes sizes,
            edges_only
                ? read_gram_sizes(parameters, 1, 2, {})
                : read_gram_sizes(parameters, 1, 2,
                                  GramLimit{"NGram Tokenizer", workshop.registry.analysis().max_ngram_diff}));
  std::vector<std::string> classes = parameters.list("token_chars");
  std::function<bool(std::uint32_t)> belongs;
  if (!classes.empty()) {
    const bool custom = std::erase(classes, "custom") > 0;
    STELE_TRY(belongs, character_class(classes, true));
    if (custom) {
      std::vector<std::uint32_t> letters;
      const std::string given = parameters.text("custom_token_chars");
      if (given.empty()) return illegal("Token type: 'custom' requires setting `custom_token_chars`");
      for (std::size_t at = 0; at < given.size(); at += decode_at(given, at).bytes)
        letters.push_back(decode_at(given, at).value);
      belongs = [named = std::move(belongs), letters = std::move(letters)](std::uint32_t c) {
        return named(c) || std::ranges::find(letters, c) != letters.end();
      };
    }
  }
  return std::make_shared<const GramTokenizer>(sizes, edges_only, std::move(belongs));
}

Result<TokenizerPtr> make_ngram(const Parameters& parameters, const Workshop& workshop) {
  return make(parameters, workshop, false);
}
Result<TokenizerPtr> make_edge_ngram(const Parameters& parameters, const Workshop& workshop) {
  return make(parameters, workshop, true);
}

constexpr std::array kRows = {TokenizerRow{"ngram", make_ngram}, TokenizerRow{"nGram", make_ngram},
                              TokenizerRow{"edge_ngram", make_edge_ngram},
                              TokenizerRow{"edgeNGram", make_edge_ngram}};

}  // namespace

std::span<const TokenizerRow> gram_tokenizer_rows() {
  return kRows;
}

}  // namespace stele::text
