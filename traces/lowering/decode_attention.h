// SPDX-License-Identifier: Apache-2.0
// Attention of a decode step: each core takes its (KV head, sequence) pairs.
#pragma once

#include "traces/lowering/decode_plan.h"

namespace npulse::lowering {

/// Reads the gathered q, k and v; appends the new key and value to the cache; gathers the outputs.
void run_decode_attention(const DecodePlan& plan, DecodeRings& rings, Emitter& emitter,
                          std::int64_t layer);

}  // namespace npulse::lowering
