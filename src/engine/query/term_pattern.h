#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/query/term_automaton.h"

namespace stele::engine {

// The terms that a pattern stands for: wildcards, or a regular expression in Lucene's syntax with all its
// operators but numeric intervals (<1-9>): unions, &, ~, repetitions, classes, \d \w \s, ., @, # and quoted
// strings. States are expressions of what may still come (Brzozowski's derivatives), so that intersection and
// complement need no construction of their own. Limits: see the constants; a pattern that takes more
// expressions is exhausted.
class TermPattern final : public TermAutomaton {
 public:
  static constexpr std::size_t kBytesMax = 4096;
  static constexpr std::size_t kStatesMax = 10'000;
  static constexpr std::size_t kCostMax = 2'000'000;

  // kInvalidArgument: what is wrong, and where.
  static Result<std::unique_ptr<TermPattern>> regexp(std::string_view pattern, bool case_insensitive);
  // '*', '?' and '\', see Wildcard of query.h.
  static Result<std::unique_ptr<TermPattern>> wildcard(std::string_view pattern, bool case_insensitive);

  // Expressions, each once, named by numbers. Equal ones have the same number as far as simple rules tell.
  using Node = std::uint32_t;
  class Expressions {
   public:
    static constexpr Node kNothing = 0;  // no string at all
    static constexpr Node kEmpty = 1;    // the empty string
    static constexpr std::uint32_t kUnbounded = 0xFFFFFFFF;

    Expressions();
    Node bytes(unsigned first, unsigned last);
    Node concatenation(Node first, Node second);
    Node concatenation(const std::vector<Node>& nodes);
    Node any_of(std::vector<Node> nodes);
    Node all_of(std::vector<Node> nodes);
    Node none_of(Node node);
    Node repeat(Node node, std::uint32_t least, std::uint32_t most);
    // One code point in [first, last]; the code points of a text one after another.
    Node characters(std::uint32_t first, std::uint32_t last);
    Node anything() { return none_of(kNothing); }

    bool has_empty(Node node) const { return parts_[node].has_empty; }
    Node derivative(Node node, unsigned char byte);
    // Of the memory that they take: expressions and what is named in them.
    std::size_t cost() const { return cost_; }
    // Bytes that no expression tells apart have the same number.
    std::array<std::uint8_t, 256> classes() const;

   private:
    enum class Kind : std::uint8_t { kNothing, kEmpty, kBytes, kConcatenation, kAny, kAll, kNone, kRepeat };
    struct Part {
      Kind kind = Kind::kNothing;
      bool has_empty = false;
      std::uint32_t least = 0;
      std::uint32_t most = 0;
      std::vector<Node> inner;
    };
    Node add(Part part);
    Node gather(Kind kind, std::vector<Node> nodes, Node neutral, Node absorbing);
    Node derive(Node node, unsigned char byte);

    std::vector<Part> parts_;
    std::size_t cost_ = 0;
    std::unordered_map<std::string, Node> known_;
    std::unordered_map<std::uint64_t, Node> derived_;
  };

  TermPattern(Expressions expressions, Node start);

 private:
  State make_step(State state, unsigned char byte) override;
  State reach(Node node);

  Expressions expressions_;
  std::vector<Node> nodes_;  // of states
  std::unordered_map<Node, State> states_;
};

}  // namespace stele::engine
