#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "text/filters/subwords.h"
#include "text/positions.h"
#include "text/word_set.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

struct DelimiterOptions {
  SubwordRules rules;
  bool word_parts = true;
  bool number_parts = true;
  bool catenate_words = false;
  bool catenate_numbers = false;
  bool catenate_all = false;
  bool preserve_original = false;
  bool adjust_offsets = true;
  bool ignore_keywords = false;
  bool graph = true;
  WordSet protected_words;
};

// A piece of a word: from position to position, and which bytes it comes from.
struct Piece {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::size_t start = 0;
  std::size_t end = 0;
  std::string term;
  std::size_t order = 0;  // when it was made
};

// Parts that are written together.
struct Catenation {
  std::string term;
  std::size_t start = 0;
  std::size_t end = 0;
  std::uint32_t position = 0;
  SubwordKind kind = 0;
  std::uint32_t count = 0;
  void add(const SubwordRules::Part& part, std::string_view word, std::uint32_t at) {
    if (count++ == 0) {
      start = part.start;
      position = at;
      kind = part.kind;
    }
    term += word.substr(part.start, part.end - part.start);
    end = part.end;
  }
};

// The pieces of one word, in the order and with the positions that Lucene's WordDelimiterGraphFilter gives.
class PieceBuilder {
 public:
  PieceBuilder(const DelimiterOptions& options, std::string_view word) : options_(options), word_(word) {}

  std::vector<Piece> run(const SubwordRules::Parts& split) {
    if (options_.preserve_original) pieces_.push_back({0, 1, 0, word_.size(), std::string(word_)});
    if (split.single_word) {
      add_part(split.parts[0]);
    } else {
      for (const SubwordRules::Part& part : split.parts) add(part);
      if (run_.count > 0) flush();
      if (all_.count > last_count_) {
        if (position_ == all_.position) ++position_;
        write(all_);
      }
    }
    if (options_.preserve_original) pieces_[0].to = std::max(position_, 1U);
    const auto first = pieces_.begin() + (options_.preserve_original ? 1 : 0);
    for (std::size_t i = 0; i < pieces_.size(); ++i) pieces_[i].order = i;
    // At one place the longer piece comes first; without position lengths, the shorter.
    std::sort(first, pieces_.end(), [graph = options_.graph](const Piece& a, const Piece& b) {
      return std::tuple(a.start, graph ? b.end : a.end, a.order) <
             std::tuple(b.start, graph ? a.end : b.end, b.order);
    });
    return std::move(pieces_);
  }

 private:
  bool generates(SubwordKind kind) const {
    return (options_.word_parts && (kind & kSubwordAlpha) != 0) ||
           (options_.number_parts && (kind & kSubwordDigit) != 0);
  }
  bool catenates(SubwordKind kind) const {
    return (options_.catenate_words && (kind & kSubwordAlpha) != 0) ||
           (options_.catenate_numbers && (kind & kSubwordDigit) != 0);
  }
  void add(const SubwordRules::Part& part) {
    if (run_.count > 0 && (run_.kind & part.kind) == 0) flush();
    if (catenates(part.kind)) run_.add(part, word_, position_);
    if (options_.catenate_all) all_.add(part, word_, position_);
    if (generates(part.kind)) add_part(part);
  }
  void add_part(const SubwordRules::Part& part) {
    pieces_.push_back({position_, position_ + 1, part.start, part.end,
                       std::string(word_.substr(part.start, part.end - part.start))});
    ++position_;
  }
  void flush() {
    if (position_ == run_.position) ++position_;
    last_count_ = run_.count;
    if (run_.count != 1 || !generates(run_.kind)) write(run_);
    run_ = {};
  }
  void write(const Catenation& catenation) {
    pieces_.push_back({catenation.position, position_, catenation.start, catenation.end, catenation.term});
  }

  const DelimiterOptions& options_;
  std::string_view word_;
  std::vector<Piece> pieces_;
  Catenation run_;
  Catenation all_;
  std::uint32_t position_ = 0;
  std::uint32_t last_count_ = 0;
};

// "Wi-Fi's" → "Wi", "Fi", and written together where asked for.
class WordDelimiterFilter final : public TokenFilter {
 public:
  explicit WordDelimiterFilter(DelimiterOptions options) : options_(std::move(options)) {}

  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::uint32_t increment = 0;
    std::size_t last_start = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      Token& token = tokens[i];
      const std::uint32_t own = increment_of(tokens, i);
      if (options_.ignore_keywords && token.keyword) {
        out.add(token, own);
        continue;
      }
      increment += own;
      const SubwordRules::Parts split = options_.rules.split(token.term);
      if (split.whole || options_.protected_words.contains(token.term)) {
        out.add(token, increment);
        increment = 0;
      } else if (!split.parts.empty()) {
        add_pieces(token, PieceBuilder(options_, token.term).run(split), out, increment, last_start);
      } else if (options_.preserve_original) {
        out.add(token, own);
        increment = 0;
      }
    }
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  void add_pieces(const Token& token, std::vector<Piece> pieces, PositionWriter& out,
                  std::uint32_t& increment, std::size_t& last_start) const {
    const bool adjust = options_.adjust_offsets && token.end - token.start == token.term.size();
    std::uint32_t position = 0;
    for (Piece& piece : pieces) {
      Token part = token;
      part.term = std::move(piece.term);
      if (adjust) {
        part.start = token.start + piece.start;
        part.end = token.start + piece.end;
      }
      part.start = std::max(part.start, last_start);
      part.end = std::max(part.end, last_start);
      last_start = part.start;
      part.position_length = options_.graph ? piece.to - piece.from : 1;
      out.add(std::move(part), increment + piece.from - position);
      position = piece.from;
      increment = 0;
    }
  }

  DelimiterOptions options_;
};

Result<TokenFilterPtr> make(const Parameters& parameters, bool graph) {
  DelimiterOptions options;
  options.graph = graph;
  struct FlagRow {
    std::string_view name;
    bool& flag;
  };
  const std::array rows = {FlagRow{"generate_word_parts", options.word_parts},
                           FlagRow{"generate_number_parts", options.number_parts},
                           FlagRow{"catenate_words", options.catenate_words},
                           FlagRow{"catenate_numbers", options.catenate_numbers},
                           FlagRow{"catenate_all", options.catenate_all},
                           FlagRow{"preserve_original", options.preserve_original},
                           FlagRow{"adjust_offsets", options.adjust_offsets},
                           FlagRow{"ignore_keywords", options.ignore_keywords},
                           FlagRow{"split_on_case_change", options.rules.split_on_case_change},
                           FlagRow{"split_on_numerics", options.rules.split_on_numerics},
                           FlagRow{"stem_english_possessive", options.rules.stem_english_possessive}};
  for (const FlagRow& row : rows) {
    STELE_TRY(row.flag, parameters.boolean(row.name, row.flag));
  }
  STELE_RETURN_IF_ERROR(options.rules.read_type_table(parameters.raw_list("type_table")));
  options.protected_words = WordSet(parameters.list("protected_words"));
  return std::make_shared<const WordDelimiterFilter>(std::move(options));
}

Result<TokenFilterPtr> make_graph(const Parameters& parameters, const Workshop&) {
  return make(parameters, true);
}
Result<TokenFilterPtr> make_flat(const Parameters& parameters, const Workshop&) {
  return make(parameters, false);
}

constexpr std::array kRows = {TokenFilterRow{"word_delimiter_graph", make_graph},
                              TokenFilterRow{"word_delimiter", make_flat}};

}  // namespace

std::span<const TokenFilterRow> word_delimiter_filter_rows() {
  return kRows;
}

}  // namespace stele::text
