// SPDX-License-Identifier: Apache-2.0
// What can be described: a decoder-only transformer (dense, or with experts or latent attention),
// or one matrix product. What of it can be lowered is for make_job() to say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace npulse::lowering {

/// What a router makes of its products with hidden: a share of one whole, or each by itself.
enum class RouterScore : std::uint8_t { softmax, sigmoid };

/// A mixture of experts in place of the feed-forward part of some layers: a router picks
/// `per_token` of `count` for every token; shared experts see all of them.
struct Experts {
  std::int64_t count = 1;
  std::int64_t per_token = 1;
  RouterScore score = RouterScore::softmax;
  bool normalised = true;       ///< The scores of the picked ones are divided by their sum.
  double scale = 1;             ///< What they are then multiplied by.
  std::int64_t ffn = 1;         ///< Width of one.
  std::int64_t shared_ffn = 0;  ///< Width of all shared ones together.
  bool shared_gate = false;     ///< What the shared ones give is weighted by a sigmoid.
  bool score_bias = false;      ///< A trained number an expert, added when experts are picked.
  std::vector<bool> routed;     ///< By layer; the others have one part of Transformer::ffn.

  std::int64_t routed_layers() const;
  /// Columns of the router's matrix; that of the shared experts' gate is the last.
  std::int64_t router_width() const { return count + (shared_gate ? 1 : 0); }
};

/// Multi-head latent attention: keys and values are kept as one vector a token, of which every head
/// computes its own.
struct LatentAttention {
  std::optional<std::int64_t> q_rank;  ///< Absent: queries are projected at once.
  std::int64_t kv_rank = 1;
  std::int64_t nope_dim = 1;  ///< Of a query's or key's dimensions, those not rotated ...
  std::int64_t rope_dim = 2;  ///< ... and those rotated; the key's are the same for all heads.
  std::int64_t value_dim = 1;

  /// Weights of the norms of compressed queries and of latent vectors, one behind the other.
  std::int64_t norm_width() const { return q_rank.value_or(0) + kv_rank; }
};

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
  bool qk_norm = false;  ///< Every head of q and k goes through an RMSNorm before it is rotated.
  double rope_theta = 10000;
  double norm_epsilon = 1e-5;
  std::optional<std::int64_t> sliding_window;  ///< Tokens that attention looks back; absent: all.
  std::optional<Experts> experts;
  std::optional<LatentAttention> latent;  ///< Then kv_heads is heads, head_dim that of a query.

  std::int64_t group() const { return heads / kv_heads; }  ///< Query heads that share a KV head.
  std::int64_t q_width() const { return heads * head_dim; }
  std::int64_t kv_width() const { return kv_heads * head_dim; }
  std::int64_t attention_width() const { return heads * value_dim(); }
  std::int64_t value_dim() const { return latent ? latent->value_dim : head_dim; }
  std::int64_t rotary_dim() const { return latent ? latent->rope_dim : head_dim; }
  std::int64_t qkv_width() const { return q_width() + 2 * kv_width(); }
  std::int64_t head_norm_parameters() const { return qk_norm ? 2 * head_dim : 0; }

  std::int64_t linear_parameters_per_layer() const;  ///< Weight matrices of one dense layer.
  std::int64_t embedding_parameters() const { return vocab * hidden; }
  std::int64_t parameters() const;         ///< With norms, biases, embeddings and head.
  std::int64_t active_parameters() const;  ///< Without the experts that a token does not visit.
  /// Read from memory for one token: of the embeddings it takes one row, unless they are the head.
  std::int64_t parameters_read() const;
  std::int64_t kv_elements_per_token() const { return layers * kv_elements_per_layer(); }
  std::int64_t kv_elements_per_layer() const;  ///< What is kept of a token.
};

/// C[m,n] = A[m,k] x B[k,n], all in memory.
struct Gemm {
  std::int64_t m = 1, n = 1, k = 1;
};

using Model = std::variant<Transformer, Gemm>;

/// `llama-3.1-8b` or `gemm:M,N,K`.
std::string name_of(const Model& model);

}  // namespace npulse::lowering
