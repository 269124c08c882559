#include "io/mapping.h"

#include <utility>

namespace stele::io {
namespace {

class Held final : public Mapping {
 public:
  explicit Held(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string_view bytes() const override { return bytes_; }
  std::size_t memory_bytes() const override { return bytes_.capacity(); }

 private:
  const std::string bytes_;
};

}  // namespace

std::shared_ptr<const Mapping> mapping_of(std::string bytes) {
  return std::make_shared<Held>(std::move(bytes));
}

}  // namespace stele::io
