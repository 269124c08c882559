#include "engine/vectors/distance.h"

#include "engine/vectors/instructions.h"

// Highway compiles this file once for each kind of machine.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/vectors/distance.cc"  // NOLINT(readability-identifier-naming): its name
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace stele::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// `step(left, right, sum)` for all elements, in four independent sums: one would wait for itself.
template <class Step>
float accumulate(const float* left, const float* right, std::size_t dimension, Step step) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 4 * lanes <= dimension; i += 4 * lanes) {
    sum0 = step(hn::LoadU(d, left + i), hn::LoadU(d, right + i), sum0);
    sum1 = step(hn::LoadU(d, left + i + lanes), hn::LoadU(d, right + i + lanes), sum1);
    sum2 = step(hn::LoadU(d, left + i + 2 * lanes), hn::LoadU(d, right + i + 2 * lanes), sum2);
    sum3 = step(hn::LoadU(d, left + i + 3 * lanes), hn::LoadU(d, right + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= dimension; i += lanes)
    sum0 = step(hn::LoadU(d, left + i), hn::LoadU(d, right + i), sum0);
  if (i < dimension) {
    // Zeros beyond the end add nothing to any of the sums.
    const auto mask = hn::FirstN(d, dimension - i);
    sum1 = step(hn::MaskedLoad(mask, d, left + i), hn::MaskedLoad(mask, d, right + i), sum1);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
}

float dot_product(const float* left, const float* right, std::size_t dimension) {
  return accumulate(left, right, dimension,
                    [](auto a, auto b, auto sum) HWY_ATTR { return hn::MulAdd(a, b, sum); });
}

float squared_distance(const float* left, const float* right, std::size_t dimension) {
  return accumulate(left, right, dimension, [](auto a, auto b, auto sum) HWY_ATTR {
    const auto difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  });
}

float manhattan_distance(const float* left, const float* right, std::size_t dimension) {
  return accumulate(left, right, dimension,
                    [](auto a, auto b, auto sum) HWY_ATTR { return hn::Add(sum, hn::AbsDiff(a, b)); });
}

const char* vector_instructions() {
  return hwy::TargetName(HWY_TARGET);
}

}  // namespace stele::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace stele::engine {

HWY_EXPORT(dot_product);
HWY_EXPORT(squared_distance);
HWY_EXPORT(manhattan_distance);
HWY_EXPORT(vector_instructions);

float dot_product(const float* left, const float* right, std::size_t dimension) {
  return HWY_DYNAMIC_DISPATCH(dot_product)(left, right, dimension);
}
float squared_distance(const float* left, const float* right, std::size_t dimension) {
  return HWY_DYNAMIC_DISPATCH(squared_distance)(left, right, dimension);
}
float manhattan_distance(const float* left, const float* right, std::size_t dimension) {
  return HWY_DYNAMIC_DISPATCH(manhattan_distance)(left, right, dimension);
}
const char* vector_instructions() {
  return HWY_DYNAMIC_DISPATCH(vector_instructions)();
}

}  // namespace stele::engine
#endif
