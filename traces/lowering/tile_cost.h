// SPDX-License-Identifier: Apache-2.0
// What tiles cost on a target: array, memory and DMA engines, by closed form. Every choice of tile
// sizes rests on it.
#pragma once

#include <algorithm>

#include "traces/lowering/formats.h"

namespace npulse::lowering {

/// Equal products m x n x k of one instruction: of a convolution, m pixels in lines, and k channels
/// at each tap.
struct Products {
  std::int64_t m, n, k;
  std::int64_t count = 1, lines = 1, taps = 1;
};

/// What one transfer moves: bytes in contiguous runs.
struct Runs {
  std::int64_t count = 1;
  double bytes = 0;  ///< Of each.
};

/// Instructions on one tile, and what their lanes do with each element, all together.
struct VectorWork {
  std::int64_t instructions = 1, simple = 1, transcendental = 0;
  auto operator<=>(const VectorWork&) const = default;
};

class TileCost {
 public:
  TileCost(const Formats& formats, const Target& target) : formats_{formats}, target_{target} {}

  /// That one instruction keeps the array from the next one.
  double array_cycles(const Products& products) const;
  /// From then to the last result.
  double drain_cycles() const { return static_cast<double>(target_.matrix_drain_cycles); }
  /// Of the vector unit: `simple` and `transcendental` operations on each of so many elements.
  double vector_cycles(double elements, const VectorWork& work) const;

  /// What memory moves for `rows` rows of `row` elements, fetched in pieces: a piece that is cut
  /// moves whole accesses, and mostly one more.
  double rows_bytes(std::int64_t rows, std::int64_t piece, std::int64_t row,
                    isa::DataType type) const;
  /// What it costs on top to store rows in `pieces` each, when their ends must be read and merged.
  double merge_bytes(std::int64_t rows, std::int64_t pieces, std::int64_t piece, std::int64_t row,
                     isa::DataType type) const;

  /// That a transfer keeps its engine from the next one, whose start-up hides behind it.
  double load_cycles(const Runs& runs) const {
    return std::max(start_cycles(), streaming_cycles(runs, target_.read_cycles));
  }
  double store_cycles(const Runs& runs) const {
    return std::max(start_cycles(), streaming_cycles(runs, target_.write_cycles));
  }
  /// From issue to completion of a transfer on an idle chip.
  double load_latency(const Runs& runs) const {
    return start_cycles() + static_cast<double>(target_.read_cycles) +
           streaming_cycles(runs, target_.read_cycles);
  }
  double store_latency(const Runs& runs) const {
    return start_cycles() + static_cast<double>(target_.write_cycles) +
           streaming_cycles(runs, target_.write_cycles);
  }

  /// Bytes of all memory in a cycle.
  double memory_rate() const;
  /// Share of the channels over which so many transfers of different bytes spread.
  double spread(std::int64_t transfers, const Runs& runs) const;
  double engine_rate() const { return static_cast<double>(target_.dma_bytes_per_cycle); }
  double start_cycles() const { return static_cast<double>(target_.dma_start_cycles); }

 private:
  double fold_cycles(const Products& products, double rows_at_once) const;
  double streaming_cycles(const Runs& runs, std::int64_t answer_cycles) const;
  bool whole_accesses(std::int64_t piece, std::int64_t row, isa::DataType type) const;
  double access() const { return static_cast<double>(target_.dram_access_bytes.count()); }
  double macs_per_cycle() const;

  const Formats& formats_;
  const Target& target_;
};

}  // namespace npulse::lowering
