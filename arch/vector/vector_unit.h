// SPDX-License-Identifier: Apache-2.0
// A vector unit as a plain class: one instruction at a time, its whole timing in closed form.
#pragma once

#include "arch/ports/execution.h"
#include "arch/vector/cost.h"
#include "arch/vector/params.h"
#include "arch/vector/stats.h"

namespace npulse::arch {

class VectorUnit {
 public:
  VectorUnit(const VectorParams& params, ScratchpadPort& memory)
      : params_{params}, memory_{memory} {}

  /// Executes vec, xform, cfg or opaque from `now`, which is not before the last accepts_next_at.
  /// Throws InputError on a type that the unit lacks.
  Execution execute(Cycles now, const isa::Instruction& instruction);

  const VectorStats& stats() const { return stats_; }

 private:
  /// Operands with the bytes that one pass moves; y stands for index too.
  struct Operands {
    AccessStream x, y, kept, dst;
  };

  Execution execute(Cycles now, const isa::Vec& vec);
  Execution execute(Cycles now, const isa::Xform& xform);
  Execution run(Cycles now, const VectorWork& work, const Operands& operands);
  Delay move(Span lanes, std::initializer_list<AccessStream> streams, Activity& activity);
  Cycles once_cycles(const VectorWork& work) const;
  Cycles lane_cycles(const VectorWork& work, const Pass& pass) const;
  std::int64_t lanes_for(int bits) const;
  void require(const char* op, isa::DataType type) const;
  Execution finish(Cycles now, Cycles end, const Outcome& outcome);

  VectorParams params_;
  ScratchpadPort& memory_;
  VectorStats stats_;
};

}  // namespace npulse::arch
