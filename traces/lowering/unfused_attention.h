// SPDX-License-Identifier: Apache-2.0
// Attention of a prefill in three phases through memory: scores, their softmax, products with
// values. What fused attention is measured against.
#pragma once

#include "traces/lowering/prefill_plan.h"

namespace npulse::lowering {

/// plan.unfused is set.
void run_unfused_attention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer);

}  // namespace npulse::lowering
