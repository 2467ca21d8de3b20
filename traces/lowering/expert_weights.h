// SPDX-License-Identifier: Apache-2.0
// From a router's scores to the weights of each token's experts, on one core.
#pragma once

#include "traces/lowering/emitter.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/model.h"

namespace npulse::lowering {

/// In the scratchpad, all of formats.state.
struct ScoreBuffers {
  Address scores = 0;   ///< [tokens, experts]; at first [tokens, experts and gate] if there is one.
  Address turned = 0;   ///< [experts and gate, tokens]; of shared experts with a gate.
  Address gate = 0;     ///< [tokens, 1]: what the shared experts' outputs are weighed by.
  Address ranked = 0;   ///< Like scores, while the highest are taken out.
  Address top = 0;      ///< The highest of each token, [tokens, 1].
  Address weights = 0;  ///< Of each token's experts, [tokens, per_token].
  Address sums = 0;     ///< Of weights, [tokens, 1].
};

struct ScoredTokens {
  ScoreBuffers at;
  std::int64_t count = 0;
  Events ready, done;  ///< Of the scores; `done` is signalled when they are not needed any more.
  std::optional<Slot> bias;  ///< Added to scores for the ranking.
  Slot picks;                ///< i32: where in `scores` those of [token, rank] are.
};

/// Ranks, and leaves at.weights, and at.gate if there is one.
void put_expert_weights(Emitter& emitter, const Experts& experts, const Formats& formats,
                        const ScoredTokens& tokens);

}  // namespace npulse::lowering
