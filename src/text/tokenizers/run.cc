#include "text/tokenizers/run.h"

#include "text/tokenizers/token_sink.h"
#include "text/unicode.h"

namespace stele::text {

RunTokenizer::RunTokenizer(Belongs belongs, std::size_t token_length_max, bool lower)
    : belongs_(std::move(belongs)), token_length_max_(token_length_max), lower_(lower) {
  for (std::uint32_t c = 0; c < ascii_.size(); ++c) ascii_[c] = belongs_(c);
}

void RunTokenizer::tokenize(std::string_view text, Tokens& tokens) const {
  TokenSink sink(text, tokens, token_length_max_, lower_);
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    std::size_t bytes = 1;
    bool belongs = false;
    if (c < 0x80) {
      belongs = ascii_[c];
    } else {
      const CodePoint point = decode_at(text, at);
      bytes = point.bytes;
      belongs = point.value != kBadByte && belongs_(point.value);
    }
    if (!belongs) {
      if (at > start) sink.add(start, at, TokenType::kWord);
      start = at + bytes;
    }
    at += bytes;
  }
  if (at > start) sink.add(start, at, TokenType::kWord);
}

TokenizerPtr RunTokenizer::in_lower_case() const {
  return std::make_shared<const RunTokenizer>(belongs_, token_length_max_, true);
}

}  // namespace stele::text
