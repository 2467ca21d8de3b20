// SPDX-License-Identifier: Apache-2.0
// Convolutions: the closed form against arrays register by register that are fed im2col's operands.
#include <catch2/catch.hpp>

#include "arch/pe/array.h"
#include "tests/support/array_checks.h"
#include "tests/support/conv_operands.h"
#include "tests/support/dot_product_model.h"
#include "tests/support/instructions.h"
#include "tests/support/memories.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

Cycles finish_of(const PeParams& params, const isa::Conv& conv) {
  test::IdealMemory memory;
  return Array{params, memory}.execute(Cycles{0}, test::instruction(conv)).finish;
}

Traffic total(const std::vector<test::ProductRun>& runs) {
  Traffic sum;
  for (const auto& run : runs) {
    sum.a_reads += run.traffic.a_reads;
    sum.b_reads += run.traffic.b_reads;
    sum.c_reads += run.traffic.c_reads;
    sum.c_writes += run.traffic.c_writes;
  }
  return sum;
}

/// A layer of MobileNet, dense or with one channel a group.
isa::Conv layer(std::int64_t groups) {
  isa::Conv conv;
  conv.h = conv.w = 28;
  conv.c = conv.oc = 64;
  conv.kh = conv.kw = 3;
  conv.pad_top = conv.pad_left = conv.pad_bottom = conv.pad_right = 1;
  conv.groups = groups;
  conv.ofm.space = isa::Space::acc;
  return conv;
}

/// Of all multipliers in all cycles, how many multiply.
double utilisation(const PeParams& params, const isa::Conv& conv) {
  const Gemm g = gemm_of(params, conv);
  const std::int64_t cycles = finish_of(params, conv).count() + 1;
  return static_cast<double>(g.macs()) /
         static_cast<double>(cycles * macs_per_cycle(params, conv.weight_type));
}

}  // namespace

TEST_CASE("A convolution takes the cycles of the array's registers, group after group",
          "[arch][pe]") {
  test::Random random{31};
  for (int i = 0; i < 500; ++i) {
    const SystolicParams p{.rows = random.between(1, 17),
                           .cols = random.between(1, 13),
                           .dataflow = static_cast<Dataflow>(random.between(0, 2)),
                           .weight_buffers = random.between(1, 2)};
    const isa::Conv conv = test::random_conv(random);
    const auto tensors = test::random_tensors(random, conv);
    const auto runs = test::run_array(p, test::im2col(conv, tensors));
    const Traffic model = total(runs);
    const Traffic form = systolic_schedule(p, gemm_of(test::wide_array(p), conv)).traffic;
    CAPTURE(i, to_string(p.dataflow), p.rows, p.cols, p.weight_buffers, conv.groups);
    REQUIRE(test::side_by_side(runs) == test::convolve(conv, tensors));
    REQUIRE(finish_of(test::wide_array(p), conv) == Cycles{runs.back().last_cycle});
    REQUIRE(test::text_of(model) == test::text_of(form));
  }
}

TEST_CASE("A convolution takes the cycles of a grid of dot products, its latency once",
          "[arch][pe]") {
  test::Random random{32};
  for (int i = 0; i < 300; ++i) {
    const DotProductParams p{.m0 = random.between(1, 4),
                             .n0 = random.between(1, 8),
                             .k0 = random.between(1, 16),
                             .latency = Cycles{random.between(0, 9)}};
    const isa::Conv conv = test::random_conv(random);
    const auto tensors = test::random_tensors(random, conv);
    std::vector<test::ProductRun> runs;
    Cycles steps{0};
    for (const auto& group : test::im2col(conv, tensors)) {
      runs.push_back(test::run_dot_products(p, group));
      steps += Cycles{runs.back().last_cycle} - p.latency;
    }
    const Gemm g = gemm_of(PeParams{}, conv);
    REQUIRE(test::side_by_side(runs) == test::convolve(conv, tensors));
    REQUIRE(dot_product_schedule(p, g, 8, 8).finish == steps + p.latency);
  }
}

TEST_CASE("A depthwise convolution uses one column, and the rows of its taps", "[arch][pe]") {
  for (const Dataflow dataflow : {Dataflow::ws, Dataflow::os, Dataflow::is}) {
    const PeParams p =
        test::wide_array({.rows = 16, .cols = 16, .dataflow = dataflow, .weight_buffers = 2});
    const auto& s = p.systolic;
    const isa::Conv dense = layer(1), grouped = layer(8), depthwise = layer(64);
    CAPTURE(to_string(dataflow));
    REQUIRE(utilisation(p, dense) > utilisation(p, grouped));
    REQUIRE(utilisation(p, grouped) > utilisation(p, depthwise));
    const double taps = static_cast<double>(depthwise.kh * depthwise.kw);
    if (dataflow == Dataflow::ws) {
      const double bound = taps / static_cast<double>(s.rows * s.cols);
      REQUIRE(utilisation(p, depthwise) < bound);
      REQUIRE(utilisation(p, depthwise) > 0.99 * bound);
    }
    if (dataflow == Dataflow::os) {
      const double drain = static_cast<double>(s.rows + s.cols - 2);
      const double expected = taps / (taps + drain) / static_cast<double>(s.cols);
      REQUIRE(utilisation(p, depthwise) == Approx(expected));
    }
  }
}

TEST_CASE("Every window is read anew, and taps in the padding are paid for", "[arch][pe]") {
  const isa::Conv conv = layer(1);
  const PeParams p = test::wide_array({.rows = 1 << 10, .cols = 1 << 10});
  const Traffic traffic = systolic_schedule(p.systolic, gemm_of(p, conv)).traffic;
  REQUIRE(traffic.a_reads == conv.kh * conv.kw * conv.h * conv.w * conv.c);
  REQUIRE(gemm_of(p, conv).macs() == traffic.a_reads * conv.oc);
}
