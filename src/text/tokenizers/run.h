#pragma once

#include <array>
#include <functional>

#include "text/component.h"

namespace stele::text {

// Runs of characters that belong together: letters, anything but white space, anything but a group of
// characters. Cut behind `token_length_max` UTF-16 units.
class RunTokenizer final : public Tokenizer {
 public:
  using Belongs =
      std::function<bool(std::uint32_t code_point)>;  // never asked about bad bytes: they separate
  RunTokenizer(Belongs belongs, std::size_t token_length_max, bool lower = false);
  void tokenize(std::string_view text, Tokens& tokens) const override;
  TokenizerPtr in_lower_case() const override;

 private:
  Belongs belongs_;
  std::array<bool, 128> ascii_{};
  std::size_t token_length_max_;
  bool lower_;
};

}  // namespace stele::text
