#pragma once

#include "text/analyzer.h"

namespace stele::text {

// Lower case by Unicode's simple mappings.
class LowercaseFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override;
};

// Removes Lucene's 33 English stop words; their positions stay empty.
class EnglishStopFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override;
};

// Takes "'s" off the end, also with U+2019 or U+FF07 as the apostrophe.
class EnglishPossessiveFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override;
};

class PorterStemFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override;
};

}  // namespace stele::text
