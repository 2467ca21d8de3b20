// SPDX-License-Identifier: Apache-2.0
// Linear layers of prefill in the words of mappings.
#pragma once

#include "traces/lowering/mapping_use.h"
#include "traces/lowering/prefill_tiling.h"

namespace npulse::lowering {

/// What tile_panel() is asked.
struct PanelProblem {
  const Job& job;
  const LinearShape& shape;
  std::int64_t share, rows;
  const PanelLimits& limits;
};

LayerFreedom freedom_of_panel();

/// What `request` asks, as far as it is legal.
PanelWish wish_of(const LayerRequest& request, const PanelProblem& problem);

/// A request under which nothing else would be chosen.
LayerMapping mapping_of(const PanelProblem& problem, const PanelTiling& tiling);

/// The fastest tiling that does as `request` says. Where none fits, a fault, and the fastest of
/// all; nullopt: the chip is too small for any.
std::optional<PanelTiling> tile_as_asked(const LayerRequest& request, const PanelProblem& problem);

}  // namespace npulse::lowering
