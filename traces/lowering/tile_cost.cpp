// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/tile_cost.h"

#include <cmath>

namespace npulse::lowering {
namespace {

/// Two partial accesses of a row turn the data bus around twice, which takes the time of so many.
constexpr double kMergeAccesses = 16;

double bytes(isa::DataType type) {
  return isa::bits_of(type) / 8.0;
}

/// Folds along a dimension whose multiple on the array is `tile`; 1: it streams.
std::int64_t folds(std::int64_t extent, std::int64_t tile) {
  return tile > 1 ? ceil_div(extent, tile) : 1;
}

}  // namespace

double TileCost::array_cycles(const Products& p) const {
  const std::int64_t parts = target_.tap_folds ? p.taps : 1;
  const std::int64_t depth = p.k * p.taps / parts;
  const auto number = static_cast<double>(parts * folds(depth, target_.tile_k) *
                                          folds(p.m, target_.tile_m) * folds(p.n, target_.tile_n));
  const auto padded =
      static_cast<double>(round_up(p.m, target_.tile_m) * round_up(p.n, target_.tile_n)) *
      static_cast<double>(parts * round_up(depth, target_.tile_k));
  const double stream = number * fold_cycles(p, padded / macs_per_cycle() / number);
  const auto k = static_cast<double>(p.k * p.taps);
  const double operands = k * (static_cast<double>(p.m) * bytes(formats_.activation) +
                               static_cast<double>(p.n) * bytes(formats_.weight));
  const double results = static_cast<double>(p.m * p.n) * bytes(formats_.accumulator);
  const double edges = std::max(operands / static_cast<double>(target_.matrix_read_bytes),
                                results / static_cast<double>(target_.matrix_write_bytes));
  return static_cast<double>(target_.matrix_start_cycles) +
         static_cast<double>(p.count) * std::max(stream, edges);
}

/// As the schedules of arch/pe: the next fold's weights load behind the last command of this one.
double TileCost::fold_cycles(const Products& p, double streamed) const {
  double last = streamed;
  if (target_.stream_rows > 0) {
    const std::int64_t line = p.m / p.lines, rest = line % target_.stream_rows;
    const std::int64_t full = std::max(target_.stream_rows, target_.min_stream);
    const std::int64_t end = rest > 0 ? std::max(rest, target_.min_stream) : 0;
    streamed = static_cast<double>(p.lines * (line / target_.stream_rows * full + end));
    last = static_cast<double>(rest > 0 ? end : full);
  }
  return streamed + std::max(0.0, static_cast<double>(target_.fold_min_cycles) - last) +
         static_cast<double>(target_.fold_overhead_cycles);
}

double TileCost::vector_cycles(double elements, const VectorWork& work) const {
  const VectorRates& rates = target_.vector_rates;
  const auto lane = static_cast<double>(work.simple * rates.simple_cycles +
                                        work.transcendental * rates.transcendental_cycles);
  return static_cast<double>(work.instructions * rates.start_cycles) +
         elements * lane / static_cast<double>(rates.lanes);
}

/// Each run takes whole cycles of the data path, and its transactions wait for their answers, only
/// so many at a time.
double TileCost::streaming_cycles(const Runs& runs, std::int64_t answer_cycles) const {
  const auto count = static_cast<double>(runs.count);
  const double transactions =
      count * std::ceil(runs.bytes / static_cast<double>(target_.dma_transaction.count()));
  const double waits = transactions * static_cast<double>(answer_cycles) /
                       static_cast<double>(target_.dma_outstanding);
  return std::max(count * std::ceil(runs.bytes / engine_rate()), waits);
}

double TileCost::macs_per_cycle() const {
  std::int64_t slower = 0;
  for (const MatrixRate& entry : target_.matrix_rates) {
    const bool used = entry.type == formats_.activation || entry.type == formats_.weight;
    if (used && (slower == 0 || entry.macs_per_cycle < slower)) slower = entry.macs_per_cycle;
  }
  return static_cast<double>(std::max<std::int64_t>(slower, 1));
}

double TileCost::memory_rate() const {
  return std::max(target_.dram_bytes_per_s / target_.clock_hertz, 1e-3);
}

double TileCost::spread(std::int64_t transfers, const Runs& runs) const {
  const double granules = std::ceil(runs.bytes / static_cast<double>(target_.dram_granule.count()));
  return std::min(1.0, static_cast<double>(transfers * runs.count) * granules /
                           static_cast<double>(target_.dram_channels));
}

/// True when pieces of `piece` out of rows of `row` elements begin and end with whole accesses.
bool TileCost::whole_accesses(std::int64_t piece, std::int64_t row, isa::DataType type) const {
  const auto aligned = [&](std::int64_t elements) {
    return isa::bytes_of(elements, type).count() % target_.dram_access_bytes.count() == 0;
  };
  return piece == row || (aligned(piece) && aligned(row));
}

double TileCost::rows_bytes(std::int64_t rows, std::int64_t piece, std::int64_t row,
                            isa::DataType type) const {
  if (whole_accesses(piece, row, type)) return static_cast<double>(rows * row) * bytes(type);
  const std::int64_t whole =
      round_up(isa::bytes_of(piece, type).count(), target_.dram_access_bytes.count());
  return static_cast<double>(rows * ceil_div(row, piece)) * (static_cast<double>(whole) + access());
}

double TileCost::merge_bytes(std::int64_t rows, std::int64_t pieces, std::int64_t piece,
                             std::int64_t row, isa::DataType type) const {
  if (whole_accesses(piece, row, type)) return 0;
  return static_cast<double>(rows * pieces) * kMergeAccesses * access();
}

}  // namespace npulse::lowering
