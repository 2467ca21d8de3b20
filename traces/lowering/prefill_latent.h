// SPDX-License-Identifier: Apache-2.0
// Multi-head latent attention in prefill, up to its scores: queries are compressed and expanded
// again; keys and values of every head are expanded from the latent vectors that the cache keeps.
#pragma once

#include "traces/lowering/prefill_linear.h"

namespace npulse::lowering {

/// From normed activations to queries, expanded keys and values, and the layer's cache.
void run_prefill_latent(const PrefillPlan& plan, PrefillLinear& linear, PrefillRings& rings,
                        Emitter& emitter, std::int64_t layer);

/// Only the products with one of its matrices, which are a phase.
void run_latent_matrix(const PrefillPlan& plan, PrefillLinear& linear, Matrix which,
                       std::int64_t layer);

}  // namespace npulse::lowering
