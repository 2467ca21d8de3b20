// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/tile_cost.h"

#include <algorithm>

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

double TileCost::array_cycles(std::int64_t m, std::int64_t n, std::int64_t k) const {
  const auto padded =
      static_cast<double>(round_up(m, target_.tile_m) * round_up(n, target_.tile_n)) *
      static_cast<double>(round_up(k, target_.tile_k));
  const auto count = static_cast<double>(folds(m, target_.tile_m) * folds(n, target_.tile_n) *
                                         folds(k, target_.tile_k));
  return std::max(padded / macs_per_cycle(), count * static_cast<double>(target_.fold_min_cycles)) +
         count * static_cast<double>(target_.fold_overhead_cycles) +
         static_cast<double>(target_.tile_m + target_.tile_n);
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
