#include <algorithm>

#include "engine/postings/varint.h"
#include "engine/segment/hash.h"
#include "engine/vectors/graph.h"

namespace stele::engine {

// Links row after row, each to the best of what a search for it finds. Confined to its thread.
class GraphBuilder {
 public:
  GraphBuilder(const VectorCodes& codes, GraphShape shape)
      : codes_(codes),
        shape_(shape),
        lowest_(codes.size() * 2 * std::size_t{shape.links}, kNoRow),
        upper_of_(codes.size(), kNoRow) {}

  std::string build() {
    for (std::uint32_t row = 0; row < codes_.size(); ++row) add(row);
    return section();
  }

 private:
  static constexpr std::size_t kProbes = 32;

  // Each level holds one in `links` rows of the level below: by a hash of the row, so that the same rows give
  // the same graph.
  std::uint32_t levels_of(std::uint32_t row) const {
    std::uint64_t hash = hash_bytes({reinterpret_cast<const char*>(&row), sizeof(row)});
    const std::uint32_t one_in = std::max(shape_.links, 2U);
    std::uint32_t levels = 1;
    while (levels < 16 && hash % one_in == 0) {
      hash /= one_in;
      ++levels;
    }
    return levels;
  }

  std::size_t room(std::uint32_t level) const { return (level == 0 ? 2 : 1) * std::size_t{shape_.links}; }
  std::span<std::uint32_t> list(std::uint32_t row, std::uint32_t level) {
    if (level == 0) return std::span(lowest_).subspan(row * room(0), room(0));
    return std::span(upper_[upper_of_[row]]).subspan((level - 1) * room(1), room(1));
  }
  std::span<const std::uint32_t> links(std::uint32_t row, std::uint32_t level) {
    const auto here = list(row, level);
    std::size_t size = here.size();
    while (size > 0 && here[size - 1] == kNoRow) --size;
    return here.first(size);
  }

  void add(std::uint32_t row) {
    const std::uint32_t levels = levels_of(row);
    if (levels > 1) {
      upper_of_[row] = static_cast<std::uint32_t>(upper_.size());
      upper_rows_.push_back(row);
      upper_.emplace_back((levels - 1) * room(1), kNoRow);
    }
    if (levels_ == 0) {
      levels_ = levels;
      entry_ = row;
      return;
    }
    codes_.query(row, query_);
    scratch_.fresh.assign(1, entry_);
    Neighbour start{scratch_.measure(codes_, query_)[0], entry_};
    for (std::uint32_t level = levels_; level-- > levels;)
      start = walk_down(codes_, query_, start, scratch_, [&](std::uint32_t at) { return links(at, level); });
    for (std::uint32_t level = std::min(levels, levels_); level-- > 0;) {
      walk_around(codes_, query_, start, shape_.effort, scratch_,
                  [&](std::uint32_t at) { return links(at, level); });
      near_ = scratch_.nearest.finish();
      start = near_[0];
      connect(row, level, choose(row, near_, shape_.links, true));
    }
    if (levels > levels_) {
      levels_ = levels;
      entry_ = row;
    }
  }

  // Up to `count` of the candidates, nearest first, but none that is nearer to one chosen before than to
  // `row`: that one leads there. Filled up with the nearest of those left out, without which rows in dense
  // places would hardly be linked.
  const std::vector<std::uint32_t>& choose(std::uint32_t row, const std::vector<Neighbour>& candidates,
                                           std::size_t count, bool fill) {
    chosen_.clear();
    others_.clear();
    for (const Neighbour& candidate : candidates) {
      if (chosen_.size() == count) break;
      if (candidate.row == row) continue;
      (is_hidden(row, candidate.row) ? others_ : chosen_).push_back(candidate.row);
    }
    if (fill)
      for (std::size_t i = 0; i < others_.size() && chosen_.size() < count; ++i)
        chosen_.push_back(others_[i]);
    return chosen_;
  }

  bool is_hidden(std::uint32_t row, std::uint32_t candidate) {
    if (chosen_.empty()) return false;
    codes_.query(candidate, other_);
    float to_row = 0;
    codes_.distances(other_, {&row, 1}, &to_row);
    // A few at a time: mostly one of the first hides it.
    constexpr std::size_t kBatch = 4;
    float distances[kBatch];
    for (std::size_t at = 0; at < chosen_.size(); at += kBatch) {
      const std::size_t size = std::min(kBatch, chosen_.size() - at);
      codes_.distances(other_, std::span(chosen_).subspan(at, size), distances);
      if (std::any_of(distances, distances + size, [&](float distance) { return distance < to_row; }))
        return true;
    }
    return false;
  }

  void connect(std::uint32_t row, std::uint32_t level, const std::vector<std::uint32_t>& neighbours) {
    const auto here = list(row, level);
    std::copy(neighbours.begin(), neighbours.end(), here.begin());
    for (const std::uint32_t neighbour : links(row, level)) link_back(neighbour, row, level);
  }

  void link_back(std::uint32_t from, std::uint32_t to, std::uint32_t level) {
    const auto there = list(from, level);
    const auto linked = links(from, level);
    if (linked.size() < there.size()) {
      there[linked.size()] = to;
      return;
    }
    scratch_.fresh.assign(linked.begin(), linked.end());
    scratch_.fresh.push_back(to);
    codes_.query(from, other_);
    const auto distances = scratch_.measure(codes_, other_);
    around_.clear();
    for (std::size_t i = 0; i < distances.size(); ++i) around_.push_back({distances[i], scratch_.fresh[i]});
    std::sort(around_.begin(), around_.end());
    const std::vector<std::uint32_t>& kept = choose(from, around_, there.size(), false);
    std::fill(there.begin(), there.end(), kNoRow);
    std::copy(kept.begin(), kept.end(), there.begin());
  }

  // Rows looked at a hundred units of effort.
  std::uint32_t measure_cost() {
    if (codes_.size() == 0) return 0;
    std::size_t looked_at = 0;
    for (std::size_t i = 0; i < kProbes; ++i) {
      codes_.query(static_cast<std::uint32_t>(i * codes_.size() / kProbes), query_);
      scratch_.looked_at = 0;
      walk_around(codes_, query_, {0, entry_}, shape_.effort, scratch_,
                  [&](std::uint32_t at) { return links(at, 0); });
      looked_at += scratch_.looked_at;
    }
    return static_cast<std::uint32_t>(looked_at * 100 / kProbes / std::max(shape_.effort, 1U));
  }

  std::string section() {
    std::string bytes;
    const std::uint32_t cost = measure_cost();
    for (const std::uint32_t word :
         {static_cast<std::uint32_t>(codes_.size()), shape_.links, entry_, levels_, cost, shape_.effort})
      append_le(bytes, word);
    bytes.resize(16 * sizeof(std::uint32_t));
    bytes.append(reinterpret_cast<const char*>(lowest_.data()), lowest_.size() * sizeof(std::uint32_t));
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

  const VectorCodes& codes_;
  GraphShape shape_;
  std::uint32_t levels_ = 0;
  std::uint32_t entry_ = 0;
  std::vector<std::uint32_t> lowest_;
  std::vector<std::uint32_t> upper_of_;  // by row: place in upper_
  std::vector<std::uint32_t> upper_rows_;
  std::vector<std::vector<std::uint32_t>> upper_;
  WalkScratch scratch_;
  CodeQuery query_;
  CodeQuery other_;
  std::vector<Neighbour> near_;
  std::vector<Neighbour> around_;
  std::vector<std::uint32_t> chosen_;
  std::vector<std::uint32_t> others_;
};

std::string Graph::build(const VectorCodes& codes, GraphShape shape) {
  return GraphBuilder(codes, shape).build();
}

}  // namespace stele::engine
