#pragma once

#include <string>
#include <utility>

#include "text/component.h"
#include "text/unicode.h"

namespace stele::text {

// A filter that changes each term by itself, by a function that is known when it is compiled in.
template <class Change>
class TermFilter final : public TokenFilter {
 public:
  // `stems`: tokens marked as keywords stay as they are, and it may not stand in a normalizer.
  TermFilter(Change change, bool stems) : change_(std::move(change)), stems_(stems) {}
  void filter(Tokens& tokens) const override {
    for (Token& token : tokens)
      if (!stems_ || !token.keyword) change_(token.term);
  }
  bool is_normalizing() const override { return !stems_; }

 private:
  Change change_;
  bool stems_;
};

template <class Change>
TokenFilterPtr make_normalizing(Change change) {
  return std::make_shared<const TermFilter<Change>>(std::move(change), false);
}
template <class Change>
TokenFilterPtr make_stemming(Change change) {
  return std::make_shared<const TermFilter<Change>>(std::move(change), true);
}

// Changes on UTF-16, where Lucene's algorithms are defined: terms that are no UTF-8 stay as they are.
template <class Change>
auto on_utf16(Change change) {
  return [change = std::move(change)](std::string& term) {
    thread_local std::u16string wide;
    if (!to_utf16(term, wide)) return;
    change(wide);
    term = to_utf8(wide);
  };
}

}  // namespace stele::text
