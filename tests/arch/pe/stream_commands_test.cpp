// SPDX-License-Identifier: Apache-2.0
// Arrays whose software walks a convolution tap by tap, in commands of few rows (docs/array.md).
#include <catch2/catch.hpp>

#include "arch/pe/schedule.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

PeParams walked_array() {
  PeParams params;
  params.systolic = {.rows = 16,
                     .cols = 16,
                     .dataflow = Dataflow::ws,
                     .weight_buffers = 2,
                     .tap_folds = true,
                     .stream_rows = 16,
                     .min_stream = 4};
  return params;
}

isa::Conv conv(std::int64_t extent, std::int64_t c, std::int64_t oc, std::int64_t kernel) {
  isa::Conv conv;
  conv.h = conv.w = extent;
  conv.c = c, conv.oc = oc;
  conv.kh = conv.kw = kernel;
  return conv;
}

/// Two weight buffers, `folds` of `stream` cycles each; the next weights load behind the last
/// command of a fold, of `last` cycles.
Cycles closed_form(const SystolicParams& p, std::int64_t folds, std::int64_t stream,
                   std::int64_t last) {
  const std::int64_t bubble = std::max<std::int64_t>(0, p.rows - last);
  return Cycles{(folds - 1) * (stream + bubble) + stream + p.rows + p.cols - 3};
}

Cycles finish(const PeParams& params, const isa::Conv& conv) {
  return systolic_schedule(params.systolic, gemm_of(params, conv)).finish;
}

}  // namespace

TEST_CASE("With tap_folds every tap has folds of its own", "[pe]") {
  PeParams params = walked_array();
  params.systolic.stream_rows = 0;
  constexpr std::int64_t kExtent = 20, kChannels = 3, kKernel = 3, kOut = kExtent - kKernel + 1;
  const isa::Conv layer = conv(kExtent, kChannels, 16, kKernel);
  CHECK(finish(params, layer) ==
        closed_form(params.systolic, kKernel * kKernel, kOut * kOut, kOut * kOut));
  params.systolic.tap_folds = false;
  const std::int64_t dense = ceil_div(kKernel * kKernel * kChannels, params.systolic.rows);
  CHECK(finish(params, layer) == closed_form(params.systolic, dense, kOut * kOut, kOut * kOut));
}

TEST_CASE("With stream_rows every output row is cut, and short commands take min_stream", "[pe]") {
  const PeParams params = walked_array();
  const SystolicParams& p = params.systolic;
  for (const std::int64_t extent : {3, 16, 18, 37}) {
    const std::int64_t rest = extent % p.stream_rows;
    const std::int64_t row =
        extent / p.stream_rows * p.stream_rows + (rest > 0 ? std::max(rest, p.min_stream) : 0);
    const std::int64_t last = rest > 0 ? std::max(rest, p.min_stream) : p.stream_rows;
    CAPTURE(extent);
    CHECK(finish(params, conv(extent, 32, 32, 1)) == closed_form(p, 2 * 2, extent * row, last));
  }
}

TEST_CASE("A product without rows of pixels is cut as one", "[pe]") {
  const PeParams params = walked_array();
  isa::Mm mm;
  mm.m = 34, mm.n = 16, mm.k = 16;
  const std::int64_t stream = 2 * params.systolic.stream_rows + params.systolic.min_stream;
  CHECK(systolic_schedule(params.systolic, gemm_of(params, mm)).finish ==
        closed_form(params.systolic, 1, stream, params.systolic.min_stream));
}
