// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/core_memory.h"

#include "sim/core/error.h"

namespace npulse::arch {

Cycles CoreMemory::reserve(Cycles start, Cycles nominal, const AccessStream& stream) {
  return of(stream.space).reserve(start, nominal, stream);
}

Scratchpad& CoreMemory::of(isa::Space space) {
  if (space == isa::Space::spm) return spm_;
  if (space == isa::Space::acc) return acc_;
  ensure(space == isa::Space::shared && shared_, "a unit accessed a memory that its core lacks");
  return *shared_;
}

}  // namespace npulse::arch
