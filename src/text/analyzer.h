#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/token.h"

namespace stele::text {

// Which bytes of a text are its tokens? Appends tokens in order; positions count from the number given on.
// Threads: immutable, share freely. Bad UTF-8 is never an error: each bad byte separates tokens.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual void tokenize(std::string_view text, Tokens& tokens) const = 0;
};

// What becomes of tokens? Changes, removes or adds some. Threads: immutable, share freely.
class TokenFilter {
 public:
  virtual ~TokenFilter() = default;
  virtual void filter(Tokens& tokens) const = 0;
};

// What are the terms of this text? A tokenizer and token filters in order (character filters come before them
// one day). Threads: immutable, share freely; no state between calls. Cost: linear; about 100 MB/s for ASCII
// text with `standard`.
class Analyzer {
 public:
  Analyzer(std::string name, std::shared_ptr<const Tokenizer> tokenizer,
           std::vector<std::shared_ptr<const TokenFilter>> filters);

  const std::string& name() const { return name_; }
  // Replaces what `tokens` holds (and reuses its memory).
  void analyze(std::string_view text, Tokens& tokens) const;
  Tokens analyze(std::string_view text) const;

 private:
  std::string name_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::vector<std::shared_ptr<const TokenFilter>> filters_;
};

// The built-in analyzer of that name: standard, simple, whitespace, keyword, stop, english. kNotFound else.
// One object a name for the process.
Result<std::shared_ptr<const Analyzer>> find_analyzer(std::string_view name);

// Built-in parts, by Elasticsearch's names: tokenizers standard, letter, whitespace, keyword; filters
// lowercase, stop (English), possessive_english, porter_stem. kNotFound else.
Result<std::shared_ptr<const Tokenizer>> find_tokenizer(std::string_view name);
Result<std::shared_ptr<const TokenFilter>> find_token_filter(std::string_view name);

}  // namespace stele::text
