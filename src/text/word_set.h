#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace stele::text {

// Is this word in the list? Threads: immutable after construction. Cost: for words of a length that no entry
// has, a bit test; else a hash.
class WordSet {
 public:
  WordSet() = default;
  explicit WordSet(const std::vector<std::string>& words, bool ignore_case = false);
  bool contains(std::string_view word) const;
  bool empty() const { return words_.empty(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>()(word); }
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> words_;
  std::uint64_t lengths_ = 0;  // bit n: a word of n bytes; bit 63: of 63 or more
  bool ignore_case_ = false;
};

}  // namespace stele::text
