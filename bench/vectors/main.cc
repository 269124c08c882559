// Stele's side of the bench (peer.h says what it is asked): an index over rows as a sealed segment has it.
#include <bit>
#include <memory>
#include <numeric>
#include <optional>

#include "base/check.h"
#include "engine/vectors/vector_index.h"
#include "peer.h"

namespace {

using namespace stele::engine;

class SteleIndex {
 public:
  explicit SteleIndex(const peer::Data& data) : documents_(data.rows()), lengths_(data.rows(), 1.0F) {
    std::iota(documents_.begin(), documents_.end(), 0);
    rows_ = {static_cast<std::uint32_t>(data.dimension), documents_, data.base, lengths_};
  }

  double build(std::size_t links, std::size_t effort, const std::string& file) {
    codes_ = VectorCodes::build(Similarity::kEuclid, rows_);
    const auto codes = VectorCodes::open(codes_);
    STELE_CHECK(codes.has_value());
    graph_ = Graph::build(*codes, {static_cast<std::uint32_t>(links), static_cast<std::uint32_t>(effort)});
    std::ofstream(file + ".codes", std::ios::binary) << codes_;
    std::ofstream(file + ".graph", std::ios::binary) << graph_;
    open();
    // Beside codes and graph: the document and the length of each row.
    return static_cast<double>(codes_.size() + graph_.size()) / static_cast<double>(documents_.size()) + 8;
  }
  void load(const std::string& file) {
    const auto codes = peer::read_file<char>(file + ".codes");
    const auto graph = peer::read_file<char>(file + ".graph");
    codes_.assign(codes.begin(), codes.end());
    graph_.assign(graph.begin(), graph.end());
    open();
  }
  // Counted once, as whoever makes a set has done.
  void use(const std::vector<std::uint64_t>& filter) {
    count_ = 0;
    for (const std::uint64_t word : filter) count_ += static_cast<std::size_t>(std::popcount(word));
  }
  void search(const float* query, std::size_t effort, const std::vector<std::uint64_t>& filter,
              const std::string& way, std::int32_t* found) {
    VectorSearch search{.vector = {query, rows_.dimension}, .count = peer::kCount, .effort = effort};
    const RowSet allowed{filter, count_};
    if (!filter.empty()) search.allowed = &allowed;
    if (way == "scan") search.way = VectorWay::kScan;
    if (way == "walk") search.way = VectorWay::kWalk;
    if (way == "walk-allowed") search.way = VectorWay::kWalkAllowed;
    for (const Neighbour& neighbour : index_->nearest(search))
      *found++ = static_cast<std::int32_t>(neighbour.row);
  }

 private:
  void open() {
    auto index = VectorIndex::open(rows_, codes_, graph_);
    STELE_CHECK(index.has_value());
    index_.emplace(*std::move(index));
  }

  std::vector<DocOrdinal> documents_;
  std::vector<float> lengths_;
  VectorRows rows_;
  std::string codes_;
  std::string graph_;
  std::optional<VectorIndex> index_;
  std::size_t count_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  return peer::serve<SteleIndex>(argc, argv);
}
