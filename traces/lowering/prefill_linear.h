// SPDX-License-Identifier: Apache-2.0
// The linear layers of prefill on one core: panels of rows against tiles of weights.
#pragma once

#include <functional>

#include "traces/lowering/instructions.h"
#include "traces/lowering/prefill_plan.h"

namespace npulse::lowering {

/// Rows of activations in memory: all of `count`, or those at `places` one behind the other.
struct RowSource {
  Address base = 0;
  std::int64_t count = 0;
  std::vector<std::int64_t> places{};
};

/// `count` rows from the index-th of a list, which are `step` > 0 apart from `place` on.
struct RowRun {
  std::int64_t index, count, place, step;
};

/// The fewest runs, in order, that are the elements `range` of `places`.
std::vector<RowRun> runs_of(const std::vector<std::int64_t>& places, Range range);

/// Rings that the phases of a core share.
struct PrefillRings {
  Ring weights, vectors, biases, head_norms, acc;
  std::vector<PanelRings> panels;  ///< By Matrix; from their beginning in each phase.
};

class PrefillLinear {
 public:
  PrefillLinear(const PrefillPlan& plan, PrefillRings& rings, Emitter& emitter)
      : plan_{plan}, job_{plan.job}, rings_{rings}, emitter_{emitter} {}

  /// Begins a phase of `which`, whose buffers nobody else uses until it ends.
  void begin(Matrix which) { panel(which) = plan_.panel(which); }
  /// Projects, rotates and stores queries, keys and values.
  void qkv(std::int64_t layer);
  /// act = silu(gate) * up.
  void gate_up(std::int64_t copy);
  /// x += a x weights; `which` is out (a = outputs of attention) or down (a = gated activations).
  void residual(Matrix which, std::int64_t copy);
  /// `to` = rows of the normed residual stream x weights, as `type`.
  void plain(Matrix which, std::int64_t copy, Address to, isa::DataType type);
  /// from x weights, head by head to [head][row][width]; scaled if attention wants it of queries.
  struct Heads {
    RowSource from;
    Address to;
    isa::DataType type;
    bool are_queries;
  };
  void heads(Matrix which, std::int64_t copy, const Heads& heads);
  /// Weights of a norm, or biases, into the next slot of `ring`.
  Slot load_vector(Ring& ring, Address from, std::int64_t elements);
  /// silu(gate) * up of `from` to rows of `to` from the first on.
  void gate_up(Matrix which, std::int64_t copy, const RowSource& from, Address to);
  /// from x weights, to the rows of `to` at `places`.
  void project(Matrix which, std::int64_t copy, const RowSource& from, Address to,
               const std::vector<std::int64_t>& places);

 private:
  /// A block of results in accumulators, and the block of activations it came from.
  struct Block {
    Slot c, rows;
    Range row, columns;
    bool last_tile;  ///< Nobody needs `rows` after this block's epilogue.
    std::int64_t elements() const { return row.size() * columns.size(); }
  };
  PanelRings& panel(Matrix which) { return rings_.panels[static_cast<std::size_t>(which)]; }
  using Epilogue = std::function<void(const Block&)>;

  void pass(Matrix which, std::int64_t copy, const RowSource& from, const Epilogue& epilogue);
  Slot load_rows(Matrix which, Ring& ring, const RowSource& from, Range row);
  void load_rotation(const Slot& slot, Address to, Range row);
  /// What the epilogue of q, k and v needs besides its block.
  struct HeadVectors {
    std::optional<Slot> bias, norms;
  };
  HeadVectors load_head_vectors(std::int64_t layer);
  /// What becomes of a head's results.
  struct HeadFinish {
    Typed from, to;
    bool rotated, scaled;
  };
  void finish_head(Matrix which, const Block& block, const HeadFinish& finish, const Slot& slot);
  void project_head(const Block& block, std::int64_t layer, Ring& stage,
                    const HeadVectors& vectors);
  Typed normed(const Block& block, const Typed& from, const Slot& norms, bool from_acc);
  Typed biased(const Block& block, const std::optional<Slot>& bias, bool last_reader);
  void store_head(const Block& block, std::int64_t layer, const Slot& slot);
  void store_block(const Block& block, const Slot& slot, Address to, std::int64_t row_length,
                   isa::DataType type);
  /// Behind the activations of a block.
  Address rotation_in(Matrix which, const Slot& rows) const;
  Typed result(const Block& block) const {
    return {in_acc(block.c.address), job_.formats.accumulator};
  }

  const PrefillPlan& plan_;
  const Job& job_;
  PrefillRings& rings_;
  Emitter& emitter_;
};

}  // namespace npulse::lowering
