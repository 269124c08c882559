// hnswlib beside Stele: its headers come with the package, see ../run.py.
#include <hnswlib/hnswlib.h>

#include <memory>

#include "../peer.h"

namespace {

class Bits final : public hnswlib::BaseFilterFunctor {
 public:
  explicit Bits(const std::vector<std::uint64_t>& words) : words_(words) {}
  bool operator()(hnswlib::labeltype row) override { return (words_[row / 64] >> (row % 64) & 1U) != 0; }

 private:
  const std::vector<std::uint64_t>& words_;
};

class HnswlibIndex {
 public:
  explicit HnswlibIndex(const peer::Data& data) : data_(data), space_(data.dimension) {}

  double build(std::size_t links, std::size_t effort, const std::string& file) {
    graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(&space_, data_.rows(), links, effort);
    for (std::size_t i = 0; i < data_.rows(); ++i) graph_->addPoint(&data_.base[i * data_.dimension], i);
    graph_->saveIndex(file);
    std::ifstream saved(file, std::ios::binary | std::ios::ate);
    return static_cast<double>(saved.tellg()) / static_cast<double>(data_.rows());
  }
  void load(const std::string& file) {
    graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(&space_, file);
  }
  void use(const std::vector<std::uint64_t>&) {}
  void search(const float* query, std::size_t effort, const std::vector<std::uint64_t>& filter,
              const std::string&, std::int32_t* found) {
    graph_->setEf(effort);
    Bits bits(filter);
    auto best = graph_->searchKnn(query, peer::kCount, filter.empty() ? nullptr : &bits);
    for (; !best.empty(); best.pop()) *found++ = static_cast<std::int32_t>(best.top().second);
  }

 private:
  const peer::Data& data_;
  hnswlib::L2Space space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph_;
};

}  // namespace

int main(int argc, char** argv) {
  return peer::serve<HnswlibIndex>(argc, argv);
}
