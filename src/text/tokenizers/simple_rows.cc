#include <fmt/format.h>

#include <array>

#include "text/tokenizers/character_class.h"
#include "text/tokenizers/run.h"
#include "text/tokenizers/standard.h"
#include "text/unicode.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

constexpr std::int64_t kLengthMax = 1024 * 1024;

Result<std::size_t> length_max(const Parameters& parameters) {
  STELE_TRY(const std::int64_t length, parameters.integer("max_token_length", 255));
  if (length < 1 || length > kLengthMax)
    return illegal(
        fmt::format("maxTokenLength must be greater than 0 and less than {} passed: {}", kLengthMax, length));
  return static_cast<std::size_t>(length);
}

// The whole text, empty or not, as one token.
class KeywordTokenizer final : public Tokenizer {
 public:
  void tokenize(std::string_view text, Tokens& tokens) const override {
    Token& token = tokens.emplace_back();
    token.term = text;
    token.end = text.size();
  }
};

Result<TokenizerPtr> make_standard(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::size_t length, length_max(parameters));
  return std::make_shared<const StandardTokenizer>(length);
}

Result<TokenizerPtr> make_keyword(const Parameters&, const Workshop&) {
  return std::make_shared<const KeywordTokenizer>();
}

Result<TokenizerPtr> make_letter(const Parameters&, const Workshop&) {
  return std::make_shared<const RunTokenizer>(is_letter, 255);
}

Result<TokenizerPtr> make_lowercase(const Parameters&, const Workshop&) {
  return std::make_shared<const RunTokenizer>(is_letter, 255, true);
}

Result<TokenizerPtr> make_whitespace(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::size_t length, length_max(parameters));
  return std::make_shared<const RunTokenizer>([](std::uint32_t c) { return !is_whitespace(c); }, length);
}

Result<TokenizerPtr> make_char_group(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::size_t length, length_max(parameters));
  STELE_TRY(auto separates, character_class(parameters.raw_list("tokenize_on_chars"), false));
  return std::make_shared<const RunTokenizer>(
      [separates = std::move(separates)](std::uint32_t c) { return !separates(c); }, length);
}

constexpr std::array kRows = {
    TokenizerRow{"standard", make_standard},     TokenizerRow{"keyword", make_keyword},
    TokenizerRow{"letter", make_letter},         TokenizerRow{"lowercase", make_lowercase},
    TokenizerRow{"whitespace", make_whitespace}, TokenizerRow{"char_group", make_char_group},
};

}  // namespace

std::span<const TokenizerRow> simple_tokenizer_rows() {
  return kRows;
}

}  // namespace stele::text
