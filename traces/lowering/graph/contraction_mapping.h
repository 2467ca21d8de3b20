// SPDX-License-Identifier: Apache-2.0
// Contractions in the words of mappings: m, n, k of products; p, q, k, c, r, s of convolutions.
#pragma once

#include "traces/lowering/graph/steps.h"
#include "traces/lowering/mapping_use.h"

namespace npulse::lowering {

/// By step, the name under which a mapping knows it: the node's, and with #2, #3, ... when a node
/// has several contractions. Other steps have none.
std::vector<std::string> layer_names(const std::vector<Step>& steps);

/// What may be chosen of a contraction.
LayerFreedom freedom_of(const Contraction& loops);

/// What `request` asks, as far as it is legal.
ContractionWish wish_of(const LayerRequest& request, const Contraction& loops,
                        const Target& target);

/// A request under which nothing else would be chosen.
LayerMapping mapping_of(const std::string& name, const Contraction& loops,
                        const ContractionTiling& tiling);

/// The fastest tiling that does as `request` says. Where none fits, a fault, and the fastest of
/// all; throws InputError naming `region` when the chip is too small for that.
ContractionTiling tile_as_asked(const LayerRequest& request, TilingProblem problem,
                                const std::string& region);

}  // namespace npulse::lowering
