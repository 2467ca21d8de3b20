// SPDX-License-Identifier: Apache-2.0
// What must hold for every program that a parser let through.
#pragma once

#include "isa/program.h"

namespace npulse::fuzz {

/// Reads the whole program, passes it through both forms and the checker; aborts when a form
/// changes it. Throws InputError when it cannot be read to its end.
void exercise(const isa::Program& program);

}  // namespace npulse::fuzz
