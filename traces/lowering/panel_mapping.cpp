// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/panel_mapping.h"

#include <fmt/format.h>

namespace npulse::lowering {
namespace {

/// A number that there is no choice of.
void require(const LayerRequest& request, const std::optional<std::int64_t>& asked,
             std::int64_t only, Loop loop, const Given& given) {
  if (asked && *asked != only)
    request.wrong(given, fmt::format("{} can only be {}", to_string(loop), only), "leave it out");
}

std::optional<PanelTiling> tile(const PanelProblem& problem, const PanelWish& wish) {
  return tile_panel(problem.job, problem.shape, problem.share, problem.rows, problem.limits, wish);
}

}  // namespace

PanelWish wish_of(const LayerRequest& request, const PanelProblem& problem) {
  PanelWish wish;
  if (!request.given()) return wish;
  const std::int64_t k = problem.shape.k;
  if (const auto depth = request.tile(Loop::k, k))
    require(request, depth, k, Loop::k, request.asked().tile.at(Loop::k));
  const std::int64_t widest = problem.limits.width.value_or(problem.share);
  wish.width = request.tile(Loop::n, widest);
  if (wish.width && problem.limits.width)
    require(request, wish.width, widest, Loop::n, request.asked().tile.at(Loop::n));
  wish.block_rows = request.tile(Loop::m, problem.rows);
  if (const auto cores = request.split(Loop::n, problem.job.cores))
    require(request, cores, problem.job.cores, Loop::n, request.asked().split.at(Loop::n));
  request.order();  // there is but one
  wish.panel_blocks = request.number(Knob::panel, 1, problem.rows);
  return wish;
}

LayerFreedom freedom_of_panel() {
  return {"a linear layer of prefill",
          {Loop::m, Loop::n, Loop::k},
          {Loop::n},
          {{Loop::m, Loop::n, Loop::k}},
          {Knob::panel}};
}

LayerMapping mapping_of(const PanelProblem& problem, const PanelTiling& tiling) {
  LayerMapping entry;
  entry.name = problem.shape.region;
  entry.tile[Loop::m].value = tiling.block_rows;
  entry.tile[Loop::n].value = tiling.width;
  entry.tile[Loop::k].value = problem.shape.k;
  entry.order = {Loop::m, Loop::n, Loop::k};
  entry.split[Loop::n].value = problem.job.cores;
  entry.knobs[Knob::panel].value = tiling.panel_blocks;
  return entry;
}

std::optional<PanelTiling> tile_as_asked(const LayerRequest& request, const PanelProblem& problem) {
  if (const auto tiling = tile(problem, wish_of(request, problem))) return tiling;
  if (!request.given()) return std::nullopt;
  request.wrong(
      fmt::format("no tile as asked fits: weights have {} bytes for a tile, rows and results {}, "
                  "accumulators {} for two",
                  problem.limits.weight_slot.count(), problem.limits.arena.count(),
                  problem.job.target.acc_bytes.count()),
      "make the tile or the panel smaller");
  return tile(problem, {});
}

}  // namespace npulse::lowering
