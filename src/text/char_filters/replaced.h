#pragma once

#include <string>
#include <string_view>

#include "text/offset_map.h"

namespace stele::text {

// A text that is rewritten from left to right, and its way back: what is copied keeps its offsets; in a
// replacement each character leads to its like in what it replaces, those beyond to the last one, as Lucene
// has it.
class ReplacedText {
 public:
  ReplacedText(std::string_view text, OffsetMap& offsets) : text_(text), offsets_(offsets) {}
  // Copies up to `end`, from where the last step ended.
  void copy_to(std::size_t end);
  // Replaces text[at, end); copies what stands before it.
  void replace(std::size_t at, std::size_t end, std::string_view with);
  // The rest, and all.
  std::string finish();
  std::string_view so_far() const { return out_; }

 private:
  // The output offset `output` comes from `original`.
  void point(std::size_t output, std::size_t original);

  std::string_view text_;
  OffsetMap& offsets_;
  std::string out_;
  std::size_t at_ = 0;
};

}  // namespace stele::text
