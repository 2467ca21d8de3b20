// SPDX-License-Identifier: Apache-2.0
// A single matrix product in the words of mappings.
#pragma once

#include "traces/lowering/gemm_tiling.h"
#include "traces/lowering/mapping_use.h"

namespace npulse::lowering {

/// The name of the one layer that a product is.
constexpr const char* kGemmLayer = "gemm";

LayerFreedom freedom_of_gemm();

/// What `request` asks, as far as it is legal.
GemmWish wish_of(const LayerRequest& request, const Gemm& gemm, const Target& target);

/// A request under which nothing else would be chosen.
LayerMapping mapping_of(const GemmTiling& tiling);

/// The fastest tiling that does as `request` says. Where none fits, a fault, and the fastest of
/// all; throws InputError when the chip is too small for that.
GemmTiling tile_as_asked(const LayerRequest& request, GemmProblem problem);

}  // namespace npulse::lowering
