// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/map_search.h"

#include <algorithm>
#include <numeric>

#include "isa/memory_program.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/gemm_mapping.h"
#include "traces/lowering/program_writer.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kLeastShare = 8;  ///< Simulations that make looking at a layer worth while.

Mapping search_gemm(const Gemm& gemm, const Options& options, const Target& target,
                    const MapSearch& search) {
  const Formats formats = settle_formats(options, target);
  MappingUse use{options.mapping};
  const LayerRequest request = use.layer(kGemmLayer, freedom_of_gemm());
  const GemmProblem problem{gemm, formats, target, wish_of(request, gemm, target)};
  std::vector<GemmTiling> tilings{tile_as_asked(request, problem)};
  use.finish();
  MapTrial trial;
  trial.layer = kGemmLayer;
  trial.rank = [&](std::size_t most) {
    tilings = rank_gemm(problem, most);
    return tilings.size();
  };
  trial.lower = [&](std::size_t i, isa::ProgramSink& sink) {
    write_program(GemmLowering{gemm, formats, target, tilings[i]}, target, {}, sink);
  };
  std::vector<MapTrial> trials{trial};
  const std::size_t best = run_trials(trials, search).front();
  Mapping found;
  found.layers.push_back(mapping_of(tilings[best]));
  return found;
}

}  // namespace

std::span<const EnumName<MapChoice>> enum_names(MapChoice) {
  static constexpr EnumName<MapChoice> kNames[] = {{MapChoice::cost, "cost"},
                                                   {MapChoice::search, "search"}};
  return kNames;
}

std::vector<std::size_t> run_trials(std::vector<MapTrial>& trials, const MapSearch& search) {
  std::vector<std::size_t> order(trials.size()), best(trials.size(), 0);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return trials[a].weight > trials[b].weight;
  });
  std::int64_t left = search.budget, layers_left = static_cast<std::int64_t>(trials.size());
  for (const std::size_t index : order) {
    const std::int64_t share = std::min(left, std::max(kLeastShare, left / layers_left--));
    if (share < 2) break;
    const MapTrial& trial = trials[index];
    const std::size_t candidates = trial.rank(static_cast<std::size_t>(share));
    std::optional<Cycles> fastest;
    for (std::size_t i = 0; candidates > 1 && i < candidates; ++i) {
      isa::MemoryProgram program{trial.layer};
      trial.lower(i, program);
      const Cycles cycles = search.cycles(program);
      if (!fastest || cycles < *fastest) fastest = cycles, best[index] = i;
      --left;
      const double done = 1 - static_cast<double>(left) / static_cast<double>(search.budget);
      if (search.progress) search.progress(done, trial.layer);
    }
  }
  return best;
}

Mapping search_mapping(const Model& model, const Options& options, const Target& target,
                       const MapSearch& search) {
  if (const auto* gemm = std::get_if<Gemm>(&model))
    return search_gemm(*gemm, options, target, search);
  return options.mapping.value_or(Mapping{});
}

}  // namespace npulse::lowering
