// SPDX-License-Identifier: Apache-2.0
// What tiles cost on a target: array, memory and DMA engines, by closed form. Every choice of tile
// sizes rests on it.
#pragma once

#include "traces/lowering/formats.h"

namespace npulse::lowering {

class TileCost {
 public:
  TileCost(const Formats& formats, const Target& target) : formats_{formats}, target_{target} {}

  /// Of one m x n x k tile of activations and weights in the array.
  double array_cycles(std::int64_t m, std::int64_t n, std::int64_t k) const;

  /// What memory moves for `rows` rows of `row` elements, fetched in pieces: a piece that is cut
  /// moves whole accesses, and mostly one more.
  double rows_bytes(std::int64_t rows, std::int64_t piece, std::int64_t row,
                    isa::DataType type) const;
  /// What it costs on top to store rows in `pieces` each, when their ends must be read and merged.
  double merge_bytes(std::int64_t rows, std::int64_t pieces, std::int64_t piece, std::int64_t row,
                     isa::DataType type) const;

  /// Bytes of all memory in a cycle.
  double memory_rate() const;
  double engine_rate() const { return static_cast<double>(target_.dma_bytes_per_cycle); }
  double start_cycles() const { return static_cast<double>(target_.dma_start_cycles); }

 private:
  bool whole_accesses(std::int64_t piece, std::int64_t row, isa::DataType type) const;
  double access() const { return static_cast<double>(target_.dram_access_bytes.count()); }
  double macs_per_cycle() const;

  const Formats& formats_;
  const Target& target_;
};

}  // namespace npulse::lowering
