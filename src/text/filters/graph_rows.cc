#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "text/workshop.h"

namespace stele::text {
namespace {

// Squashes a graph so that an index, which keeps no position lengths, can hold it: side paths that begin and
// end together lie over one another. As Lucene's FlattenGraphFilter for graphs without holes: each node's new
// place is the length of the longest way to it.
class FlattenGraphFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override {
    if (std::ranges::all_of(tokens, [](const Token& token) { return token.position_length == 1; })) return;
    std::map<std::uint32_t, Place> places;  // by old node
    std::uint32_t hole_shift = 0;
    std::uint32_t last_old = 0;
    for (const Token& token : tokens) {
      auto [from, fresh] = places.try_emplace(token.position);
      if (fresh) {  // behind a hole, or the first
        const std::uint32_t gap = token.position - last_old;
        from->second.node = places.size() == 1 ? token.position : hole_shift + gap;
      }
      from->second.start = std::max(from->second.start, token.start);
      Place& to = places[token.position + token.position_length];
      to.node = std::max(to.node, from->second.node + 1);
      to.end = std::min(to.end, token.end);
      last_old = token.position + token.position_length;
      hole_shift = to.node;
    }
    std::map<std::uint32_t, Place> by_node;  // by new node: the narrowest offsets
    for (const auto& [old, place] : places) {
      Place& merged = by_node[place.node];
      merged.start = std::max(merged.start, place.start);
      merged.end = std::min(merged.end, place.end);
    }
    for (Token& token : tokens) {
      const Place& from = places[token.position];
      const Place& to = places[token.position + token.position_length];
      token.position = from.node;
      token.position_length = to.node - from.node;
      token.start = by_node[from.node].start;
      token.end = std::max(token.start, by_node[to.node].end);
    }
    sort(tokens);
    std::size_t last_start = 0;
    for (Token& token : tokens) {
      token.start = std::max(token.start, last_start);
      token.end = std::max(token.end, token.start);
      last_start = token.start;
    }
  }

 private:
  // By position; tokens of one position in the order in which they came.
  static void sort(Tokens& tokens) {
    std::vector<std::pair<std::uint32_t, std::size_t>> order;
    for (std::size_t i = 0; i < tokens.size(); ++i) order.emplace_back(tokens[i].position, i);
    std::ranges::sort(order);
    Tokens sorted;
    sorted.holes_at_end = tokens.holes_at_end;
    sorted.text_size = tokens.text_size;
    for (const auto& [position, i] : order) sorted.push_back(std::move(tokens[i]));
    tokens = std::move(sorted);
  }

  struct Place {
    std::uint32_t node = 0;
    std::size_t start = 0;
    std::size_t end = SIZE_MAX;
  };
};

Result<TokenFilterPtr> make_flatten(const Parameters&, const Workshop&) {
  return std::make_shared<const FlattenGraphFilter>();
}

constexpr std::array kRows = {TokenFilterRow{"flatten_graph", make_flatten}};

}  // namespace

std::span<const TokenFilterRow> graph_filter_rows() {
  return kRows;
}

}  // namespace stele::text
