#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "text/positions.h"
#include "text/stop_words/stop_words.h"
#include "text/unicode.h"
#include "text/word_set.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Removes the tokens that `drop` says; their positions stay empty.
template <class Drop>
class DroppingFilter final : public TokenFilter {
 public:
  explicit DroppingFilter(Drop drop) : drop_(std::move(drop)) {}
  void filter(Tokens& tokens) const override { tokens.remove_if(drop_); }

 private:
  Drop drop_;
};

template <class Drop>
TokenFilterPtr make_dropping(Drop drop) {
  return std::make_shared<const DroppingFilter<Drop>>(std::move(drop));
}

Error no_files(std::string_view parameter) {
  return make_error(ErrorCode::kUnsupported,
                    fmt::format("[{}]: files are not read; give the words themselves", parameter));
}

// Keeps a last word that touches the end of the text, which a user may still be typing.
class SuggestStopFilter final : public TokenFilter {
 public:
  explicit SuggestStopFilter(WordSet words) : words_(std::move(words)) {}
  void filter(Tokens& tokens) const override {
    const Token* const last = tokens.empty() ? nullptr : &tokens.back();
    const bool typing = last != nullptr && last->end == tokens.text_size;
    tokens.remove_if(
        [&](const Token& token) { return words_.contains(token.term) && !(typing && &token == last); });
  }

 private:
  WordSet words_;
};

Result<TokenFilterPtr> make_stop(const Parameters& parameters, const Workshop&) {
  if (parameters.has("stopwords_path")) return no_files("stopwords_path");
  STELE_TRY(const bool ignore_case, parameters.boolean("ignore_case", false));
  STELE_TRY(const bool trailing, parameters.boolean("remove_trailing", true));
  WordSet words(read_stop_words(parameters, "stopwords", "_english_"), ignore_case);
  if (!trailing) return std::make_shared<const SuggestStopFilter>(std::move(words));
  return make_dropping([words = std::move(words)](const Token& token) { return words.contains(token.term); });
}

Result<TokenFilterPtr> make_keep(const Parameters& parameters, const Workshop&) {
  if (parameters.has("keep_words_path")) return no_files("keep_words_path");
  if (!parameters.has("keep_words"))
    return illegal("keep requires either `keep_words` or `keep_words_path` to be configured");
  STELE_TRY(const bool ignore_case, parameters.boolean("keep_words_case", false));
  WordSet words(parameters.list("keep_words"), ignore_case);
  return make_dropping(
      [words = std::move(words)](const Token& token) { return !words.contains(token.term); });
}

Result<TokenFilterPtr> make_keep_types(const Parameters& parameters, const Workshop&) {
  const std::vector<std::string> types = parameters.list("types");
  if (types.empty()) return illegal("keep_types requires `types` to be configured");
  const std::string mode = parameters.text("mode", "include");
  if (mode != "include" && mode != "exclude")
    return illegal(
        fmt::format("`keep_types` tokenfilter mode can only be [include] or [exclude] but was [{}].", mode));
  return make_dropping([set = std::set<std::string, std::less<>>(types.begin(), types.end()),
                        include = mode == "include"](const Token& token) {
    return set.contains(to_string(token.type)) != include;
  });
}

Result<TokenFilterPtr> make_length(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::int64_t min, parameters.integer("min", 0));
  STELE_TRY(const std::int64_t max, parameters.integer("max", std::numeric_limits<std::int32_t>::max()));
  if (min < 0) return illegal("minimum length must be greater than or equal to zero");
  if (min > max) return illegal("maximum length must not be greater than minimum length");
  return make_dropping([min, max](const Token& token) {
    const auto units = static_cast<std::int64_t>(count_units(token.term));
    return units < min || units > max;
  });
}

class LimitFilter final : public TokenFilter {
 public:
  explicit LimitFilter(std::size_t most) : most_(most) {}
  void filter(Tokens& tokens) const override {
    if (tokens.size() <= most_) return;
    tokens.resize(most_);
    tokens.holes_at_end = 0;
  }

 private:
  std::size_t most_;
};

Result<TokenFilterPtr> make_limit(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::int64_t most, parameters.integer("max_token_count", 1));
  if (most < 1) return illegal("maxTokenCount must be greater than zero");
  return std::make_shared<const LimitFilter>(static_cast<std::size_t>(most));
}

// Each term once, in the whole text or at a position. What is dropped takes its position along.
class UniqueFilter final : public TokenFilter {
 public:
  explicit UniqueFilter(bool only_on_same_position) : only_on_same_position_(only_on_same_position) {}
  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::set<std::string, std::less<>> seen;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const std::uint32_t increment = increment_of(tokens, i);
      if (only_on_same_position_ && increment > 0) seen.clear();
      if (seen.insert(tokens[i].term).second) out.add(tokens[i], increment);
    }
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  bool only_on_same_position_;
};

Result<TokenFilterPtr> make_unique(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const bool same, parameters.boolean("only_on_same_position", false));
  return std::make_shared<const UniqueFilter>(same);
}

Result<TokenFilterPtr> make_remove_duplicates(const Parameters&, const Workshop&) {
  return std::make_shared<const UniqueFilter>(true);
}

constexpr std::array kRows = {
    TokenFilterRow{"stop", make_stop},
    TokenFilterRow{"keep", make_keep},
    TokenFilterRow{"keep_types", make_keep_types},
    TokenFilterRow{"length", make_length},
    TokenFilterRow{"limit", make_limit},
    TokenFilterRow{"unique", make_unique},
    TokenFilterRow{"remove_duplicates", make_remove_duplicates},
};

}  // namespace

std::span<const TokenFilterRow> selecting_filter_rows() {
  return kRows;
}

}  // namespace stele::text
