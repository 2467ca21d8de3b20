// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/cost.h"

#include <algorithm>

namespace npulse::arch {
namespace {

// Counts are `assumed` throughout: the plain algorithm, one table look-up for each transcendental.
constexpr Pass kSimple[] = {{.simple = 1}};
constexpr Pass kTwoSimple[] = {{.simple = 2}};
constexpr Pass kTranscendental[] = {{.transcendental = 1}};
constexpr Pass kGated[] = {{.simple = 1, .transcendental = 1}};  // x * f(x)
constexpr Pass kReduce[] = {{.reduction = 1, .writes = false}};
constexpr Pass kSoftmax[] = {
    {.reduction = 1, .writes = false},                      // maximum
    {.simple = 2, .transcendental = 1, .reduction = 1},     // exp(scale * x - maximum), and its sum
    {.simple = 1, .reads_x = false}};                       // times 1 / sum
constexpr Pass kLayernorm[] = {
    {.reduction = 1, .writes = false},                      // mean
    {.simple = 2, .reduction = 1, .writes = false},         // variance
    {.simple = 3}};                                         // (x - mean) * rsqrt, times weight
constexpr Pass kRmsnorm[] = {
    {.simple = 1, .reduction = 1, .writes = false},         // mean square
    {.simple = 2}};                                         // times rsqrt, times weight
constexpr Pass kRope[] = {{.simple = 3, .transcendental = 1}};  // a pair: 4 mul, 2 add; sin, cos

/// First of 1..n groups' elements that fill k groups or fewer: sum of ceil(u / per) for u = 1..n.
std::int64_t sum_of_ceilings(std::int64_t n, std::int64_t per) {
  const std::int64_t full = n / per, rest = n % per;
  return per * (full * (full + 1) / 2) + rest * (full + 1);
}

/// Adds `of_row(columns)` over rows: those of a triangle, given its sums, then full ones.
template <class Triangle, class Row>
std::int64_t over_rows(const RowShape& shape, Triangle triangle, Row row) {
  if (!shape.causal) return shape.rows * row(shape.cols);
  // Row r has r + causal + 1 columns, at least 0 and at most cols.
  const std::int64_t first = std::clamp<std::int64_t>(*shape.causal + 1, 0, shape.cols);
  const std::int64_t last = std::clamp<std::int64_t>(*shape.causal + shape.rows, 0, shape.cols);
  const std::int64_t full =
      std::clamp<std::int64_t>(shape.rows + *shape.causal - shape.cols, 0, shape.rows);
  const std::int64_t before = std::max<std::int64_t>(0, first - 1);
  return full == shape.rows ? shape.rows * row(shape.cols)
                            : triangle(last) - triangle(before) + full * row(shape.cols);
}

}  // namespace
