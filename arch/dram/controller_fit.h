// SPDX-License-Identifier: Apache-2.0
// What a controller asks of a part.
#pragma once

#include "arch/dram/controller_params.h"
#include "arch/dram/resolved_part.h"

namespace npulse::dram {

/// The controller. Throws InputError when the parameters contradict each other, or ask for what the
/// part lacks.
const ControllerParams& check_fit(const ResolvedPart& part, const ControllerParams& controller);

/// Throws InputError when the fast engine does not model what the controller does, or timings are
/// longer than it counts; it names the parameters.
void check_fast_fit(const ResolvedPart& part, const ControllerParams& controller);

/// The commands that such a controller may send.
CommandSet commands_used(const ResolvedPart& part, const ControllerParams& controller);

}  // namespace npulse::dram
