// SPDX-License-Identifier: Apache-2.0
// A chip as lowering and the checker see it.
#pragma once

#include "arch/chip/chip.h"
#include "isa/checker.h"
#include "traces/lowering/target.h"

namespace npulse::arch {

lowering::Target lowering_target(const Chip& chip);
isa::CheckTarget check_target(const Chip& chip);

}  // namespace npulse::arch
