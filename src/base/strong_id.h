#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace stele {

// An integer with a meaning: ids of different tags do not mix, and arithmetic is spelled out.
//   struct SegmentTag; using SegmentId = StrongId<SegmentTag, std::uint32_t>;
template <class Tag, class Integer = std::uint64_t>
class StrongId {
 public:
  using integer_type = Integer;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Integer value) : value_(value) {}
  constexpr Integer value() const { return value_; }
  constexpr StrongId next() const { return StrongId(static_cast<Integer>(value_ + 1)); }
  constexpr auto operator<=>(const StrongId&) const = default;

 private:
  Integer value_{};
};

}  // namespace stele

template <class Tag, class Integer>
struct std::hash<stele::StrongId<Tag, Integer>> {
  std::size_t operator()(stele::StrongId<Tag, Integer> id) const noexcept {
    return std::hash<Integer>{}(id.value());
  }
};
