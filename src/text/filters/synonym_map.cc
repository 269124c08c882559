#include "text/filters/synonym_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "text/parameters.h"

namespace stele::text {
namespace {

// Splits where `separator` stands without a backslash before it.
std::vector<std::string> split(std::string_view line, std::string_view separator) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < line.size();) {
    if (line.substr(i).starts_with(separator)) {
      parts.emplace_back();
      i += separator.size();
    } else if (line[i] == '\\' && i + 1 < line.size()) {
      parts.back() += line.substr(i, 2);
      i += 2;
    } else {
      parts.back() += line[i++];
    }
  }
  return parts;
}

std::string unescaped(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

class Reader {
 public:
  Reader(const SynonymRules& rules, const Analyzer& analyzer) : rules_(rules), analyzer_(analyzer) {}

  Result<SynonymMap> run() {
    if (rules_.wordnet) {
      STELE_RETURN_IF_ERROR(read_wordnet());
    } else {
      for (const std::string& rule : rules_.rules) STELE_RETURN_IF_ERROR(read_rule(rule));
    }
    return std::move(map_);
  }

 private:
  Result<void> read_rule(std::string_view rule) {
    if (rule.empty() || rule.starts_with('#')) return {};
    const std::vector<std::string> sides = split(rule, "=>");
    if (sides.size() > 2)
      return illegal("failed to build synonyms: more than one explicit mapping specified on the same line");
    STELE_TRY(const auto inputs, read_side(sides[0]));
    if (sides.size() == 1) return add_equals(inputs);
    STELE_TRY(const auto outputs, read_side(sides[1]));
    for (const auto& input : inputs)
      for (const auto& output : outputs) map_.add(input, output, false);
    return {};
  }

  Result<void> add_equals(const std::vector<SynonymMap::Words>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!rules_.expand) {
        map_.add(words[i], words[0], false);
        continue;
      }
      for (std::size_t j = 0; j < words.size(); ++j)
        if (i != j) map_.add(words[i], words[j], true);
    }
    return {};
  }

  Result<std::vector<SynonymMap::Words>> read_side(std::string_view side) {
    std::vector<SynonymMap::Words> all;
    for (const std::string& one : split(side, ",")) {
      STELE_TRY(auto words, read_words(unescaped(one)));
      if (words) all.push_back(*std::move(words));
    }
    return all;
  }

  // None: it cannot be used, and rules are lenient.
  Result<std::optional<SynonymMap::Words>> read_words(const std::string& text) {
    SynonymMap::Words words;
    const Tokens tokens = analyzer_.analyze(text);
    std::uint32_t expected = 0;
    for (const Token& token : tokens) {
      if (token.term.empty() || token.position != expected++ || token.position_length != 1)
        return refuse(fmt::format("term: {} analyzed to a token ({}) with position increment != 1 (got: {})",
                                  text, token.term,
                                  token.position + 1 < expected ? 0 : token.position + 2 - expected));
      words.push_back(token.term);
    }
    if (words.empty()) return refuse(fmt::format("term: {} was completely eliminated by analyzer", text));
    return std::optional(std::move(words));
  }

  Result<std::optional<SynonymMap::Words>> refuse(const std::string& reason) const {
    if (rules_.lenient) return std::optional<SynonymMap::Words>();
    return illegal(fmt::format("failed to build synonyms: {}", reason));
  }

  // s(100000001,1,'abstain',v,1,0). Lines of one number are synonyms.
  Result<void> read_wordnet() {
    std::string last;
    std::vector<SynonymMap::Words> group;
    for (const std::string& line : rules_.rules) {
      const std::size_t comma = line.find(',');
      const std::size_t open = line.find('\'');
      const std::size_t close = line.rfind('\'');
      if (!line.starts_with("s(") || comma == std::string::npos || close <= open)
        return illegal(fmt::format("failed to build synonyms: invalid WordNet rule [{}]", line));
      const std::string number = line.substr(2, comma - 2);
      if (number != last) {
        STELE_RETURN_IF_ERROR(add_equals(group));
        group.clear();
      }
      last = number;
      std::string term = line.substr(open + 1, close - open - 1);
      for (std::size_t at = term.find("''"); at != std::string::npos; at = term.find("''", at + 1))
        term.erase(at, 1);
      STELE_TRY(auto words, read_words(term));
      if (words) group.push_back(*std::move(words));
    }
    return add_equals(group);
  }

  const SynonymRules& rules_;
  const Analyzer& analyzer_;
  SynonymMap map_;
};

}  // namespace

void SynonymMap::add(const Words& input, const Words& output, bool keep_original) {
  std::size_t at = 0;
  for (const std::string& word : input) {
    const auto found = nodes_[at].next.find(word);
    if (found != nodes_[at].next.end()) {
      at = found->second;
      continue;
    }
    nodes_[at].next.emplace(word, nodes_.size());
    at = nodes_.size();
    nodes_.emplace_back();
  }
  Entry& entry = nodes_[at].entry;
  nodes_[at].final = true;
  entry.keep_original = entry.keep_original || keep_original;
  if (std::ranges::find(entry.outputs, output) == entry.outputs.end()) entry.outputs.push_back(output);
}

SynonymMap::Match SynonymMap::find(const Tokens& tokens, std::size_t first) const {
  Match match;
  std::size_t at = 0;
  for (std::size_t i = first; i < tokens.size(); ++i) {
    const auto found = nodes_[at].next.find(tokens[i].term);
    if (found == nodes_[at].next.end()) break;
    at = found->second;
    if (nodes_[at].final) match = {&nodes_[at].entry, i - first + 1};
  }
  return match;
}

Result<SynonymMap> read_synonyms(const SynonymRules& rules, const Analyzer& analyzer) {
  return Reader(rules, analyzer).run();
}

}  // namespace stele::text
