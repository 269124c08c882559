#include <algorithm>
#include <array>
#include <deque>

#include "text/filters/synonym_map.h"
#include "text/positions.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Synonyms as side paths: positions and lengths say what stands beside what, however many words they have.
class SynonymGraphFilter final : public TokenFilter {
 public:
  explicit SynonymGraphFilter(SynonymMap map) : map_(std::move(map)) {}

  void filter(Tokens& tokens) const override {
    Tokens out;
    out.text_size = tokens.text_size;
    std::int64_t last_node = -1;
    std::uint32_t next_node = 0;
    for (std::size_t i = 0; i < tokens.size();) {
      const SynonymMap::Match match = map_.find(tokens, i);
      if (match.entry == nullptr) {
        last_node += increment_of(tokens, i);
        Token& token = out.emplace_back(tokens[i++]);
        token.position = static_cast<std::uint32_t>(last_node);
        next_node = token.position + token.position_length;
        continue;
      }
      add_match(tokens, i, match, next_node, out);
      last_node = out.back().position;
      i += match.length;
    }
    out.holes_at_end = tokens.holes_at_end;
    tokens = std::move(out);
  }

 private:
  // Writes one side path after the other: first all their first tokens, then the rest of each.
  static void add_match(const Tokens& tokens, std::size_t first, const SynonymMap::Match& match,
                        std::uint32_t& next_node, Tokens& out) {
    const auto& paths = match.entry->outputs;
    const bool keeps = match.entry->keep_original;
    std::size_t inner = keeps ? match.length - 1 : 0;
    for (const SynonymMap::Words& path : paths) inner += path.size() - 1;
    const std::uint32_t start = next_node;
    const std::uint32_t end = start + static_cast<std::uint32_t>(inner) + 1;
    Token synonym;
    synonym.type = TokenType::kSynonym;
    synonym.start = tokens[first].start;
    synonym.end = tokens[first + match.length - 1].end;
    std::uint32_t node = start;
    std::vector<std::uint32_t> behind_first;
    const auto open_path = [&](std::size_t size) {
      behind_first.push_back(size == 1 ? end : node + 1);
      node += static_cast<std::uint32_t>(size - 1);
    };
    for (const SynonymMap::Words& path : paths) {
      open_path(path.size());
      add(synonym, path[0], start, behind_first.back(), out);
    }
    if (keeps) {
      open_path(match.length);
      add(tokens[first], tokens[first].term, start, behind_first.back(), out);
    }
    for (std::size_t p = 0; p < paths.size(); ++p) {
      std::uint32_t from = behind_first[p];
      for (std::size_t i = 1; i < paths[p].size(); ++i, ++from)
        add(synonym, paths[p][i], from, i + 1 == paths[p].size() ? end : from + 1, out);
    }
    if (keeps) {
      std::uint32_t from = behind_first.back();
      for (std::size_t i = 1; i < match.length; ++i, ++from)
        add(tokens[first + i], tokens[first + i].term, from, i + 1 == match.length ? end : from + 1, out);
    }
    next_node = end;
  }

  static void add(const Token& like, const std::string& term, std::uint32_t from, std::uint32_t to,
                  Tokens& out) {
    Token& token = out.emplace_back(like);
    token.term = term;
    token.position = from;
    token.position_length = to - from;
  }

  SynonymMap map_;
};

// The older form: synonyms lie over the following tokens, one a position.
class SynonymFilter final : public TokenFilter {
 public:
  explicit SynonymFilter(SynonymMap map) : map_(std::move(map)) {}

  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::deque<std::vector<Token>> pending;  // synonyms of this token, the next, …; end 0: the token's own
    std::size_t skip = 0;
    bool keeps = true;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (skip == 0) {
        keeps = true;
        if (const SynonymMap::Match match = map_.find(tokens, i); match.entry != nullptr) {
          skip = match.length;
          keeps = match.entry->keep_original;
          lay_over(match, tokens[i + match.length - 1].end, pending);
        }
      }
      if (skip > 0) --skip;
      std::uint32_t increment = 1;
      if (keeps) {
        out.add(tokens[i], increment_of(tokens, i));
        increment = 0;
      }
      if (!pending.empty()) {
        add(pending.front(), tokens[i].start, tokens[i].end, increment, out);
        pending.pop_front();
      }
    }
    for (const auto& rest : pending) add(rest, tokens.back().start, tokens.back().end, 1, out);
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  static void lay_over(const SynonymMap::Match& match, std::size_t match_end,
                       std::deque<std::vector<Token>>& pending) {
    for (const SynonymMap::Words& words : match.entry->outputs) {
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (pending.size() <= i) pending.emplace_back();
        Token token;
        token.term = words[i];
        token.type = TokenType::kSynonym;
        if (words.size() == 1) {
          token.end = match_end;
          if (match.entry->keep_original) token.position_length = static_cast<std::uint32_t>(match.length);
        }
        pending[i].push_back(std::move(token));
      }
    }
  }

  static void add(const std::vector<Token>& synonyms, std::size_t start, std::size_t end,
                  std::uint32_t increment, PositionWriter& out) {
    for (Token token : synonyms) {
      token.start = start;
      if (token.end == 0) token.end = end;
      out.add(std::move(token), increment);
      increment = 0;
    }
  }

  SynonymMap map_;
};

Result<SynonymMap> read(const Parameters& parameters, const Workshop& workshop) {
  if (parameters.has("synonyms_path") || parameters.has("synonyms_set"))
    return make_error(ErrorCode::kUnsupported,
                      "[synonyms_path], [synonyms_set]: give the rules themselves in [synonyms]");
  if (!parameters.has("synonyms"))
    return illegal("synonym requires either `synonyms` or `synonyms_path` to be configured");
  SynonymRules rules;
  rules.rules = parameters.raw_list("synonyms");
  rules.wordnet = parameters.text("format") == "wordnet";
  STELE_TRY(rules.expand, parameters.boolean("expand", true));
  STELE_TRY(rules.lenient, parameters.boolean("lenient", false));
  Chain chain = workshop.before;
  if (parameters.has("tokenizer")) {
    STELE_TRY(chain.tokenizer.part, workshop.registry.tokenizer(parameters.text("tokenizer")));
  }
  if (!chain.tokenizer.part) {
    STELE_TRY(chain.tokenizer.part, workshop.registry.tokenizer("whitespace"));
  }
  return read_synonyms(rules, Analyzer("synonyms", std::move(chain)));
}

Result<TokenFilterPtr> make_graph(const Parameters& parameters, const Workshop& workshop) {
  STELE_TRY(SynonymMap map, read(parameters, workshop));
  return std::make_shared<const SynonymGraphFilter>(std::move(map));
}

Result<TokenFilterPtr> make_flat(const Parameters& parameters, const Workshop& workshop) {
  STELE_TRY(SynonymMap map, read(parameters, workshop));
  return std::make_shared<const SynonymFilter>(std::move(map));
}

constexpr std::array kRows = {TokenFilterRow{"synonym_graph", make_graph},
                              TokenFilterRow{"synonym", make_flat}};

}  // namespace

std::span<const TokenFilterRow> synonym_filter_rows() {
  return kRows;
}

}  // namespace stele::text
