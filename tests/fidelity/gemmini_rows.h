// SPDX-License-Identifier: Apache-2.0
// Layers that were measured on Gemmini's RTL, run on the simulated chip.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "arch/chip/chip.h"
#include "traces/lowering/graph/gemmini_tiling.h"

namespace npulse::tests {

struct MeasuredLayer {
  std::string name;
  lowering::Contraction loops;
  double cycles = 0;  ///< Measured.
};

/// DOSA's test set in Gemmini's own tiling.
std::vector<MeasuredLayer> dosa_layers();

/// `<name> as written in the tiling column`, KH_KW_P_Q_C_K_N, of the same rows.
std::vector<std::string> dosa_tilings();

/// The layers of a network that MoCA measured on one core, pooling and activation included.
std::vector<MeasuredLayer> moca_layers(const std::string& net);

/// How a layer was run.
struct Setting {
  lowering::GemminiCall call;
  bool follows_another = false;  ///< Its input was written just before, and may lie in the cache.
};

/// Cycles of the layer, tiled as Gemmini's library does.
double simulated_cycles(const arch::Chip& chip, const MeasuredLayer& layer, const Setting& setting);

struct FidelityError {
  double mean_absolute = 0;
  double bias = 0;  ///< Mean of simulated / measured - 1.
};

/// Of the layers at which `chosen` is true of their place.
FidelityError error_of(const std::vector<MeasuredLayer>& layers,
                       const std::vector<double>& simulated,
                       const std::function<bool(std::size_t)>& chosen);

}  // namespace npulse::tests
