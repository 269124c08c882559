#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"

namespace stele::qdrant {

// How does a payload index of type "text" cut texts into tokens?
struct TextIndex {
  enum class Tokenizer : std::uint8_t { kWord, kWhitespace, kPrefix, kMultilingual };
  Tokenizer tokenizer = Tokenizer::kWord;
  bool lowercase = true;
  std::size_t min_length = 0;
  std::size_t max_length = SIZE_MAX;

  // From an index's schema: "text" or {"type": "text", …}; nothing for other types.
  static std::optional<TextIndex> from_json(json::Value schema);
  std::vector<std::string> tokens(std::string_view text) const;
};

// Every token of `query`, any of them, or all in a row. A query without tokens matches nothing.
bool has_all_tokens(const TextIndex& index, std::string_view text, std::string_view query);
bool has_any_token(const TextIndex& index, std::string_view text, std::string_view query);
bool has_phrase(const TextIndex& index, std::string_view text, std::string_view query);

// Without an index: substrings, as Qdrant 1.18 does.
bool contains_any_word(std::string_view text, std::string_view words);

}  // namespace stele::qdrant
