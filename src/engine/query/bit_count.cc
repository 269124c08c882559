#include "engine/query/bit_count.h"

#include "engine/vectors/instructions.h"

// Highway compiles this file once for each kind of machine.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/query/bit_count.cc"  // NOLINT(readability-identifier-naming): its name
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace stele::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Of `load(place)`, a register of words or the rest of them.
template <class Load>
std::uint64_t count(std::size_t size, Load load) {
  const hn::ScalableTag<std::uint64_t> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) sum = hn::Add(sum, hn::PopulationCount(load(d, i, lanes)));
  if (i < size) sum = hn::Add(sum, hn::PopulationCount(load(d, i, size - i)));
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

std::uint64_t count_one(const std::uint64_t* words, std::size_t size) {
  return count(size, [words](auto d, std::size_t i, std::size_t some) HWY_ATTR {
    return some == hn::Lanes(d) ? hn::LoadU(d, words + i) : hn::MaskedLoad(hn::FirstN(d, some), d, words + i);
  });
}

std::uint64_t count_both(const std::uint64_t* left, const std::uint64_t* right, std::size_t size) {
  return count(size, [left, right](auto d, std::size_t i, std::size_t some) HWY_ATTR {
    if (some == hn::Lanes(d)) return hn::And(hn::LoadU(d, left + i), hn::LoadU(d, right + i));
    const auto mask = hn::FirstN(d, some);
    return hn::And(hn::MaskedLoad(mask, d, left + i), hn::MaskedLoad(mask, d, right + i));
  });
}

}  // namespace stele::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

namespace stele::engine {

HWY_EXPORT(count_one);
HWY_EXPORT(count_both);

std::size_t count_bits(std::span<const std::uint64_t> words) {
  return HWY_DYNAMIC_DISPATCH(count_one)(words.data(), words.size());
}

std::size_t count_common_bits(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right) {
  return HWY_DYNAMIC_DISPATCH(count_both)(left.data(), right.data(), std::min(left.size(), right.size()));
}

}  // namespace stele::engine
#endif
