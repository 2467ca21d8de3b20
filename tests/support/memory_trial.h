// SPDX-License-Identifier: Apache-2.0
// Plays a case and says what is wrong with how the memory served it.
#pragma once

#include <string>

#include "tests/support/memory_case.h"

namespace npulse::testing {

/// Empty when every transaction was answered once and not too soon, every byte was moved, and the
/// judge finds nothing in the commands of any channel; else what is wrong.
std::string fault_of(const MemoryCase& test);

}  // namespace npulse::testing
