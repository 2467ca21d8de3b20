// SPDX-License-Identifier: Apache-2.0
// Search of mappings: the cost model ranks candidates, simulation of a layer alone decides.
#pragma once

#include <functional>

#include "isa/program.h"
#include "traces/lowering/model.h"
#include "traces/lowering/options.h"
#include "traces/lowering/target.h"

namespace npulse::lowering {

/// Who chooses what a mapping leaves open: the cost model, or a search by simulation.
enum class MapChoice : std::uint8_t { cost, search };
std::span<const EnumName<MapChoice>> enum_names(MapChoice);

constexpr std::int64_t kMapBudget = 400;

struct MapSearch {
  std::int64_t budget = kMapBudget;                   ///< Simulations of a layer, at most.
  std::function<Cycles(const isa::Program&)> cycles;  ///< Of a program alone on the chip.
  std::function<void(double fraction, const std::string& layer)> progress{};
};

/// A layer to find a tiling for. Candidate 0 is the cost model's choice.
struct MapTrial {
  std::string layer;
  double weight = 1;  ///< Share of the work: who has most is looked at first.
  /// Makes at most so many candidates; returns how many.
  std::function<std::size_t(std::size_t most)> rank;
  std::function<void(std::size_t candidate, isa::ProgramSink& sink)> lower;
};

/// The fastest candidate of each trial; those that the budget does not reach keep their first.
std::vector<std::size_t> run_trials(std::vector<MapTrial>& trials, const MapSearch& search);

/// Settings of every layer of the model, none slower alone than the cost model's choice. What
/// options.mapping asks is kept.
Mapping search_mapping(const Model& model, const Options& options, const Target& target,
                       const MapSearch& search);

}  // namespace npulse::lowering
