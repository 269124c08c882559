// fuzz: engine
// Patterns of terms and near words: none crashes, and a complement matches what its pattern
// does not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "engine/query/edit_automaton.h"
#include "engine/query/term_pattern.h"

using namespace stele;
using namespace stele::engine;

// A byte of choices, a pattern up to the first newline, a term.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 400) return 0;
  const unsigned choices = data[0];
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string pattern = text.substr(0, end);
  const std::string term = end < text.size() ? text.substr(end + 1) : "";
  const bool case_insensitive = (choices & 1U) != 0;

  if (auto automaton = TermPattern::wildcard(pattern, case_insensitive)) (*automaton)->matches(term);
  if (auto automaton = TermPattern::regexp(pattern, case_insensitive)) {
    const bool matches = (*automaton)->matches(term);
    const auto complement = TermPattern::regexp("~(" + pattern + ")", case_insensitive);
    if (complement && pattern.find(')') == std::string::npos && !pattern.empty()) {
      const bool other = (*complement)->matches(term);
      STELE_CHECK((*automaton)->is_exhausted() || (*complement)->is_exhausted() || matches != other);
    }
  }
  if (pattern.size() > EditAutomaton::kCharactersMax) return 0;
  EditAutomaton near(pattern, 1 + (choices >> 1U & 1U), choices >> 2U & 3U, (choices & 16U) != 0);
  near.matches(term);
  return 0;
}
