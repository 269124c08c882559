#include "engine/query/term_pattern.h"

#include <algorithm>
#include <bitset>

namespace stele::engine {

using Node = TermPattern::Node;

TermPattern::Expressions::Expressions() {
  parts_.push_back({.kind = Kind::kNothing});
  parts_.push_back({.kind = Kind::kEmpty, .has_empty = true});
}

Node TermPattern::Expressions::add(Part part) {
  std::string key{static_cast<char>(part.kind)};
  const auto append = [&key](std::uint32_t number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof(number));
  };
  append(part.least);
  append(part.most);
  for (const Node inner : part.inner) append(inner);
  const auto [place, fresh] = known_.try_emplace(std::move(key), static_cast<Node>(parts_.size()));
  if (fresh) {
    cost_ += 1 + part.inner.size();
    parts_.push_back(std::move(part));
  }
  return place->second;
}

Node TermPattern::Expressions::bytes(unsigned first, unsigned last) {
  return add({.kind = Kind::kBytes, .least = first, .most = last});
}

Node TermPattern::Expressions::concatenation(Node first, Node second) {
  if (first == kNothing || second == kNothing) return kNothing;
  if (first == kEmpty) return second;
  if (second == kEmpty) return first;
  if (parts_[first].kind == Kind::kConcatenation) {
    const Node head = parts_[first].inner[0];
    return concatenation(head, concatenation(parts_[first].inner[1], second));
  }
  return add({.kind = Kind::kConcatenation,
              .has_empty = has_empty(first) && has_empty(second),
              .inner = {first, second}});
}

Node TermPattern::Expressions::concatenation(const std::vector<Node>& nodes) {
  Node all = kEmpty;
  for (std::size_t i = nodes.size(); i-- > 0;) all = concatenation(nodes[i], all);
  return all;
}

// A set of expressions: flat, sorted, each once.
Node TermPattern::Expressions::gather(Kind kind, std::vector<Node> nodes, Node neutral, Node absorbing) {
  std::vector<Node> flat;
  for (const Node node : nodes) {
    if (node == absorbing) return absorbing;
    if (node == neutral) continue;
    if (parts_[node].kind == kind)
      flat.insert(flat.end(), parts_[node].inner.begin(), parts_[node].inner.end());
    else
      flat.push_back(node);
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return neutral;
  if (flat.size() == 1) return flat[0];
  const auto empty_in = [this](Node node) { return has_empty(node); };
  const bool empty =
      kind == Kind::kAny ? std::ranges::any_of(flat, empty_in) : std::ranges::all_of(flat, empty_in);
  return add({.kind = kind, .has_empty = empty, .inner = std::move(flat)});
}

Node TermPattern::Expressions::any_of(std::vector<Node> nodes) {
  const Node all = anything();
  return gather(Kind::kAny, std::move(nodes), kNothing, all);
}

Node TermPattern::Expressions::all_of(std::vector<Node> nodes) {
  const Node all = anything();
  return gather(Kind::kAll, std::move(nodes), all, kNothing);
}

Node TermPattern::Expressions::none_of(Node node) {
  if (parts_[node].kind == Kind::kNone) return parts_[node].inner[0];
  return add({.kind = Kind::kNone, .has_empty = !has_empty(node), .inner = {node}});
}

Node TermPattern::Expressions::repeat(Node node, std::uint32_t least, std::uint32_t most) {
  if (most == 0 || node == kEmpty) return kEmpty;
  if (node == kNothing) return least == 0 ? kEmpty : kNothing;
  if (has_empty(node)) least = 0;
  if (least == 1 && most == 1) return node;
  const bool star = least == 0 && most == kUnbounded;
  if (star && parts_[node].kind == Kind::kRepeat && parts_[node].least == 0 &&
      parts_[node].most == kUnbounded)
    return node;
  return add({.kind = Kind::kRepeat, .has_empty = least == 0, .least = least, .most = most, .inner = {node}});
}

Node TermPattern::Expressions::derivative(Node node, unsigned char byte) {
  if (node == kNothing || node == kEmpty) return kNothing;
  const std::uint64_t key = std::uint64_t{node} << 8U | byte;
  if (const auto known = derived_.find(key); known != derived_.end()) return known->second;
  const Node derived = cost_ > kCostMax ? kNothing : derive(node, byte);
  derived_.emplace(key, derived);
  return derived;
}

Node TermPattern::Expressions::derive(Node node, unsigned char byte) {
  const Part part = parts_[node];  // (the list grows)
  std::vector<Node> inner;
  switch (part.kind) {
    case Kind::kNothing:
    case Kind::kEmpty:
      return kNothing;
    case Kind::kBytes:
      return part.least <= byte && byte <= part.most ? kEmpty : kNothing;
    case Kind::kConcatenation: {
      const Node first = concatenation(derivative(part.inner[0], byte), part.inner[1]);
      return has_empty(part.inner[0]) ? any_of({first, derivative(part.inner[1], byte)}) : first;
    }
    case Kind::kAny:
    case Kind::kAll:
      for (const Node one : part.inner) inner.push_back(derivative(one, byte));
      return part.kind == Kind::kAny ? any_of(std::move(inner)) : all_of(std::move(inner));
    case Kind::kNone:
      return none_of(derivative(part.inner[0], byte));
    case Kind::kRepeat: {
      const std::uint32_t least = part.least == 0 ? 0 : part.least - 1;
      const std::uint32_t most = part.most == kUnbounded ? kUnbounded : part.most - 1;
      const Node rest = repeat(part.inner[0], least, most);
      return concatenation(derivative(part.inner[0], byte), rest);
    }
  }
  return kNothing;
}

std::array<std::uint8_t, 256> TermPattern::Expressions::classes() const {
  std::bitset<257> begins;
  for (const Part& part : parts_) {
    if (part.kind != Kind::kBytes) continue;
    begins.set(part.least);
    begins.set(part.most + std::size_t{1});
  }
  std::array<std::uint8_t, 256> class_of{};
  std::uint8_t number = 0;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    if (byte > 0 && begins[byte]) ++number;
    class_of[byte] = number;
  }
  return class_of;
}

namespace {

std::string encode(std::uint32_t point, std::size_t size) {
  static constexpr unsigned kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  std::string bytes(size, '\0');
  for (std::size_t i = size - 1; i > 0; --i, point >>= 6U)
    bytes[i] = static_cast<char>(0x80U | (point & 0x3FU));
  bytes[0] = static_cast<char>(kLead[size] | point);
  return bytes;
}

}  // namespace

// Split until every byte of what remains runs through a range of its own.
Node TermPattern::Expressions::characters(std::uint32_t first, std::uint32_t last) {
  static constexpr std::uint32_t kLast[] = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
  if (first > last || first > kLast[3]) return kNothing;
  for (std::size_t size = 1; size <= 4; ++size) {
    const std::uint32_t most = kLast[size - 1];
    if (first > most) continue;
    if (last > most) return any_of({characters(first, most), characters(most + 1, std::min(last, kLast[3]))});
    for (std::size_t i = 1; i < size; ++i) {
      const std::uint32_t low = (1U << (6 * i)) - 1;
      if ((first & ~low) == (last & ~low)) continue;
      if ((first & low) != 0)
        return any_of({characters(first, first | low), characters((first | low) + 1, last)});
      if ((last & low) != low)
        return any_of({characters(first, (last & ~low) - 1), characters(last & ~low, last)});
    }
    const std::string from = encode(first, size);
    const std::string to = encode(last, size);
    std::vector<Node> sequence;
    for (std::size_t i = 0; i < size; ++i)
      sequence.push_back(bytes(static_cast<unsigned char>(from[i]), static_cast<unsigned char>(to[i])));
    return concatenation(sequence);
  }
  return kNothing;
}

TermPattern::TermPattern(Expressions expressions, Node start)
    : TermAutomaton(expressions.classes(), kStatesMax), expressions_(std::move(expressions)) {
  add_state(false);
  nodes_.push_back(Expressions::kNothing);
  // A start state even of an expression that stands for nothing.
  add_state(expressions_.has_empty(start));
  nodes_.push_back(start);
  states_.emplace(Expressions::kNothing, kDead);
  states_.try_emplace(start, kStart);
}

TermAutomaton::State TermPattern::make_step(State state, unsigned char byte) {
  const Node next = expressions_.derivative(nodes_[state], byte);
  if (expressions_.cost() > kCostMax) exhaust();
  return reach(next);
}

TermAutomaton::State TermPattern::reach(Node node) {
  const auto known = states_.find(node);
  if (known != states_.end()) return known->second;
  const State state = add_state(expressions_.has_empty(node));
  if (state == kDead) return kDead;
  nodes_.push_back(node);
  states_.emplace(node, state);
  return state;
}

}  // namespace stele::engine
