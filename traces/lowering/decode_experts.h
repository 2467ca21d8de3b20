// SPDX-License-Identifier: Apache-2.0
// A mixture of experts in a decode step: router, weights of each token's experts, the experts that
// anyone visits (their matrices split over all cores), and the sum of what they give.
#pragma once

#include "traces/lowering/decode_step.h"

namespace npulse::lowering {

/// Leaves the sum in buffers.y, gathered. `layer` has experts.
void run_decode_experts(DecodeStep& step, std::int64_t layer);

}  // namespace npulse::lowering
