// SPDX-License-Identifier: Apache-2.0
// What a prefill of latent attention multiplies, reads and keeps, in closed forms of the model's
// dimensions, held to the instructions of the lowered program.
#include <catch2/catch.hpp>

#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/model_loader.h"
#include "traces/lowering/prefill.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

/// A tenth of DeepSeek-V3 in most directions, so that the test's executor is quick.
Transformer small_deepseek() {
  auto model = std::get<Transformer>(load_model("deepseek-v3", test::models_folder()));
  model.hidden = 720;
  model.ffn = 1800;
  model.heads = 16;
  model.vocab = 1000;
  model.kv_heads = model.heads;
  model.latent->q_rank = 160;
  model.latent->kv_rank = 64;
  model.latent->nope_dim = 16;
  model.latent->rope_dim = 8;
  model.latent->value_dim = 20;
  model.head_dim = 24;
  model.experts->count = 8;
  model.experts->per_token = 2;
  model.experts->ffn = model.experts->shared_ffn = 200;
  return model;
}

Options prefill(std::int64_t first_layer, AttentionForm form = AttentionForm::fused) {
  Options options;
  options.phase = Phase::prefill;
  options.batch = 2;
  options.context = 96;
  options.weights = WeightFormat::fp8;
  options.kv = isa::DataType::bf16;
  options.layers = LayerRange{first_layer, first_layer + 1};
  options.attention = form;
  return options;
}

/// Weights of the matrices that queries, keys and values go through, and of the output's.
std::int64_t attention_weights(const Transformer& m) {
  const LatentAttention& l = *m.latent;
  const std::int64_t query_in = l.q_rank.value_or(m.hidden);
  return (l.q_rank ? m.hidden * *l.q_rank : 0) + query_in * m.heads * (l.nope_dim + l.rope_dim) +
         m.hidden * (l.kv_rank + l.rope_dim) + l.kv_rank * m.heads * (l.nope_dim + l.value_dim) +
         m.heads * l.value_dim * m.hidden;
}

/// Each token goes through its experts, the shared one and the router.
std::int64_t mixture_products(const Transformer& m) {
  const Experts& e = *m.experts;
  return m.hidden * e.count + 3 * m.hidden * (e.per_token * e.ffn + e.shared_ffn);
}

std::int64_t mixture_weights(const Transformer& m) {
  const Experts& e = *m.experts;
  return m.hidden * e.count + 3 * m.hidden * (e.count * e.ffn + e.shared_ffn);
}

struct Lowered {
  Transformer model = small_deepseek();
  Options options;
  isa::MemoryProgram program;
  std::int64_t block_rows = 1;

  explicit Lowered(const Options& the_options, bool compressed_queries = true)
      : options{the_options} {
    if (!compressed_queries) model.latent->q_rank.reset();
    const Target target = test::large_target();
    block_rows = PrefillLowering{make_job(model, options, target)}.layout().query_rows();
    lower(model, options, target, program);
  }

  std::int64_t meta(const char* key) const { return std::stoll(program.header().meta.at(key)); }
  std::int64_t rows() const { return options.batch * options.context; }

  /// Tokens that blocks of query rows of one head see, and (row, token) pairs.
  std::pair<std::int64_t, std::int64_t> seen() const {
    std::int64_t tokens = 0, pairs = 0;
    for (std::int64_t first = 0; first < options.context; first += block_rows) {
      const std::int64_t last = std::min(first + block_rows, options.context);
      tokens += last;
      pairs += (last - first) * last;
    }
    return {tokens * options.batch, pairs * options.batch};
  }

  const isa::TensorDecl& tensor(const std::string& name) const {
    for (const auto& decl : program.header().tensors) {
      if (decl.name == name) return decl;
    }
    throw std::out_of_range{name};
  }
};

/// Bytes that DMAs write to memory from `first` until before `end`.
std::int64_t bytes_stored(const Lowered& made, Address first, Address end) {
  std::int64_t bytes = 0;
  const auto count = [&](std::uint32_t, const isa::Instruction& instruction) {
    const auto* dma = std::get_if<isa::Dma>(&instruction.operation);
    if (!dma || dma->dst.space != isa::Space::dram) return;
    if (dma->dst.address < first || dma->dst.address >= end) return;
    bytes += isa::bytes_of(dma->shape.product(), dma->type).count();
  };
  const auto out = test::execute(made.program, test::large_target(), 8, 1, count);
  REQUIRE(out.faults == std::vector<std::string>{});
  return bytes;
}

}  // namespace

TEST_CASE("A prefill of latent attention multiplies what its dimensions say", "[lowering]") {
  for (const AttentionForm form : {AttentionForm::fused, AttentionForm::unfused}) {
    for (const std::int64_t layer : {1, 3}) {  // dense, and with experts
      const Lowered made{prefill(layer, form), layer == 1};
      const Transformer& m = made.model;
      const std::int64_t ffn = layer == 1 ? 3 * m.hidden * m.ffn : mixture_products(m);
      const std::int64_t attended = made.seen().second * m.heads *
                                    (m.latent->nope_dim + m.latent->rope_dim + m.latent->value_dim);
      const std::int64_t expected = made.rows() * (attention_weights(m) + ffn) + attended;
      const auto out = test::execute(made.program, test::large_target(), 8, 1);
      CHECK(out.macs == expected);
      CHECK(made.meta("plan.macs") == expected);
    }
  }
}

TEST_CASE("A prefill of latent attention reads the weights of its matrices and norms",
          "[lowering]") {
  for (const bool compressed : {true, false}) {
    const Lowered dense{prefill(1), compressed}, routed{prefill(3), compressed};
    const Transformer& m = dense.model;
    const std::int64_t norms =
        2 * (2 * m.hidden + m.latent->q_rank.value_or(0) + m.latent->kv_rank);  // bf16
    CHECK(dense.meta("plan.weight_bytes") == attention_weights(m) + 3 * m.hidden * m.ffn + norms);
    REQUIRE(routed.meta("plan.experts_read") == m.experts->count);
    const std::int64_t biases = 2 * m.experts->count;
    CHECK(routed.meta("plan.weight_bytes") ==
          attention_weights(m) + mixture_weights(m) + norms + biases);
  }
}

TEST_CASE("A prefill of latent attention keeps one vector and one key a token, and expands more",
          "[lowering]") {
  const Lowered made{prefill(1)};
  const LatentAttention& l = *made.model.latent;
  const std::int64_t heads = made.model.heads, kept = l.kv_rank + l.rope_dim;
  const std::int64_t tokens = made.seen().first, element = 2;
  CHECK(made.meta("plan.kv_bytes") == element * (made.rows() * kept + tokens * heads * l.rope_dim));
  CHECK(made.meta("plan.expanded_bytes") ==
        element * heads * (l.nope_dim + l.value_dim) * (made.rows() + tokens));

  const isa::TensorDecl &latents = made.tensor("keys"), &rotated = made.tensor("values");
  CHECK(latents.shape == isa::Extents{1, 1, made.options.batch, made.options.context, l.kv_rank});
  CHECK(rotated.shape == isa::Extents{1, 1, made.options.batch, made.options.context, l.rope_dim});
  const Address first = latents.at.address;
  const auto end =
      rotated.at.address + static_cast<Address>(rotated.tile_stride[2] * made.options.batch);
  CHECK(bytes_stored(made, first, end) == element * made.rows() * kept);
}
