#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "text/offset_map.h"
#include "text/token.h"

namespace stele::text {

// What should a tokenizer read instead of this text? Threads: immutable, share freely. Cost: linear.
class CharFilter {
 public:
  virtual ~CharFilter() = default;
  // Appends where the result's offsets differ from the text's to `offsets`, which is empty.
  virtual std::string filter(std::string_view text, OffsetMap& offsets) const = 0;
};

// Which bytes of a text are its tokens? Appends tokens in order, to an empty list. Threads: immutable, share
// freely. Bad UTF-8 is never an error: each bad byte separates tokens where a tokenizer looks at characters.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual void tokenize(std::string_view text, Tokens& tokens) const = 0;
  // The same with terms in lower case, where that is one pass instead of two; null else.
  virtual std::shared_ptr<const Tokenizer> in_lower_case() const { return nullptr; }
};

// What becomes of tokens? Changes, removes or adds some, a whole text's at once: the cost of a virtual call
// is one a text. Threads: immutable, share freely.
class TokenFilter {
 public:
  virtual ~TokenFilter() = default;
  virtual void filter(Tokens& tokens) const = 0;
  // Is it `lowercase` without a language?
  virtual bool is_plain_lowercase() const { return false; }
  // May it stand in a normalizer: each term by itself, one for one?
  virtual bool is_normalizing() const { return false; }
};

using CharFilterPtr = std::shared_ptr<const CharFilter>;
using TokenizerPtr = std::shared_ptr<const Tokenizer>;
using TokenFilterPtr = std::shared_ptr<const TokenFilter>;

}  // namespace stele::text
