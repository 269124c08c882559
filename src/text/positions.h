#pragma once

#include "text/token.h"

namespace stele::text {

// Writes a new list of tokens by increments, as Lucene's streams carry them, while an old list is read.
class PositionWriter {
 public:
  explicit PositionWriter(const Tokens& from) { out_.text_size = from.text_size; }

  // Appends a token `increment` positions after the last one.
  Token& add(Token token, std::uint32_t increment) {
    next_ += increment;
    token.position = static_cast<std::uint32_t>(next_ < 0 ? 0 : next_);
    out_.push_back(std::move(token));
    return out_.back();
  }
  // The list; `end_increment` positions without tokens at its end.
  Tokens finish(std::uint32_t end_increment) {
    out_.holes_at_end = end_increment;
    return std::move(out_);
  }

 private:
  Tokens out_;
  std::int64_t next_ = -1;
};

// Positions from the token before tokens[i] to it.
inline std::uint32_t increment_of(const Tokens& tokens, std::size_t i) {
  return i == 0 ? tokens[0].position + 1 : tokens[i].position - tokens[i - 1].position;
}

}  // namespace stele::text
