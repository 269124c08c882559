#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "text/analyzer.h"

namespace stele::text {

// Which sequences of terms have which synonyms? A trie over terms, built once, immutable then.
class SynonymMap {
 public:
  using Words = std::vector<std::string>;
  struct Entry {
    std::vector<Words> outputs;  // in the order in which they were added, each once
    bool keep_original = false;
  };
  struct Match {
    const Entry* entry = nullptr;
    std::size_t length = 0;  // tokens
  };

  void add(const Words& input, const Words& output, bool keep_original);
  // The longest sequence that begins at tokens[first].
  Match find(const Tokens& tokens, std::size_t first) const;

 private:
  struct Node {
    std::map<std::string, std::size_t, std::less<>> next;  // index in nodes_
    bool final = false;
    Entry entry;
  };
  std::vector<Node> nodes_ = std::vector<Node>(1);
};

// Rules in Solr's ("a, b => c", "a, b") or WordNet's form, each side through `analyzer`. kInvalidArgument for
// a rule that cannot be read or has no terms, unless `lenient`.
struct SynonymRules {
  std::vector<std::string> rules;
  bool wordnet = false;
  bool expand = true;
  bool lenient = false;
};
Result<SynonymMap> read_synonyms(const SynonymRules& rules, const Analyzer& analyzer);

}  // namespace stele::text
