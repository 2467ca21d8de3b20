// SPDX-License-Identifier: Apache-2.0
// A matrix unit as a plain class: one call an instruction, its whole timing in closed form.
#pragma once

#include "arch/pe/schedule.h"
#include "arch/pe/stats.h"
#include "arch/ports/execution.h"

namespace npulse::arch {

/// The array's own wires for operands or results: they carry so many bytes a cycle, in order.
class Edge {
 public:
  explicit Edge(std::int64_t bytes_per_cycle) : bytes_per_cycle_{bytes_per_cycle} {}
  /// The cycle by which `bytes` that may move from `start` on have moved.
  Cycles pass(Cycles start, std::int64_t bytes);

 private:
  std::int64_t bytes_per_cycle_;
  Cycles free_at_{};
};

/// Instructions are in order and overlap as far as the array allows: the next one may load its
/// stationary tile while the current one streams, and stream while the current one drains.
/// Operands or results that are late (banks, other requesters, the array's own edges) delay the
/// instruction and all behind it by the excess.
class Array {
 public:
  Array(const PeParams& params, ScratchpadPort& memory);

  /// Executes mm, conv, cfg or opaque from `now`, which is not before the last accepts_next_at.
  /// Throws InputError on a type or sparsity pattern that the array lacks.
  Execution execute(Cycles now, const isa::Instruction& instruction);

  const PeStats& stats() const { return stats_; }

 private:
  /// A place in on-chip memory and the bits of an element there.
  struct Place {
    isa::Operand operand;
    int bits;
  };
  struct Places {
    Place a, b, c;
  };

  Execution execute(Cycles now, const isa::Mm& mm);
  Execution execute(Cycles now, const isa::Conv& conv);
  Execution multiply(Cycles now, const Gemm& gemm, const Places& places, isa::DataType type);
  Delay move(Span reads, Span writes, const Traffic& traffic, const Places& places,
             Activity& activity);
  Delay cross_edges(Span reads, Span writes, const Traffic& traffic, const Places& places);
  Execution occupy(Cycles now, Cycles cycles);
  Schedule schedule(const Gemm& gemm, const Places& places) const;
  void count_busy(Cycles from, Cycles to);

  PeParams params_;
  ScratchpadPort& memory_;
  Edge reads_, writes_;
  Cycles stream_free_{};  ///< The last operand of all earlier instructions has entered.
  Cycles busy_until_{};
  PeStats stats_;
};

}  // namespace npulse::arch
