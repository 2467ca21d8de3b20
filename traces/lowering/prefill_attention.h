// SPDX-License-Identifier: Apache-2.0
// Attention of prefill on one core: blocks of queries of a whole group against chunks of the cache,
// those that causality hides skipped.
#pragma once

#include "traces/lowering/prefill_plan.h"

namespace npulse::lowering {

void run_prefill_attention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer);

}  // namespace npulse::lowering
