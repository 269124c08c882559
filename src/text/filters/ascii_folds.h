#pragma once

#include <span>
#include <string_view>

namespace stele::text {

// Letters, digits and marks that have a look-alike in ASCII, and what they are written with there.
struct FoldRow {
  std::string_view ascii;
  std::u16string_view letters;
};
std::span<const FoldRow> ascii_fold_rows();

}  // namespace stele::text
