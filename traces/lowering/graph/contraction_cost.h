// SPDX-License-Identifier: Apache-2.0
// What a contraction takes with given tiles, by closed form: every unit's work, and the round trips
// of slots that are filled, used and free again.
#pragma once

#include "traces/lowering/graph/contraction_tiling.h"
#include "traces/lowering/queues.h"
#include "traces/lowering/ranking.h"

namespace npulse::lowering {

/// The core with the most work, and how it does it.
struct CoreWork {
  const TileShape& tile;
  LoopOrder order;
  const CoreShare& share;
  const CoreGrid& grid;
  bool keeps_operands = true;
};

/// Products of a core by what they go through; inputs and weights that it fetches.
struct TileVisits {
  std::int64_t pixels = 1, channels = 1, chunks = 1, groups = 1;
  std::int64_t inputs = 0, weights = 0;
  std::int64_t input_passes = 1, weight_passes = 1;  ///< How often each tile is fetched.

  double products() const { return static_cast<double>(pixels * channels * chunks); }
  double tiles() const { return static_cast<double>(pixels * channels); }
};
TileVisits visits_of(const Contraction& loops, const CoreWork& work);

class ContractionCost {
 public:
  /// All must outlive it.
  ContractionCost(const Contraction& loops, const TileExtras& extras, const Formats& formats,
                  const Target& target);

  /// Cycles from the first load to the last store; pieces are products of a core.
  Estimate estimate(const CoreWork& work) const;

 private:
  struct Operand;
  struct Operands {
    double input, weights;
  };
  struct Parts;

  Parts parts(const CoreWork& work, const TileVisits& visits) const;
  Runs input_runs(const TileShape& tile, std::int64_t groups) const;
  Runs result_runs(const TileShape& tile) const;
  Operand weight_load(const TileShape& tile) const;
  Operands operand_bytes(const CoreWork& work, const TileVisits& visits) const;
  Operands beyond(Bytes cache, const CoreWork& work, const TileVisits& visits) const;
  double moved_bytes(const CoreWork& work, const TileVisits& visits) const;
  double memory_cycles(const CoreWork& work, const TileVisits& visits, const Parts& parts) const;
  double busiest_unit(const TileVisits& visits, const Parts& parts) const;
  double longest_round(const TileVisits& visits, const Parts& parts, double memory) const;
  double first_operands(const Parts& parts) const;
  double first_of_all(const CoreWork& work, const Parts& parts) const;
  double last_result(const Parts& parts) const;

  const Contraction& loops_;
  const TileExtras& extras_;
  const Formats& formats_;
  TileCost cost_;
  Queues queues_;
  std::int64_t expand_bytes_per_cycle_;
  const std::vector<Bytes>& caches_;
};

}  // namespace npulse::lowering
