// SPDX-License-Identifier: Apache-2.0
// The tiles that Gemmini's own library chooses (tiled_conv_auto, tiled_matmul_auto), so that runs
// of its RTL can be repeated.
#pragma once

#include "traces/lowering/graph/contraction_tiling.h"

namespace npulse::lowering {

/// Sizes in rows of the array's width, as its library counts them.
struct GemminiSizes {
  std::int64_t dim = 16;  ///< Rows and columns of the array.
  std::int64_t scratchpad_rows = 16384;
  std::int64_t accumulator_rows = 1024;
};

struct GemminiChoice {
  TileShape tile;
  std::int64_t kernel_rows = 1, kernel_columns = 1;
  std::int64_t batches = 1;
  std::int64_t evaluations = 0;  ///< Of the sizes of a candidate: what the choice takes the CPU.
};

/// Greedy: halves of both memories, the largest extent shrinks until all fits, then all grow.
GemminiChoice choose_conv_tile(const Contraction& loops, const GemminiSizes& sizes);

/// As square as accumulators allow, then as deep as the scratchpad allows.
GemminiChoice choose_matmul_tile(const Contraction& loops, const GemminiSizes& sizes);

/// How the library is called.
struct GemminiCall {
  std::int64_t cycles_per_evaluation = 0;  ///< Of the CPU, before the layer begins; 0: tiles known.
  bool bias = false;  ///< Fetched once a row of results, in 32 bits; else convolutions begin at 0.
};

/// The whole layer on one core as the library runs it. Throws InputError for what the library has
/// no such loop for.
ContractionTiling gemmini_tiling(const Contraction& loops, const GemminiSizes& sizes,
                                 const GemminiCall& call);

}  // namespace npulse::lowering
