// SPDX-License-Identifier: Apache-2.0
// All that lowering may know of a chip.
#pragma once

#include <string>
#include <vector>

#include "isa/program.h"

namespace npulse::lowering {

/// Multiply-accumulates of one core in one cycle, for one pair of operand types.
struct MatrixRate {
  isa::DataType type;
  std::int64_t macs_per_cycle;
};

/// Of one core's vector unit: lanes, and cycles of a lane for one element.
struct VectorRates {
  std::int64_t lanes = 1;
  std::int64_t simple_cycles = 1, transcendental_cycles = 1, reduction_cycles = 1;
  std::int64_t start_cycles = 0;  ///< Of each instruction.
};

struct Target {
  std::string name;
  std::uint32_t cores = 1;
  std::vector<isa::QueueDecl> queues;               ///< Of every core, in the chip's order.
  Bytes spm_bytes{};                                ///< Per core.
  Bytes acc_bytes{};                                ///< Per core; accumulators hold c of `mm`.
  Bytes dram_bytes{};                               ///< Whole chip.
  Bytes dram_access_bytes{64};                      ///< Transfers aligned to this waste nothing.
  std::int64_t tile_m = 1, tile_n = 1, tile_k = 1;  ///< Natural multiples: rows, columns, depth.
  /// Of an array that streams the dimension whose multiple is 1 through folds of the other two: the
  /// least cycles of a fold, and those that each costs besides its stream.
  std::int64_t fold_min_cycles = 0, fold_overhead_cycles = 0;
  std::vector<MatrixRate> matrix_rates;             ///< Types the array supports.
  std::vector<isa::DataType> vector_types;          ///< Types the vector unit supports.
  VectorRates vector_rates;
  std::vector<isa::CodecFormat> codecs;             ///< Formats the DMA engine expands.
  double clock_hertz = 1e9;
  double dram_bytes_per_s = 0;           ///< Peak.
  std::int64_t dma_bytes_per_cycle = 0;  ///< Per core, one engine.
  std::int64_t dma_start_cycles = 0;     ///< Descriptor start-up.
  std::size_t queue_depth = 64;  ///< Instructions that a queue holds before dispatch stalls.
};

}  // namespace npulse::lowering
