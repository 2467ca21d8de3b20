// SPDX-License-Identifier: Apache-2.0
// What can be lowered: a dense decoder-only transformer, or one matrix product.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace npulse::lowering {

/// RMSNorm, grouped-query attention with rotary positions, SwiGLU; dimensions only.
struct Transformer {
  std::string name;
  std::int64_t layers = 1;
  std::int64_t hidden = 1;
  std::int64_t ffn = 1;
  std::int64_t heads = 1;
  std::int64_t kv_heads = 1;
  std::int64_t head_dim = 1;
  std::int64_t vocab = 1;
  bool tied_embeddings = false;
  bool qkv_bias = false;
  double rope_theta = 10000;
  double norm_epsilon = 1e-5;
  std::optional<std::int64_t> sliding_window;  ///< Tokens that attention looks back; absent: all.

  std::int64_t group() const { return heads / kv_heads; }  ///< Query heads that share a KV head.
  std::int64_t q_width() const { return heads * head_dim; }
  std::int64_t kv_width() const { return kv_heads * head_dim; }
  std::int64_t qkv_width() const { return q_width() + 2 * kv_width(); }

  std::int64_t linear_parameters_per_layer() const;  ///< Weight matrices of one layer.
  std::int64_t parameters_per_layer() const;         ///< With norms and biases.
  std::int64_t parameters() const;                   ///< With embeddings, head and last norm.
  std::int64_t kv_elements_per_token() const { return layers * 2 * kv_width(); }
};

/// C[m,n] = A[m,k] x B[k,n], all in memory.
struct Gemm {
  std::int64_t m = 1, n = 1, k = 1;
};

using Model = std::variant<Transformer, Gemm>;

/// `llama-3.1-8b` or `gemm:M,N,K`.
std::string name_of(const Model& model);

}  // namespace npulse::lowering
