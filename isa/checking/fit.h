// SPDX-License-Identifier: Apache-2.0
// Whether a program, and each of its instructions on its own, fits a chip.
#pragma once

#include "isa/checking/findings.h"

namespace npulse::isa::checking {

/// Reports what of the header the chip lacks; false when the program cannot be executed on it at
/// all.
bool header_fits(const ProgramHeader& header, const CheckTarget& target, Findings& findings);

/// Reports an opcode, type or codec that the chip's units lack.
void check_unit(const Instruction& instruction, const Place& place, const CheckTarget& target,
                Findings& findings);

}  // namespace npulse::isa::checking
