// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gemm_mapping.h"

#include <fmt/format.h>

namespace npulse::lowering {

LayerFreedom freedom_of_gemm() {
  return {"a single product",
          {Loop::m, Loop::n, Loop::k},
          {Loop::m, Loop::n},
          {{Loop::m, Loop::n, Loop::k}},
          {Knob::keep_a, Knob::slots}};
}

GemmWish wish_of(const LayerRequest& request, const Gemm& gemm, const Target& target) {
  const std::int64_t cores = target.cores;
  GemmWish wish;
  wish.m = request.tile(Loop::m, gemm.m);
  wish.n = request.tile(Loop::n, gemm.n);
  wish.k = request.tile(Loop::k, gemm.k);
  request.order();  // there is but one
  wish.keeps_a = request.flag(Knob::keep_a);
  wish.slots = request.number(Knob::slots, 2, GemmTiling::kMostSlots);
  wish.rows = request.split(Loop::m, cores);
  wish.columns = request.split(Loop::n, cores);
  if (wish.rows.value_or(1) * wish.columns.value_or(1) > cores) {
    request.wrong(request.asked().split.at(Loop::n),
                  fmt::format("is split over {} cores; {} has {}", *wish.rows * *wish.columns,
                              target.name, cores),
                  "");
    wish.rows.reset(), wish.columns.reset();
  }
  return wish;
}

LayerMapping mapping_of(const GemmTiling& tiling) {
  LayerMapping entry;
  entry.name = kGemmLayer;
  entry.tile = {{Loop::m, {tiling.m, ""}}, {Loop::n, {tiling.n, ""}}, {Loop::k, {tiling.k, ""}}};
  entry.order = {Loop::m, Loop::n, Loop::k};
  entry.split[Loop::m].value = tiling.grid_rows;
  entry.split[Loop::n].value = tiling.grid_columns;
  entry.knobs[Knob::keep_a].value = tiling.keeps_a ? 1 : 0;
  entry.knobs[Knob::slots].value = tiling.slots;
  return entry;
}

GemmTiling tile_as_asked(const LayerRequest& request, GemmProblem problem) {
  problem.wish = wish_of(request, problem.gemm, problem.target);
  if (const auto tiling = tile_gemm(problem)) return *tiling;
  if (request.given()) {
    const GemmBytes least = least_bytes(problem);
    request.too_large(least.scratchpad, least.accumulators, problem.target);
  }
  return tile_gemm(problem.gemm, problem.formats, problem.target);
}

}  // namespace npulse::lowering
