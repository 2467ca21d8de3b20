// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/contraction_mapping.h"

#include <fmt/format.h>

#include <map>

#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

/// The mapping's words for rows and columns of pixels, channels out and channels in.
struct Words {
  Loop rows, out, in;
};

Words words_of(const Contraction& loops) {
  if (loops.product()) return {Loop::m, Loop::n, Loop::k};
  return {Loop::p, Loop::k, Loop::c};
}

void wish_for_kernel(const LayerRequest& request, Loop loop, std::int64_t extent) {
  const auto size = request.tile(loop, extent);
  if (!size || *size == extent) return;
  request.wrong(request.asked().tile.at(loop),
                fmt::format("kernels are taken whole: {} must be {}", to_string(loop), extent),
                "leave it out");
}

/// Several groups in a tile are whole ones, with all their channels in.
void require_whole_groups(const LayerRequest& request, const Contraction& loops,
                          const ContractionWish& wish, const Words& words) {
  if (!wish.oc || *wish.oc <= loops.oc) return;
  const Given& given = request.asked().tile.at(words.out);
  if (*wish.oc % loops.oc != 0)
    request.wrong(given,
                  fmt::format("must be at most {0}, a group, or a multiple of {0}", loops.oc), "");
  if (wish.c && *wish.c < loops.c) {
    request.wrong(
        given,
        fmt::format("takes several groups, so that {} must be {}", to_string(words.in), loops.c),
        "");
  }
}

void wish_for_grid(const LayerRequest& request, const Target& target, const Words& words,
                   ContractionWish& wish) {
  const std::int64_t cores = target.cores;
  wish.rows = request.split(words.rows, cores);
  wish.columns = request.split(words.out, cores);
  if (const auto images = request.split(Loop::batch, cores)) {
    if (wish.rows.value_or(1) > 1) {
      request.wrong(request.asked().split.at(Loop::batch),
                    fmt::format("is split by {} too, which counts rows of all of the batch",
                                to_string(words.rows)),
                    "give one of them");
    }
    wish.rows = images;
    wish.whole_images = true;
  }
  if (wish.rows.value_or(1) * wish.columns.value_or(1) <= cores) return;
  request.wrong(request.asked().split.at(words.out),
                fmt::format("is split over {} cores; {} has {}", *wish.rows * *wish.columns,
                            target.name, cores),
                "");
  wish.rows.reset(), wish.columns.reset();
}

InputError too_small(const TilingProblem& problem, const std::string& region) {
  const TileBytes one = bytes_of(problem.loops, {1, 1, 1, 1}, problem.extras, problem.formats);
  return {region,
          fmt::format("needs at least {} bytes of scratchpad and {} of accumulators; {} "
                      "has {} and {}",
                      one.scratchpad().count(), one.accumulators().count(), problem.target.name,
                      problem.target.spm_bytes.count(), problem.target.acc_bytes.count())};
}

}  // namespace

std::vector<std::string> layer_names(const std::vector<Step>& steps) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const Step& step : steps) {
    names.emplace_back();
    if (!std::holds_alternative<ContractionStep>(step.work)) continue;
    const int count = ++seen[step.region];
    names.back() = count == 1 ? step.region : fmt::format("{}#{}", step.region, count);
  }
  return names;
}

LayerFreedom freedom_of(const Contraction& loops) {
  const std::vector<Knob> knobs{Knob::keep_operands, Knob::keep_output, Knob::pack_weights,
                                Knob::gather};
  if (loops.product()) {
    return {"a matrix product",
            {Loop::m, Loop::n, Loop::k},
            {Loop::batch, Loop::m, Loop::n},
            {{Loop::m, Loop::n, Loop::k}, {Loop::n, Loop::m, Loop::k}},
            knobs};
  }
  return {"a convolution",
          {Loop::p, Loop::q, Loop::k, Loop::c, Loop::r, Loop::s},
          {Loop::batch, Loop::p, Loop::k},
          {{Loop::p, Loop::q, Loop::k, Loop::c}, {Loop::k, Loop::p, Loop::q, Loop::c}},
          knobs};
}

ContractionWish wish_of(const LayerRequest& request, const Contraction& loops,
                        const Target& target) {
  ContractionWish wish;
  if (!request.given()) return wish;
  const Words words = words_of(loops);
  wish.h = request.tile(words.rows, loops.oh);
  wish.oc = request.tile(words.out, loops.channels());
  wish.c = request.tile(words.in, loops.c);
  if (!loops.product()) {
    wish.w = request.tile(Loop::q, loops.ow);
    wish_for_kernel(request, Loop::r, loops.kh);
    wish_for_kernel(request, Loop::s, loops.kw);
  }
  require_whole_groups(request, loops, wish, words);
  if (const auto order = request.order())
    wish.order = *order == 0 ? LoopOrder::pixels_outer : LoopOrder::channels_outer;
  wish_for_grid(request, target, words, wish);
  wish.packed_weights = request.flag(Knob::pack_weights);
  wish.keeps_operands = request.flag(Knob::keep_operands);
  wish.keeps_output = request.flag(Knob::keep_output);
  wish.gathers = request.flag(Knob::gather);
  return wish;
}

LayerMapping mapping_of(const std::string& name, const Contraction& loops,
                        const ContractionTiling& tiling) {
  const Words words = words_of(loops);
  const LayerFreedom freedom = freedom_of(loops);
  LayerMapping entry;
  entry.name = name;
  entry.tile[words.rows].value = tiling.tile.h;
  entry.tile[words.out].value = tiling.tile.oc;
  entry.tile[words.in].value = tiling.tile.c;
  if (!loops.product()) {
    entry.tile[Loop::q].value = tiling.tile.w;
    entry.tile[Loop::r].value = loops.kh;
    entry.tile[Loop::s].value = loops.kw;
  }
  entry.order = freedom.orders[tiling.order == LoopOrder::pixels_outer ? 0 : 1];
  entry.split[tiling.grid.whole_images ? Loop::batch : words.rows].value = tiling.grid.rows;
  entry.split[words.out].value = tiling.grid.columns;
  const ContractionTiling usual;
  const auto knob = [&](Knob which, bool value, bool otherwise) {
    if (value != otherwise) entry.knobs[which].value = value ? 1 : 0;
  };
  knob(Knob::keep_operands, tiling.keeps_operands, usual.keeps_operands);
  knob(Knob::keep_output, tiling.keeps_output, usual.keeps_output);
  knob(Knob::pack_weights, tiling.packed_weights, usual.packed_weights);
  knob(Knob::gather, tiling.gathers, usual.gathers);
  return entry;
}

ContractionTiling tile_as_asked(const LayerRequest& request, TilingProblem problem,
                                const std::string& region) {
  problem.wish = wish_of(request, problem.loops, problem.target);
  if (problem.formats.coded() && !problem.wish.packed_weights.value_or(true)) {
    request.wrong(request.asked().knobs.at(Knob::pack_weights),
                  "coded weights are stored tile by tile: it must be true", "leave it out");
  }
  if (const auto tiling = tile_contraction(problem)) return *tiling;
  if (request.given()) {
    const TileBytes least = least_bytes(problem);
    request.too_large(least.scratchpad(), least.accumulators(), problem.target,
                      " (two of each operand)");
    problem.wish = {};
    if (const auto tiling = tile_contraction(problem)) return *tiling;
  }
  throw too_small(problem, region);
}

}  // namespace npulse::lowering
