// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/cost.h"

#include <algorithm>

#include "isa/shapes.h"
#include "sim/core/error.h"

namespace npulse::arch {
namespace {

using isa::Vec;
using isa::VecKind;
using Passes = boost::container::static_vector<Pass, 3>;

// Counts of operations are `assumed`: the plain algorithm, one table look-up a transcendental.
Passes passes_of(const Vec& vec) {
  const std::int64_t y = vec.y ? 1 : 0;
  switch (vec.kind) {
    case VecKind::copy:
    case VecKind::add:
    case VecKind::sub:
    case VecKind::mul:
    case VecKind::max:
    case VecKind::min:
    case VecKind::relu:
      return {{.simple = 1}};
    case VecKind::quantise:
    case VecKind::dequantise:
      return {{.simple = 2}};  // scale, convert
    case VecKind::exp:         // scale, if there is one
      return {{.simple = vec.scalar == 0 || vec.scalar == 1 ? 0 : 1, .transcendental = 1}};
    case VecKind::reciprocal:
    case VecKind::rsqrt:
    case VecKind::sigmoid:
    case VecKind::tanh:
      return {{.transcendental = 1}};
    case VecKind::gelu:
    case VecKind::silu:
      return {{.simple = 1, .transcendental = 1}};  // x * f(x)
    case VecKind::rope:  // a pair: 4 mul and 2 add; without y the angle, its sine and cosine
      return {{.simple = y ? 6 : 7, .transcendental = y ? 0 : 2}};
    case VecKind::reduce_sum:
    case VecKind::reduce_max:
    case VecKind::pool_max:
      return {{.reduction = 1}};
    case VecKind::pool_avg:
      return {{.simple = 1, .reduction = 1}};
    case VecKind::softmax:  // maximum; exp(scale * (x - maximum)) and its sum; times 1 / sum
      return {{.reduction = 1, .writes = false},
              {.simple = 2, .transcendental = 1, .reduction = 1},
              {.simple = 1, .reads_x = false}};
    case VecKind::layernorm:  // sum; sum of (x - mean)^2; (x - mean) * rsqrt [* y]
      return {{.reduction = 1, .writes = false},
              {.simple = 2, .reduction = 1, .writes = false},
              {.simple = 2 + y}};
    case VecKind::rmsnorm:  // sum of squares; x * rsqrt [* y]
      return {{.simple = 1, .reduction = 1, .writes = false}, {.simple = 1 + y}};
  }
  throw InternalError{"internal error: unknown kind of vec"};
}

Once once_of(const Vec& vec) {
  switch (vec.kind) {
    case VecKind::softmax:  // 1 / sum
      return {.elements = vec.rows, .transcendental = 1};
    case VecKind::layernorm:  // mean = sum / n; rsqrt(sum / n + epsilon)
      return {.elements = vec.rows, .simple = 3, .transcendental = 1};
    case VecKind::rmsnorm:  // rsqrt(sum / n + epsilon)
      return {.elements = vec.rows, .simple = 2, .transcendental = 1};
    case VecKind::rope:  // frequencies: exp(j * constant)
      return vec.y ? Once{} : Once{.elements = vec.cols / 2, .simple = 1, .transcendental = 1};
    default:
      return {};
  }
}

bool is_pool(VecKind kind) {
  return kind == VecKind::pool_max || kind == VecKind::pool_avg;
}

bool is_row_wise(VecKind kind) {
  return kind == VecKind::softmax || kind == VecKind::layernorm || kind == VecKind::rmsnorm ||
         kind == VecKind::reduce_sum || kind == VecKind::reduce_max;
}

/// Every output pixel takes all taps of its window; inputs are read once.
VectorWork pool_work(const Vec& vec, std::int64_t per_group) {
  const std::int64_t taps = vec.window[2] * vec.window[3];
  VectorWork work;
  work.passes = passes_of(vec);
  work.passes[0].reduction = taps;
  work.per_group = per_group;
  work.elements = work.dst_elements = isa::output_elements(vec);
  work.groups = ceil_div(work.elements, per_group);
  work.x_elements = vec.window[0] * vec.window[1] * vec.cols;
  return work;
}

/// ceil(1 / per) + ceil(2 / per) + ... + ceil(n / per)
std::int64_t sum_of_ceilings(std::int64_t n, std::int64_t per) {
  const std::int64_t full = n / per, rest = n % per;
  return per * (full * (full + 1) / 2) + rest * (full + 1);
}

}  // namespace

std::int64_t row_groups(const Vec& vec, std::int64_t per_group) {
  const std::int64_t full_row = ceil_div(vec.cols, per_group);
  if (!vec.causal) return vec.rows * full_row;
  // Rows of 1, 2, ... columns, growing up to cols: the first `row` of them.
  const auto first_rows = [&](std::int64_t row) {
    const std::int64_t growing = std::clamp<std::int64_t>(row, 0, vec.cols);
    return sum_of_ceilings(growing, per_group) +
           std::max<std::int64_t>(0, row - growing) * full_row;
  };
  return first_rows(*vec.causal + vec.rows) - first_rows(*vec.causal);
}

VectorWork work_of(const Vec& vec, std::int64_t per_group) {
  if (is_pool(vec.kind)) return pool_work(vec, per_group);
  VectorWork work;
  work.passes = passes_of(vec);
  work.per_group = per_group;
  work.once = once_of(vec);
  work.x_elements = work.kept_elements = row_groups(vec, 1);
  work.y_elements = vec.y ? isa::second_input_elements(vec) : 0;
  work.dst_elements = isa::output_elements(vec);
  work.elements = vec.kind == VecKind::rope ? work.x_elements / 2 : work.x_elements;
  work.groups =
      is_row_wise(vec.kind) ? row_groups(vec, per_group) : ceil_div(work.elements, per_group);
  return work;
}

VectorWork work_of(const isa::Xform& xform, std::int64_t per_group) {
  const bool indexed =
      xform.kind == isa::XformKind::gather || xform.kind == isa::XformKind::scatter;
  const std::int64_t all = xform.shape.product();
  VectorWork work;
  work.passes = {{.simple = 1}};
  work.per_group = per_group;
  work.elements = indexed ? all / xform.shape[0] * xform.indices : all;
  work.groups = ceil_div(work.elements, per_group);
  work.x_elements = work.dst_elements = work.elements;
  work.y_elements = indexed ? xform.indices : 0;
  return work;
}

}  // namespace npulse::arch
