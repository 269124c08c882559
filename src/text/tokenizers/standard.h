#pragma once

#include "text/component.h"

namespace stele::text {

// Unicode's word boundaries (UAX #29) as Lucene's StandardTokenizer applies them: words and numbers are
// tokens, each Han and Hiragana character is one, a run of South-East Asian letters is one, an emoji sequence
// is one; what lies between is dropped. Tokens longer than `token_length_max` UTF-16 units are cut into
// pieces, as Lucene cuts them. Runs of ASCII take a short way.
class StandardTokenizer final : public Tokenizer {
 public:
  static constexpr std::size_t kTokenLengthMax = 255;
  explicit StandardTokenizer(std::size_t token_length_max = kTokenLengthMax, bool lower = false)
      : token_length_max_(token_length_max), lower_(lower) {}
  void tokenize(std::string_view text, Tokens& tokens) const override;
  TokenizerPtr in_lower_case() const override;

 private:
  std::size_t token_length_max_;
  bool lower_;
};

}  // namespace stele::text
