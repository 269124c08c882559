#include "engine/vectors/code_distance.h"

#include <algorithm>
#include <cstring>

#include "engine/vectors/instructions.h"

// Highway compiles this file once for each kind of machine.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE \
  "engine/vectors/code_distance.cc"  // NOLINT(readability-identifier-naming): its name
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace stele::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kLine = 64;
constexpr std::size_t kAhead = 4;  // rows fetched before they are needed

HWY_INLINE void fetch_row(const CodeRows& rows, std::uint32_t id) {
  const std::uint8_t* const row = rows.row(id);
  for (std::size_t at = 0; at < rows.stride; at += kLine) __builtin_prefetch(row + at);
  __builtin_prefetch(row + rows.stride - 1);
}

#if HWY_TARGET == HWY_AVX3_DL
// Four products of bytes a lane and instruction, which this Highway does not offer.
#define STELE_BYTE_PRODUCTS __attribute__((target(HWY_TARGET_STR ",avx512vnni")))

STELE_BYTE_PRODUCTS HWY_INLINE std::int32_t product(const std::uint8_t* row, const std::int8_t* query,
                                                    std::size_t dimension) {
  __m512i sum0 = _mm512_setzero_si512();
  __m512i sum1 = _mm512_setzero_si512();
  std::size_t i = 0;
  for (; i + 2 * kLine <= dimension; i += 2 * kLine) {
    sum0 = _mm512_dpbusd_epi32(sum0, _mm512_loadu_si512(row + i), _mm512_loadu_si512(query + i));
    sum1 =
        _mm512_dpbusd_epi32(sum1, _mm512_loadu_si512(row + i + kLine), _mm512_loadu_si512(query + i + kLine));
  }
  for (; i < dimension; i += kLine)
    sum0 = _mm512_dpbusd_epi32(sum0, _mm512_loadu_si512(row + i), _mm512_loadu_si512(query + i));
  return _mm512_reduce_add_epi32(_mm512_add_epi32(sum0, sum1));
}
#else
#define STELE_BYTE_PRODUCTS HWY_ATTR

HWY_INLINE std::int32_t product(const std::uint8_t* row, const std::int8_t* query, std::size_t dimension) {
  const hn::ScalableTag<std::int16_t> d16;
  const hn::Rebind<std::uint8_t, decltype(d16)> du8;
  const hn::Rebind<std::int8_t, decltype(d16)> di8;
  const hn::Repartition<std::int32_t, decltype(d16)> d32;
  const std::size_t lanes = hn::Lanes(d16);
  auto sum0 = hn::Zero(d32);
  auto sum1 = hn::Zero(d32);
  for (std::size_t i = 0; i < dimension; i += lanes) {
    const auto left = hn::PromoteTo(d16, hn::LoadU(du8, row + i));
    const auto right = hn::PromoteTo(d16, hn::LoadU(di8, query + i));
    sum0 = hn::ReorderWidenMulAccumulate(d32, left, right, sum0, sum1);
  }
  return hn::GetLane(hn::SumOfLanes(d32, hn::Add(sum0, sum1)));
}
#endif

HWY_INLINE std::uint64_t difference(const std::uint8_t* row, const std::uint8_t* query,
                                    std::size_t dimension) {
  const hn::ScalableTag<std::uint8_t> d8;
  const hn::Repartition<std::uint64_t, decltype(d8)> d64;
  const std::size_t lanes = hn::Lanes(d8);
  auto sum = hn::Zero(d64);
  for (std::size_t i = 0; i < dimension; i += lanes) {
    auto left = hn::LoadU(d8, row + i);
    // Behind the row's end the query has zeros, the next row has not.
    if (i + lanes > dimension) left = hn::IfThenElseZero(hn::FirstN(d8, dimension - i), left);
    const auto right = hn::LoadU(d8, query + i);
    sum = hn::Add(sum, hn::SumsOf8(hn::Sub(hn::Max(left, right), hn::Min(left, right))));
  }
  return hn::GetLane(hn::SumOfLanes(d64, sum));
}

template <class Measure>
STELE_BYTE_PRODUCTS HWY_INLINE void measure_all(const CodeRows& rows, std::span<const std::uint32_t> ids,
                                                float* distances, Measure measure) {
  const std::size_t head = std::min(kAhead, ids.size());
  for (std::size_t i = 0; i < head; ++i) fetch_row(rows, ids[i]);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i + kAhead < ids.size()) fetch_row(rows, ids[i + kAhead]);
    const std::uint8_t* const row = rows.row(ids[i]);
    float bias = 0;
    std::memcpy(&bias, row, sizeof(bias));
    distances[i] = measure(row + sizeof(bias), bias);
  }
}

STELE_BYTE_PRODUCTS void product_distances(const CodeRows& rows, const std::int8_t* query, float factor,
                                           std::span<const std::uint32_t> ids, float* distances) {
  measure_all(rows, ids, distances, [&](const std::uint8_t* row, float bias) STELE_BYTE_PRODUCTS {
    return bias - factor * static_cast<float>(product(row, query, rows.dimension));
  });
}

STELE_BYTE_PRODUCTS void difference_distances(const CodeRows& rows, const std::uint8_t* query, float factor,
                                              std::span<const std::uint32_t> ids, float* distances) {
  measure_all(rows, ids, distances, [&](const std::uint8_t* row, float) STELE_BYTE_PRODUCTS {
    return factor * static_cast<float>(difference(row, query, rows.dimension));
  });
}

#undef STELE_BYTE_PRODUCTS
}  // namespace stele::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace stele::engine {

HWY_EXPORT(product_distances);
HWY_EXPORT(difference_distances);

void product_distances(const CodeRows& rows, const std::int8_t* query, float factor,
                       std::span<const std::uint32_t> ids, float* distances) {
  HWY_DYNAMIC_DISPATCH(product_distances)(rows, query, factor, ids, distances);
}
void difference_distances(const CodeRows& rows, const std::uint8_t* query, float factor,
                          std::span<const std::uint32_t> ids, float* distances) {
  HWY_DYNAMIC_DISPATCH(difference_distances)(rows, query, factor, ids, distances);
}

}  // namespace stele::engine
#endif
