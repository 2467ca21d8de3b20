// SPDX-License-Identifier: Apache-2.0
// How a transposition strides over its destination.
#pragma once

#include "arch/ports/scratchpad_port.h"
#include "isa/instruction.h"

namespace npulse::arch {

/// Sets run and stride of the destination of a transposition, which is written in the order in
/// which the source is read. Other kinds stay dense: row numbers are data, rows count as spread
/// evenly.
void scatter_writes(const isa::Xform& xform, AccessStream& dst);

}  // namespace npulse::arch
