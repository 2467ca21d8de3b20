// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/model.h"

#include <fmt/format.h>

namespace npulse::lowering {

std::int64_t Transformer::linear_parameters_per_layer() const {
  return hidden * qkv_width() + q_width() * hidden + 3 * hidden * ffn;
}

std::int64_t Transformer::parameters_per_layer() const {
  return linear_parameters_per_layer() + 2 * hidden + (qkv_bias ? qkv_width() : 0);
}

std::int64_t Transformer::parameters() const {
  const std::int64_t embeddings = vocab * hidden * (tied_embeddings ? 1 : 2);
  return embeddings + layers * parameters_per_layer() + hidden;
}

std::string name_of(const Model& model) {
  if (const auto* transformer = std::get_if<Transformer>(&model)) return transformer->name;
  const auto& gemm = std::get<Gemm>(model);
  return fmt::format("gemm:{},{},{}", gemm.m, gemm.n, gemm.k);
}

}  // namespace npulse::lowering
