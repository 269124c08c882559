#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::text {

// Where a group matched, in bytes; start > end: it took no part.
struct MatchRange {
  std::size_t start = 1;
  std::size_t end = 0;
  bool matched() const { return start <= end; }
};

// Where does a pattern in Java's syntax match in UTF-8 text? ICU's engine on UTF-16, with Java's meaning of
// \w,
// \d, \s and the POSIX classes, which are ASCII. Threads: immutable; search() works on a clone. Cost: a clone
// a search and the backtracking of the pattern, which is bounded: after a second, or 8 MB of stack, there are
// no more matches. Errors: kInvalidArgument names the pattern and ICU's complaint.
class RegularExpression {
 public:
  struct Impl;
  // `flags`: Java's names between '|' (CASE_INSENSITIVE|COMMENTS|…).
  static Result<std::shared_ptr<const RegularExpression>> compile(std::string_view pattern,
                                                                  std::string_view flags);
  explicit RegularExpression(std::unique_ptr<Impl> impl);
  ~RegularExpression();

  int group_count() const;
  // Calls found(groups), groups[0] being the whole match, for each match until it returns false.
  template <class Found>
  void search(std::string_view text, const Found& found) const {
    Search search(*this, text);
    while (search.next())
      if (!found(search.groups())) return;
  }
  // Is the whole text one match?
  bool matches(std::string_view text) const;
  // Appends Java's `replacement` ($1, ${name}, \$) for a match.
  void append_replacement(std::string& out, std::string_view replacement, std::string_view text,
                          const std::vector<MatchRange>& groups) const;

  // A walk over the matches in one text, or in several, one after the other.
  class Search {
   public:
    explicit Search(const RegularExpression& expression);
    Search(const RegularExpression& expression, std::string_view text);
    Search(const Search&) = delete;
    Search& operator=(const Search&) = delete;
    ~Search();
    void start(std::string_view text);
    bool next();
    const std::vector<MatchRange>& groups() const { return groups_; }

   private:
    struct State;
    std::unique_ptr<State> state_;
    std::vector<MatchRange> groups_;
  };

 private:
  std::unique_ptr<Impl> impl_;
};

using RegularExpressionPtr = std::shared_ptr<const RegularExpression>;

}  // namespace stele::text
