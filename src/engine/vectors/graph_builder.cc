#include <algorithm>

#include "engine/postings/varint.h"
#include "engine/segment/hash.h"
#include "engine/vectors/graph.h"
#include "engine/vectors/graph_walk.h"

namespace stele::engine {

// Links row after row, each to the best of what a search for it finds. Confined to its thread.
class GraphBuilder {
 public:
  GraphBuilder(const VectorMetric& metric, GraphOptions options)
      : metric_(metric),
        options_(options),
        lowest_(metric.size() * (1 + 2 * std::size_t{options.links})),
        upper_of_(metric.size(), kNone),
        seen_(metric.size()) {}

  std::string build() {
    for (std::uint32_t row = 0; row < metric_.size(); ++row) add(row);
    return section();
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  // Each level holds one in `links` rows of the level below: by a hash of the row, so that the same rows give
  // the same graph.
  std::uint32_t levels_of(std::uint32_t row) const {
    std::uint64_t hash = hash_bytes({reinterpret_cast<const char*>(&row), sizeof(row)});
    std::uint32_t levels = 1;
    while (levels < 16 && hash % options_.links == 0) {
      hash /= options_.links;
      ++levels;
    }
    return levels;
  }

  std::uint32_t* list(std::uint32_t row, std::uint32_t level) {
    if (level == 0) return &lowest_[row * (1 + 2 * std::size_t{options_.links})];
    return &upper_[upper_of_[row]][(level - 1) * (1 + std::size_t{options_.links})];
  }
  std::span<const std::uint32_t> links(std::uint32_t row, std::uint32_t level) {
    const std::uint32_t* const here = list(row, level);
    return {here + 1, here[0]};
  }
  std::size_t room(std::uint32_t level) const { return (level == 0 ? 2 : 1) * std::size_t{options_.links}; }

  void add(std::uint32_t row) {
    const std::uint32_t levels = levels_of(row);
    if (levels > 1) {
      upper_of_[row] = static_cast<std::uint32_t>(upper_.size());
      upper_rows_.push_back(row);
      upper_.emplace_back((levels - 1) * (1 + std::size_t{options_.links}));
    }
    if (levels_ == 0) {
      levels_ = levels;
      entry_ = row;
      return;
    }
    const float* const query = metric_.row(row);
    Neighbour start{metric_.distance(query, entry_), entry_};
    for (std::uint32_t level = levels_; level-- > levels;)
      start = walk_down(metric_, query, start, [&](std::uint32_t at) { return links(at, level); });
    for (std::uint32_t level = std::min(levels, levels_); level-- > 0;) {
      std::vector<Neighbour> near = walk_around(metric_, query, start, options_.effort, {}, seen_,
                                                [&](std::uint32_t at) { return links(at, level); });
      start = near[0];
      for (Neighbour& neighbour : near) neighbour.distance = metric_.between(row, neighbour.row);
      connect(row, level, choose(near, options_.links));
    }
    if (levels > levels_) {
      levels_ = levels;
      entry_ = row;
    }
  }

  // Of the nearest those that are nearer to the row than to one chosen before: links in all directions. The
  // room that is left goes to the nearest of the others.
  std::vector<Neighbour> choose(const std::vector<Neighbour>& near, std::size_t count) const {
    std::vector<Neighbour> chosen;
    std::vector<Neighbour> others;
    for (const Neighbour& candidate : near) {
      if (chosen.size() == count) break;
      const bool hidden = std::any_of(chosen.begin(), chosen.end(), [&](const Neighbour& before) {
        return metric_.between(candidate.row, before.row) < candidate.distance;
      });
      (hidden ? others : chosen).push_back(candidate);
    }
    for (std::size_t i = 0; i < others.size() && chosen.size() < count; ++i) chosen.push_back(others[i]);
    return chosen;
  }

  void connect(std::uint32_t row, std::uint32_t level, const std::vector<Neighbour>& neighbours) {
    std::uint32_t* const here = list(row, level);
    here[0] = 0;
    for (const Neighbour& neighbour : neighbours) {
      here[++here[0]] = neighbour.row;
      link_back(neighbour, row, level);
    }
  }

  void link_back(const Neighbour& from, std::uint32_t to, std::uint32_t level) {
    std::uint32_t* const list_there = list(from.row, level);
    if (list_there[0] < room(level)) {
      list_there[++list_there[0]] = to;
      return;
    }
    std::vector<Neighbour> near = {{metric_.between(from.row, to), to}};
    for (const std::uint32_t row : links(from.row, level))
      near.push_back({metric_.between(from.row, row), row});
    std::sort(near.begin(), near.end());
    const std::vector<Neighbour> kept = choose(near, room(level));
    list_there[0] = 0;
    for (const Neighbour& neighbour : kept) list_there[++list_there[0]] = neighbour.row;
  }

  std::string section() const {
    std::string bytes;
    for (const std::uint32_t word :
         {static_cast<std::uint32_t>(metric_.size()), options_.links, entry_, levels_})
      append_le(bytes, word);
    for (const std::uint32_t word : lowest_) append_le(bytes, word);
    append_le(bytes, static_cast<std::uint32_t>(upper_rows_.size()));
    for (const std::uint32_t row : upper_rows_) append_le(bytes, row);
    auto at = static_cast<std::uint32_t>(bytes.size() / 4 + upper_.size());
    for (const auto& lists : upper_) {
      append_le(bytes, at);
      at += static_cast<std::uint32_t>(lists.size());
    }
    for (const auto& lists : upper_)
      for (const std::uint32_t word : lists) append_le(bytes, word);
    return bytes;
  }

  const VectorMetric& metric_;
  GraphOptions options_;
  std::uint32_t levels_ = 0;
  std::uint32_t entry_ = 0;
  std::vector<std::uint32_t> lowest_;
  std::vector<std::uint32_t> upper_of_;  // by row: place in upper_
  std::vector<std::uint32_t> upper_rows_;
  std::vector<std::vector<std::uint32_t>> upper_;
  SeenRows seen_;
};

std::string Graph::build(const VectorMetric& metric, GraphOptions options) {
  return GraphBuilder(metric, options).build();
}

}  // namespace stele::engine
