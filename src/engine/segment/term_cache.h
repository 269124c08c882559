#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/segment/terms_reader.h"

namespace stele::engine {

// The bytes of terms by rank, each put together once: many documents share one. Confined to its search; views
// live as long as it and the segments.
class TermCache {
 public:
  std::string_view term(const TermsReader& terms, TermRank rank) {
    std::vector<std::string_view>& known = known_[&terms];
    if (known.empty()) known.resize(terms.term_count());
    std::string_view& term = known[rank];
    if (term.data() != nullptr) return term;
    std::string scratch;
    term = terms.term(rank, scratch);
    if (term.data() == scratch.data()) term = texts_.emplace_back(std::move(scratch));
    return term;
  }
  std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<const TermsReader*, std::vector<std::string_view>> known_;
};

}  // namespace stele::engine
