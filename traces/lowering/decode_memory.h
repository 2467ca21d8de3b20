// SPDX-License-Identifier: Apache-2.0
// Where in memory a decode step keeps weights, cache, tables and results.
#pragma once

#include "traces/lowering/decode_plan.h"

namespace npulse::lowering {

/// Places the plan's matrices and fills memory and cache in. Throws InputError, at `where`, when
/// they do not fit.
void place_in_memory(DecodePlan& plan, const std::string& where);

}  // namespace npulse::lowering
