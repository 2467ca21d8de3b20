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
  /// least cycles of a fold's last command, and those that each costs besides its stream.
  std::int64_t fold_min_cycles = 0, fold_overhead_cycles = 0;
  bool tap_folds = false;        ///< A fold never spans taps of a kernel.
  std::int64_t stream_rows = 0;  ///< Rows of a line that a command streams at most; 0: all at once,
  std::int64_t min_stream = 1;   ///< and the least cycles that one takes.
  std::int64_t matrix_start_cycles = 0;  ///< Of each product, before it streams.
  std::int64_t matrix_drain_cycles = 0;  ///< From its last operand to its last result.
  std::int64_t matrix_read_bytes = 1 << 20, matrix_write_bytes = 1 << 20;  ///< Edges, in a cycle.
  std::vector<MatrixRate> matrix_rates;     ///< Types the array supports.
  std::vector<isa::DataType> vector_types;  ///< Types the vector unit supports.
  VectorRates vector_rates;
  std::vector<isa::CodecFormat> codecs;  ///< Formats the DMA engine expands.
  Bytes dram_granule{256};               ///< Of one channel, before the next one follows.
  std::int64_t dram_channels = 1;
  std::vector<Bytes> caches;  ///< Between the cores and memory, the nearest first.
  double clock_hertz = 1e9;
  double dram_bytes_per_s = 0;                        ///< Peak.
  std::int64_t dma_bytes_per_cycle = 0;               ///< Per core, one engine.
  std::int64_t dma_start_cycles = 0;                  ///< Descriptor start-up.
  std::int64_t dma_expand_bytes_per_cycle = 1 << 20;  ///< Out of its decompressor.
  std::int64_t dma_outstanding = 1 << 20;             ///< Transactions of an engine on their way.
  Bytes dma_transaction{4096};                        ///< The longest.
  std::int64_t read_cycles = 0, write_cycles = 0;     ///< Of a lone transaction, there and back.
  std::size_t queue_depth = 64;  ///< Instructions that a queue holds before dispatch stalls.
};

}  // namespace npulse::lowering
