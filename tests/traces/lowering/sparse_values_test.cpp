// SPDX-License-Identifier: Apache-2.0
// Mixtures of experts and latent attention, lowered and executed on values, give the reference's
// numbers: the absorbed form equals the definition, experts see the tokens that visit them.
#include <catch2/catch.hpp>

#include "tests/traces/lowering/sparse_models.h"
#include "traces/lowering/decode.h"
#include "traces/lowering/prefill.h"

using namespace npulse;
using namespace npulse::lowering;
using test::check_decode;
using test::check_prefill;
using test::latent_model;
using test::mixture_model;
using test::small_target;

namespace {

Options decode(std::int64_t batch, std::int64_t context, WeightFormat weights = WeightFormat::bf16,
               ExpertChoice choice = BalancedChoice{}) {
  Options options = test::options_of(Phase::decode, batch, context, weights);
  options.experts = std::move(choice);
  return options;
}

}  // namespace

TEST_CASE("A decode step with experts gives the model's logits, whoever visits whom",
          "[lowering]") {
  check_decode(mixture_model(), decode(1, 20), small_target(8, 32 << 10));
  check_decode(mixture_model(), decode(4, 11, WeightFormat::fp8), small_target(3, 8 << 10));
  check_decode(mixture_model(), decode(5, 7, WeightFormat::int4g128, SeededChoice{9}),
               small_target(4, 2 << 10));
  const ChoiceTable given{{0, {{6, 0, 3}, {1, 0, 2}}}, {1, {{4, 5, 6}, {4, 6, 5}}}};
  check_decode(mixture_model(), decode(2, 5, WeightFormat::bf16, given), small_target(2, 8 << 10));
}

TEST_CASE("Experts weighed by a softmax over all of them, unnormalised, give the logits",
          "[lowering]") {
  Transformer dims = mixture_model();
  dims.experts->normalised = false;
  dims.experts->shared_ffn = 45;
  dims.experts->routed = {true, false};
  check_decode(dims, decode(3, 9, WeightFormat::bf16, SeededChoice{2}), small_target(4, 4 << 10));
}

TEST_CASE("What shared experts give is weighed by a gate of their own, as in Qwen2-MoE",
          "[lowering]") {
  Transformer dims = mixture_model();
  dims.experts->normalised = false;
  dims.experts->shared_ffn = 45;
  dims.experts->shared_gate = true;
  for (const std::uint32_t cores : {1U, 4U, 8U}) {
    Options options = decode(3, 9, WeightFormat::bf16, SeededChoice{2});
    check_decode(dims, options, small_target(cores, 4 << 10));
    options.phase = Phase::prefill;
    check_prefill(dims, options, small_target(cores, 4 << 10));
  }
}

TEST_CASE("A prefill with experts gives the logits of the last tokens, whoever visits whom",
          "[lowering]") {
  const auto prefill = [](std::int64_t batch, std::int64_t context, ExpertChoice choice) {
    Options options = decode(batch, context, WeightFormat::bf16, std::move(choice));
    options.phase = Phase::prefill;
    return options;
  };
  check_prefill(mixture_model(), prefill(1, 20, BalancedChoice{}), small_target(8, 32 << 10));
  check_prefill(mixture_model(), prefill(2, 13, SeededChoice{4}), small_target(3, 8 << 10));
  Transformer dims = mixture_model();
  dims.experts->shared_ffn = 45;
  dims.experts->score = RouterScore::sigmoid;
  dims.experts->score_bias = true;
  dims.experts->scale = 1.5;
  dims.experts->routed = {false, true};
  check_prefill(dims, prefill(3, 31, SeededChoice{5}), small_target(4, 4 << 10));
  dims.experts->per_token = 1;
  dims.experts->shared_ffn = 0;
  check_prefill(dims, prefill(2, 9, SeededChoice{6}), small_target(5, 2 << 10));
}

TEST_CASE("A single expert a token needs no sum", "[lowering]") {
  Transformer dims = mixture_model();
  dims.experts->per_token = 1;
  check_decode(dims, decode(3, 9, WeightFormat::bf16, SeededChoice{2}), small_target(4, 4 << 10));
}

TEST_CASE("Latent attention in its absorbed form gives the logits of its definition",
          "[lowering]") {
  check_decode(latent_model(), decode(1, 20), small_target(4, 32 << 10));
  check_decode(latent_model(), decode(5, 13, WeightFormat::fp8), small_target(3, 8 << 10));
  check_decode(latent_model(), decode(2, 0, WeightFormat::int4g128), small_target(7, 16 << 10));
  check_decode(latent_model(), decode(3, 6, WeightFormat::int8), test::tiny_target());
}

TEST_CASE("A prefill of latent attention gives the logits and the cache of its definition",
          "[lowering]") {
  const auto prefill = [](std::int64_t batch, std::int64_t context, WeightFormat weights,
                          AttentionForm form = AttentionForm::fused) {
    Options options = test::options_of(Phase::prefill, batch, context, weights);
    options.attention = form;
    return options;
  };
  check_prefill(latent_model(), prefill(1, 20, WeightFormat::bf16), small_target(4, 32 << 10));
  check_prefill(latent_model(), prefill(3, 13, WeightFormat::fp8), small_target(3, 8 << 10));
  check_prefill(latent_model(), prefill(2, 17, WeightFormat::int4g128), small_target(7, 16 << 10));
  check_prefill(latent_model(), prefill(2, 6, WeightFormat::int8), test::tiny_target());
  Transformer dims = latent_model();
  for (const bool compressed : {true, false}) {
    if (!compressed) dims.latent->q_rank.reset();
    const Options options = prefill(2, 150, WeightFormat::bf16);
    const Target target = small_target(2, 2 << 10);
    const PrefillLowering lowering{make_job(dims, options, target)};
    REQUIRE(lowering.layout().online());
    check_prefill(dims, options, target);
    check_prefill(dims, prefill(2, 150, WeightFormat::bf16, AttentionForm::unfused), target);
  }
}

TEST_CASE("Latent attention over several chunks, and without compressed queries, does too",
          "[lowering]") {
  Transformer dims = latent_model();
  dims.latent->q_rank.reset();
  const Options options = decode(2, 250);
  const Target target = small_target(2, 2 << 10);
  const DecodeLowering lowering{make_job(dims, options, target)};
  REQUIRE(lowering.layout().chunk * 3 < options.context);
  check_decode(dims, options, target);
}
