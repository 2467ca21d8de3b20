// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "arch/pe/schedule.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

constexpr int kBits = 8;

Gemm gemm(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.m = m, .n = n, .k = k, .kept_k = k, .depth = k};
}

}  // namespace

TEST_CASE("A grid of dot products takes one step a block and its latency once", "[arch][pe]") {
  const DotProductParams p{.m0 = 4, .n0 = 16, .k0 = 32};
  for (const std::int64_t m : {1, 4, 5}) {
    for (const std::int64_t n : {15, 16, 160}) {
      for (const std::int64_t k : {1, 32, 33}) {
        const Schedule s = dot_product_schedule(p, gemm(m, n, k), kBits, kBits);
        const std::int64_t steps = ceil_div(m, p.m0) * ceil_div(n, p.n0) * ceil_div(k, p.k0);
        REQUIRE(s.stream_free == Cycles{steps});
        REQUIRE(s.finish == Cycles{steps} + p.latency);
      }
    }
  }
}

TEST_CASE("A matrix-vector product uses all of a grid of one row", "[arch][pe]") {
  const DotProductParams p{.m0 = 1, .n0 = 16, .k0 = 64};
  const Gemm g = gemm(1, 4096, 4096);
  const Schedule s = dot_product_schedule(p, g, kBits, kBits);
  REQUIRE(s.stream_free.count() * p.m0 * p.n0 * p.k0 == g.macs());
}

TEST_CASE("The larger operand streams once for every fill of the buffer with the smaller",
          "[arch][pe]") {
  DotProductParams p;
  const Gemm g = gemm(64, 1000, 512);
  const std::int64_t a = 64 * 512, b = 512 * 1000, c = 64 * 1000;
  for (const std::int64_t fills : {1, 2, 7}) {
    p.operand_buffer = Bytes{ceil_div(a, fills)};
    const Traffic t = dot_product_schedule(p, g, kBits, kBits).traffic;
    REQUIRE(t.a_reads == a);
    REQUIRE(t.b_reads == fills * b);
    REQUIRE(t.c_writes == c);
    REQUIRE(t.c_reads == 0);
  }
}

TEST_CASE("Kept weights are not read again when the buffer holds them", "[arch][pe]") {
  DotProductParams p;
  Gemm g = gemm(1000, 64, 512);
  g.keep_weights = true;
  p.operand_buffer = Bytes{64 * 512};
  REQUIRE(dot_product_schedule(p, g, kBits, kBits).traffic.b_reads == 0);
  p.operand_buffer = Bytes{64 * 512 - 1};
  REQUIRE(dot_product_schedule(p, g, kBits, kBits).traffic.b_reads == 64 * 512);
}
