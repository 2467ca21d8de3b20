// SPDX-License-Identifier: Apache-2.0
// The on-chip memories that a core's units reach, by address space.
#pragma once

#include "arch/spm/scratchpad.h"

namespace npulse::arch {

/// Borrows memories that outlive it. An access to `dram`, or to `shared` on a chip without it, is
/// our bug: only DMA engines move such data and the checker refuses the rest.
class CoreMemory : public ScratchpadPort {
 public:
  CoreMemory(Scratchpad& spm, Scratchpad& acc, Scratchpad* shared = nullptr)
      : spm_{spm}, acc_{acc}, shared_{shared} {}

  Cycles reserve(Cycles start, Cycles nominal, const AccessStream& stream) override;

 private:
  Scratchpad& of(isa::Space space);

  Scratchpad& spm_;
  Scratchpad& acc_;
  Scratchpad* shared_;
};

}  // namespace npulse::arch
