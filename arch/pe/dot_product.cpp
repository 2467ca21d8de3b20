// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "arch/pe/schedule.h"

namespace npulse::arch {
namespace {

/// The smaller operand is held, the larger streams once per fill of the buffer.
Traffic traffic_of(const DotProductParams& p, const Gemm& g, int a_bits, int b_bits) {
  const std::int64_t a_bytes = packed_bytes(product({g.m, g.k}), a_bits);
  const std::int64_t b_bytes = packed_bytes(product({g.kept_k, g.n}), b_bits);
  const std::int64_t fills = ceil_div(std::min(a_bytes, b_bytes), p.operand_buffer.count());
  const bool holds_a = a_bytes < b_bytes;
  const bool kept = g.keep_weights && !holds_a && fills == 1;
  return {.a_reads = product({g.a_elements(), holds_a ? 1 : fills}),
          .b_reads = kept ? 0 : product({g.b_elements(), holds_a ? fills : 1}),
          .c_reads = g.accumulate ? g.c_elements() : 0,
          .c_writes = g.c_elements()};
}

}  // namespace

Schedule dot_product_schedule(const DotProductParams& p, const Gemm& g, int a_bits, int b_bits) {
  const Cycles steps{
      product({g.count, ceil_div(g.m, p.m0), ceil_div(g.n, p.n0), ceil_div(g.depth, p.k0)})};
  return {.load = {},
          .load_free = steps,
          .stream_free = steps,
          .finish = steps + p.latency,
          .traffic = traffic_of(p, g, a_bits, b_bits)};
}

}  // namespace npulse::arch
