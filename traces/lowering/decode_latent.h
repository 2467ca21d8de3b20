// SPDX-License-Identifier: Apache-2.0
// Multi-head latent attention in a decode step, in its absorbed form: queries go to the space of
// the latent vectors (k_up), where scores and weighted sums are taken; the sums then become values
// (v_up). The cache is read as it is kept, and never expanded.
#pragma once

#include "traces/lowering/decode_step.h"

namespace npulse::lowering {

/// From normed activations to the outputs of attention, gathered in buffers.heads.
void run_decode_latent(DecodeStep& step, std::int64_t layer);

}  // namespace npulse::lowering
