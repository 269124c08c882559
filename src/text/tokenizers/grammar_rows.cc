#include <unicode/ubrk.h>

#include <array>
#include <memory>

#include "text/regular_expression.h"
#include "text/tokenizers/standard.h"
#include "text/unicode.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

struct Close {
  void operator()(UBreakIterator* iterator) const { ubrk_close(iterator); }
};
using BreakIterator = std::unique_ptr<UBreakIterator, Close>;

// Words by ICU's dictionary, which Thai needs: between them stands no space. (Lucene asks the JDK's
// dictionary: a few words are cut elsewhere.)
class ThaiTokenizer final : public Tokenizer {
 public:
  void tokenize(std::string_view text, Tokens& tokens) const override {
    std::u16string wide;
    std::vector<std::uint32_t> bytes;
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint point = decode_at(text, at);
      std::u16string units;
      if (!to_utf16(text.substr(at, point.bytes), units)) units = u" ";
      bytes.insert(bytes.end(), units.size(), static_cast<std::uint32_t>(at));
      wide += units;
      at += point.bytes;
    }
    bytes.push_back(static_cast<std::uint32_t>(text.size()));
    UErrorCode status = U_ZERO_ERROR;
    const BreakIterator iterator(
        ubrk_open(UBRK_WORD, "th", wide.data(), static_cast<std::int32_t>(wide.size()), &status));
    if (U_FAILURE(status)) return;
    std::int32_t start = ubrk_first(iterator.get());
    for (std::int32_t end = ubrk_next(iterator.get()); end != UBRK_DONE; end = ubrk_next(iterator.get())) {
      const std::size_t from = bytes[static_cast<std::size_t>(start)];
      const std::size_t to = bytes[static_cast<std::size_t>(end)];
      start = end;
      const std::uint32_t first = decode_at(text, from).value;
      if (!is_letter(first) && !is_digit(first)) continue;
      Token& token = tokens.emplace_back();
      token.term = text.substr(from, to - from);
      token.start = from;
      token.end = to;
      token.position = static_cast<std::uint32_t>(tokens.size() - 1);
    }
  }
};

// The standard tokenizer's tokens, but URLs and mail addresses are one each. A host without a scheme counts
// when it ends in a country's two letters or one of the old generic domains.
class UrlTokenizer final : public Tokenizer {
 public:
  UrlTokenizer(RegularExpressionPtr addresses, std::size_t length_max)
      : addresses_(std::move(addresses)), words_(length_max), length_max_(length_max) {}

  void tokenize(std::string_view text, Tokens& tokens) const override {
    std::size_t from = 0;
    addresses_->search(text, [&](const std::vector<MatchRange>& groups) {
      const auto [start, end] = groups[0];
      if (end - start > length_max_) return true;
      add_words(text, from, start, tokens);
      Token token;
      token.term = text.substr(start, end - start);
      token.start = start;
      token.end = end;
      token.position = tokens.end_position();
      token.type = groups[1].matched() ? TokenType::kEmail : TokenType::kUrl;
      tokens.push_back(std::move(token));
      from = end;
      return true;
    });
    add_words(text, from, text.size(), tokens);
  }

 private:
  void add_words(std::string_view text, std::size_t start, std::size_t end, Tokens& tokens) const {
    Tokens words;
    words_.tokenize(text.substr(start, end - start), words);
    const std::uint32_t position = tokens.end_position();
    for (Token& word : words) {
      word.position += position;
      word.start += start;
      word.end += start;
      tokens.push_back(std::move(word));
    }
  }

  RegularExpressionPtr addresses_;
  StandardTokenizer words_;
  std::size_t length_max_;
};

constexpr std::string_view kAddresses =
    R"((?<![\p{L}\p{N}_])(?:)"
    R"(([A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\-]{0,61}[\p{L}\p{N}])?\.)+(?:[A-Za-z]{2,24})))"
    R"(|(?:https?|ftp|file)://(?:[^\s/?#"<>]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*)?(?:\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?(?:#[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?)"
    R"(|(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\p{L}\p{N}_.\-@]))"
    R"(|(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+(?:com|org|net|edu|gov|mil|int|info|biz|name|pro|aero|coop|museum|[a-z]{2})(?![\p{L}\p{N}_.\-@])(?::[0-9]{1,5})?(?:/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*)?(?:\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?(?:#[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?)"
    R"())";

Result<TokenizerPtr> make_url(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::int64_t length, parameters.integer("max_token_length", 255));
  if (length < 1 || length > 1024 * 1024) return illegal("maxTokenLength must be greater than zero");
  STELE_TRY(RegularExpressionPtr addresses, RegularExpression::compile(kAddresses, ""));
  return std::make_shared<const UrlTokenizer>(std::move(addresses), static_cast<std::size_t>(length));
}

Result<TokenizerPtr> make_thai(const Parameters&, const Workshop&) {
  return std::make_shared<const ThaiTokenizer>();
}

constexpr std::array kRows = {TokenizerRow{"uax_url_email", make_url}, TokenizerRow{"thai", make_thai}};

}  // namespace

std::span<const TokenizerRow> grammar_tokenizer_rows() {
  return kRows;
}

}  // namespace stele::text
