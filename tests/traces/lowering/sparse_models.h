// SPDX-License-Identifier: Apache-2.0
// Small models with experts, and with latent attention.
#pragma once

#include "tests/traces/lowering/bench.h"

namespace npulse::test {

/// As Mixtral and Qwen3: softmax over the picked, all layers routed.
inline lowering::Transformer mixture_model() {
  lowering::Transformer m = small_model();
  m.name = "mixture";
  m.experts = lowering::Experts{};
  m.experts->count = 7;
  m.experts->per_token = 3;
  m.experts->ffn = 37;
  m.experts->routed = {true, true};
  return m;
}

/// As DeepSeek-V3: latent attention, sigmoid scores with a bias, a shared expert, a dense first
/// layer.
inline lowering::Transformer latent_model() {
  lowering::Transformer m = uneven_model();
  m.name = "latent";
  m.qkv_bias = false;
  m.latent = lowering::LatentAttention{24, 16, 10, 6, 12};
  m.kv_heads = m.heads;
  m.head_dim = 16;
  m.experts = lowering::Experts{};
  m.experts->count = 5;
  m.experts->per_token = 2;
  m.experts->ffn = 29;
  m.experts->shared_ffn = 31;
  m.experts->score = lowering::RouterScore::sigmoid;
  m.experts->scale = 2.5;
  m.experts->score_bias = true;
  m.experts->routed = {false, true};
  return m;
}

}  // namespace npulse::test
