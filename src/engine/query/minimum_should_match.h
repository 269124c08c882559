#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::engine {

// How many of n optional clauses must match? Elasticsearch's forms: "2", "-1" (all but one), "75%", "-25%",
// and conditions "2<75%" (up to 2 clauses: all; more: 75 %), several of them separated by spaces. Value type.
class MinimumShouldMatch {
 public:
  // Not given: the caller's default holds.
  MinimumShouldMatch() = default;
  // kInvalidArgument for what is none of the forms.
  static Result<MinimumShouldMatch> parse(std::string_view text);
  static MinimumShouldMatch count(int clauses);

  bool is_given() const { return !rules_.empty(); }
  // Between 0 and `clauses`, except that a count above `clauses` stays above (nothing matches then).
  // `otherwise` where nothing is given.
  std::size_t resolve(std::size_t clauses, std::size_t otherwise) const;

 private:
  // Applies to more than `above` clauses; the last rule that applies decides, none: all clauses.
  struct Rule {
    int above = -1;
    int amount = 0;
    bool percent = false;
  };
  std::vector<Rule> rules_;
};

}  // namespace stele::engine
