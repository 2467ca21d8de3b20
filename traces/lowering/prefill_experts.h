// SPDX-License-Identifier: Apache-2.0
// A mixture of experts in prefill, on one core: scores of all rows, every expert on the rows of the
// tokens that visit it, then what they gave weighed and added to the residual stream.
#pragma once

#include "traces/lowering/prefill_linear.h"

namespace npulse::lowering {

/// From memory.normed to memory.x. `layer` has experts.
void run_prefill_experts(const PrefillPlan& plan, PrefillLinear& linear, PrefillRings& rings,
                         Emitter& emitter, std::int64_t layer);

}  // namespace npulse::lowering
