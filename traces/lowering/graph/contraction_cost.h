// SPDX-License-Identifier: Apache-2.0
// What a contraction takes with given tiles, by closed form: every unit's work, and the round trips
// of slots that are filled, used and free again.
#pragma once

#include "traces/lowering/graph/contraction_tiling.h"
#include "traces/lowering/queues.h"

namespace npulse::lowering {

/// The core with the most work, and how it does it.
struct CoreWork {
  const TileShape& tile;
  LoopOrder order;
  const CoreShare& share;
  const CoreGrid& grid;
  bool keeps_operands = true;
};

class ContractionCost {
 public:
  /// All must outlive it.
  ContractionCost(const Contraction& loops, const TileExtras& extras, const Formats& formats,
                  const Target& target);

  /// From the first load to the last store.
  double cycles(const CoreWork& work) const;

 private:
  struct Visits;
  struct Operand;
  struct Parts;

  Visits visits(const CoreWork& work) const;
  Parts parts(const CoreWork& work, const Visits& visits) const;
  Runs input_runs(const TileShape& tile, std::int64_t groups) const;
  Runs result_runs(const TileShape& tile) const;
  double memory_cycles(const CoreWork& work, const Visits& visits, const Parts& parts) const;
  double busiest_unit(const Visits& visits, const Parts& parts) const;
  double longest_round(const Visits& visits, const Parts& parts, double memory) const;
  double ends(const Parts& parts) const;

  const Contraction& loops_;
  const TileExtras& extras_;
  const Formats& formats_;
  TileCost cost_;
  Queues queues_;
};

}  // namespace npulse::lowering
