#include "protocols/qdrant/filter/text_match.h"

#include <algorithm>
#include <array>

#include "text/unicode.h"

namespace stele::qdrant {
namespace {

bool is_alphanumeric(std::uint32_t c) {
  if (c == text::kBadByte) return false;
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return text::is_letter(c) || text::word_class(c) == text::WordClass::kNumeric;
}

template <class Within>
std::vector<std::string> split(std::string_view text, const Within& within) {
  std::vector<std::string> tokens;
  std::string token;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_at(text, at);
    if (within(point.value)) {
      token += text.substr(at, point.bytes);
    } else if (!token.empty()) {
      tokens.push_back(std::move(token));
      token.clear();
    }
    at += point.bytes;
  }
  if (!token.empty()) tokens.push_back(std::move(token));
  return tokens;
}

bool contains(const std::vector<std::string>& tokens, const std::string& token) {
  return std::ranges::find(tokens, token) != tokens.end();
}

}  // namespace

std::optional<TextIndex> TextIndex::from_json(json::Value schema) {
  TextIndex index;
  if (schema.is_string()) return schema.string() == "text" ? std::optional(index) : std::nullopt;
  const auto type = schema.find("type");
  if (!type || !type->is_string() || type->string() != "text") return std::nullopt;
  constexpr std::array<std::pair<std::string_view, Tokenizer>, 4> kTokenizers = {
      {{"word", Tokenizer::kWord},
       {"whitespace", Tokenizer::kWhitespace},
       {"prefix", Tokenizer::kPrefix},
       {"multilingual", Tokenizer::kMultilingual}}};
  if (const auto name = schema.find("tokenizer"); name && name->is_string())
    for (const auto& [text, tokenizer] : kTokenizers)
      if (text == name->string()) index.tokenizer = tokenizer;
  if (const auto lowercase = schema.find("lowercase"); lowercase && lowercase->is_bool())
    index.lowercase = lowercase->boolean();
  if (const auto least = schema.find("min_token_len"))
    if (const auto length = least->as_uint64()) index.min_length = *length;
  if (const auto most = schema.find("max_token_len"))
    if (const auto length = most->as_uint64()) index.max_length = *length;
  return index;
}

std::vector<std::string> TextIndex::tokens(std::string_view text) const {
  std::vector<std::string> tokens = tokenizer == Tokenizer::kWhitespace
                                        ? split(text, [](std::uint32_t c) { return !text::is_whitespace(c); })
                                        : split(text, is_alphanumeric);
  if (lowercase)
    for (std::string& token : tokens) text::lowercase(token);
  std::erase_if(tokens, [this](const std::string& token) {
    const std::size_t length = text::count_code_points(token);
    return length < min_length || length > max_length;
  });
  return tokens;
}

bool has_all_tokens(const TextIndex& index, std::string_view text, std::string_view query) {
  const std::vector<std::string> wanted = index.tokens(query);
  const std::vector<std::string> there = index.tokens(text);
  const auto found = [&](const std::string& token) {
    if (index.tokenizer != TextIndex::Tokenizer::kPrefix) return contains(there, token);
    return std::ranges::any_of(there, [&](const std::string& word) { return word.starts_with(token); });
  };
  return !wanted.empty() && std::ranges::all_of(wanted, found);
}

bool has_any_token(const TextIndex& index, std::string_view text, std::string_view query) {
  const std::vector<std::string> there = index.tokens(text);
  return std::ranges::any_of(index.tokens(query),
                             [&](const std::string& token) { return contains(there, token); });
}

bool has_phrase(const TextIndex& index, std::string_view text, std::string_view query) {
  const std::vector<std::string> wanted = index.tokens(query);
  const std::vector<std::string> there = index.tokens(text);
  return !wanted.empty() && !std::ranges::search(there, wanted).empty();
}

bool contains_any_word(std::string_view text, std::string_view words) {
  return std::ranges::any_of(split(words, [](std::uint32_t c) { return !text::is_whitespace(c); }),
                             [text](const std::string& word) { return text.find(word) != text.npos; });
}

}  // namespace stele::qdrant
