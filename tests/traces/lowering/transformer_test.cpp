// SPDX-License-Identifier: Apache-2.0
// Every lowered model runs without fault on every chip, and moves what was planned, to the byte.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

struct Case {
  Transformer model;
  Options options;
  Target target;
  std::uint64_t seed = 1;

  std::string text() const {
    const auto& m = model;
    return fmt::format(
        "{} {} cores {} batch {} context {} layers {} hidden {} ffn {} heads {}/{} x {} vocab {} "
        "bias {} norms {} depth {} spm {} acc {}",
        to_string(options.phase), target.name, target.cores, options.batch, options.context,
        m.layers, m.hidden, m.ffn, m.heads, m.kv_heads, m.head_dim, m.vocab, m.qkv_bias, m.qk_norm,
        target.queue_depth, target.spm_bytes.count(), target.acc_bytes.count());
  }
};

std::int64_t meta(const isa::Program& program, const char* key) {
  return std::stoll(program.header().meta.at(key));
}

void require_sound(const Case& c) {
  INFO(c.text());
  isa::MemoryProgram program;
  lower(c.model, c.options, c.target, program);
  REQUIRE(test::findings_of(program, c.target) == std::vector<std::string>{});
  const auto out = test::execute(program, c.target, c.target.queue_depth, c.seed);
  REQUIRE(out.faults == std::vector<std::string>{});
  CHECK(out.dram_read == meta(program, "plan.dram_read_bytes"));
  CHECK(out.dram_written == meta(program, "plan.dram_write_bytes"));
  CHECK(out.macs == meta(program, "plan.macs"));
}

/// Raw outputs of the generator only: distributions differ between libraries.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_{seed} {}
  std::int64_t from(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[random_() % values.size()];
  }

 private:
  std::mt19937_64 random_;
};

Transformer random_model(Draw& draw) {
  Transformer m;
  m.name = "random";
  m.layers = draw.from(1, 3);
  m.kv_heads = draw.from(1, 5);
  m.heads = m.kv_heads * draw.from(1, 4);
  m.head_dim = 2 * draw.from(1, 12);
  m.hidden = draw.from(9, 90);
  m.ffn = draw.from(9, 150);
  m.vocab = draw.from(20, 200);
  m.qkv_bias = draw.from(0, 1) == 1;
  m.qk_norm = draw.from(0, 1) == 1;
  m.tied_embeddings = draw.from(0, 1) == 1;
  return m;
}

void add_experts(Draw& draw, Transformer& m) {
  Experts experts;
  experts.count = draw.from(1, 12);
  experts.per_token = draw.from(1, std::min<std::int64_t>(experts.count, 4));
  experts.ffn = draw.from(9, 60);
  experts.shared_ffn = draw.from(0, 1) * draw.from(1, 40);
  experts.shared_gate = experts.shared_ffn > 0 && draw.from(0, 1) == 1;
  experts.score = draw.one_of({RouterScore::softmax, RouterScore::sigmoid});
  experts.normalised = draw.from(0, 1) == 1;
  experts.scale = draw.one_of({1.0, 2.5});
  experts.score_bias = draw.from(0, 1) == 1;
  for (std::int64_t i = 0; i < m.layers; ++i) experts.routed.push_back(draw.from(0, 2) > 0);
  m.experts = experts;
}

void add_latent_attention(Draw& draw, Transformer& m) {
  LatentAttention latent;
  if (draw.from(0, 2) > 0) latent.q_rank = draw.from(5, 40);
  latent.kv_rank = draw.from(4, 30);
  latent.nope_dim = draw.from(3, 14);
  latent.rope_dim = 2 * draw.from(1, 6);
  latent.value_dim = draw.from(3, 16);
  m.latent = latent;
  m.kv_heads = m.heads;
  m.head_dim = latent.nope_dim + latent.rope_dim;
  m.qkv_bias = m.qk_norm = false;
}

/// Experts in two of three models, latent attention in half of those.
void make_sparse(Draw& draw, Case& c) {
  if (draw.from(0, 2) > 0) add_experts(draw, c.model);
  if (!c.model.experts || draw.from(0, 1) == 0) add_latent_attention(draw, c.model);
  if (c.model.experts && draw.from(0, 1) == 0) c.options.experts = SeededChoice{c.seed};
}

Case random_case(Phase phase, std::uint64_t seed) {
  Draw draw{seed};
  Case c{
      random_model(draw), {}, draw.from(0, 2) ? test::large_target() : test::tiny_target(), seed};
  c.options.phase = phase;
  c.options.batch = draw.from(1, 6);
  c.options.context = draw.from(1, 70);
  if (draw.from(0, 3) == 0)
    c.options.layers = LayerRange{draw.from(0, c.model.layers - 1), c.model.layers};
  if (draw.from(0, 3) == 0) c.options.layers = LayerRange{0, draw.from(1, c.model.layers)};
  if (c.target.cores > 1) {
    const auto formats = enum_names(WeightFormat{});
    const auto last = static_cast<std::int64_t>(formats.size()) - 1;
    c.options.weights = formats[static_cast<std::size_t>(draw.from(0, last))].value;
    c.target.cores = static_cast<std::uint32_t>(draw.from(1, 9));
    c.target.spm_bytes = Bytes{draw.one_of({40, 64, 256}) << 10};
  }
  c.target.acc_bytes = Bytes{draw.one_of({4, 8, 32}) << 10};
  c.target.queue_depth = static_cast<std::size_t>(draw.from(1, 8));
  return c;
}

}  // namespace

TEST_CASE("Random decode steps run without fault and move what was planned", "[lowering]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) require_sound(random_case(Phase::decode, seed));
}

TEST_CASE("Random decode steps with experts and latent attention do so too", "[lowering]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Case c = random_case(Phase::decode, seed);
    Draw draw{1000 + seed};
    make_sparse(draw, c);
    require_sound(c);
  }
}

TEST_CASE("Random prefills run without fault and move what was planned", "[lowering]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Case c = random_case(Phase::prefill, seed);
    require_sound(c);
    c.options.attention = AttentionForm::unfused;
    require_sound(c);
  }
}

TEST_CASE("Random prefills with experts and latent attention do so too", "[lowering]") {
  for (std::uint64_t seed = 1; seed <= 90; ++seed) {
    Case c = random_case(Phase::prefill, seed);
    Draw draw{1000 + seed};
    make_sparse(draw, c);
    require_sound(c);
    c.options.attention = AttentionForm::unfused;
    if (c.model.latent) require_sound(c);
  }
}
