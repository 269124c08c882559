#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "text/positions.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

struct ShingleOptions {
  std::size_t min = 2;
  std::size_t max = 2;
  bool unigrams = true;
  bool unigrams_if_no_shingles = false;
  std::string separator = " ";
  std::string filler = "_";
};

// Neighbouring tokens as one: "a b c" → "a", "a b", "b", "b c", "c". Empty positions count as fillers.
class ShingleFilter final : public TokenFilter {
 public:
  explicit ShingleFilter(ShingleOptions options) : options_(std::move(options)) {}

  void filter(Tokens& tokens) const override {
    const std::vector<Item> items = items_of(tokens);
    PositionWriter out(tokens);
    bool none_yet = true;
    bool alone = options_.unigrams;
    for (std::size_t first = 0; first < items.size(); ++first) {
      const std::size_t window = std::min(options_.max, items.size() - first);
      if (options_.unigrams_if_no_shingles && none_yet && !alone && window < options_.min) alone = true;
      std::uint32_t increment = 1;
      if (alone) increment = add(items, first, 1, increment, out);
      for (std::size_t size = options_.min; size <= window; ++size) {
        increment = add(items, first, size, increment, out);
        none_yet = false;
      }
      if (!alone && window < options_.min) break;
    }
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  struct Item {
    Token token;
    bool is_filler = false;
  };

  std::vector<Item> items_of(const Tokens& tokens) const {
    std::vector<Item> items;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const std::uint32_t increment = increment_of(tokens, i);
      if (increment > 1) add_fillers(items, tokens[i], tokens[i].start, increment - 1);
      items.push_back({tokens[i], false});
    }
    if (tokens.holes_at_end > 0) add_fillers(items, Token(), tokens.text_size, tokens.holes_at_end);
    return items;
  }

  void add_fillers(std::vector<Item>& items, Token token, std::size_t at, std::uint32_t count) const {
    token.term = options_.filler;
    token.start = token.end = at;
    items.insert(items.end(), std::min<std::size_t>(count, options_.max - 1), Item{std::move(token), true});
  }

  // Gives the increment of the next token at this place.
  std::uint32_t add(const std::vector<Item>& items, std::size_t first, std::size_t size,
                    std::uint32_t increment, PositionWriter& out) const {
    Token shingle = items[first].token;
    bool all_fillers = items[first].is_filler;
    for (std::size_t i = first + 1; i < first + size; ++i) {
      shingle.term += options_.separator;
      shingle.term += items[i].token.term;
      all_fillers = all_fillers && items[i].is_filler;
    }
    if (all_fillers) return increment;
    if (size > 1) shingle.type = TokenType::kShingle;
    shingle.end = items[first + size - 1].token.end;
    shingle.position_length = static_cast<std::uint32_t>(
        options_.unigrams ? size : std::max<std::size_t>(1, size + 1 - std::min(size, options_.min)));
    out.add(std::move(shingle), increment);
    return 0;
  }

  ShingleOptions options_;
};

Result<TokenFilterPtr> make_shingle(const Parameters& parameters, const Workshop& workshop) {
  ShingleOptions options;
  STELE_TRY(const std::int64_t max, parameters.integer("max_shingle_size", 2));
  STELE_TRY(const std::int64_t min, parameters.integer("min_shingle_size", 2));
  STELE_TRY(options.unigrams, parameters.boolean("output_unigrams", true));
  STELE_TRY(options.unigrams_if_no_shingles, parameters.boolean("output_unigrams_if_no_shingles", false));
  if (max < 2) return illegal("Max shingle size must be >= 2");
  if (min < 2) return illegal("Min shingle size must be >= 2");
  if (min > max) return illegal("Min shingle size must be <= max shingle size");
  const std::int64_t difference = max - min + (options.unigrams ? 1 : 0);
  const std::int64_t most = workshop.registry.analysis().max_shingle_diff;
  if (difference > most)
    return illegal(fmt::format(
        "In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size (and +1 if "
        "outputting unigrams) must be less than or equal to: [{}] but was [{}]. This limit can be set by "
        "changing the [index.max_shingle_diff] index level setting.",
        most, difference));
  options.min = static_cast<std::size_t>(min);
  options.max = static_cast<std::size_t>(max);
  options.separator = parameters.text("token_separator", " ");
  options.filler = parameters.text("filler_token", "_");
  return std::make_shared<const ShingleFilter>(std::move(options));
}

constexpr std::array kRows = {TokenFilterRow{"shingle", make_shingle}};

}  // namespace

std::span<const TokenFilterRow> shingle_filter_rows() {
  return kRows;
}

}  // namespace stele::text
