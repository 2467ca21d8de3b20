// SPDX-License-Identifier: Apache-2.0
// Lowered programs compute what the model means: executed on values, in random legal orders, they
// give the reference's numbers.
#include <catch2/catch.hpp>

#include "tests/traces/lowering/bench.h"
#include "traces/lowering/decode.h"
#include "traces/lowering/prefill.h"

using namespace npulse;
using namespace npulse::lowering;
using test::check_decode;
using test::check_prefill;
using test::options_of;
using test::small_target;
using test::uneven_model;

namespace {

/// As Qwen3: each head of q and k has its norm.
Transformer normed_model(bool with_bias) {
  Transformer m = uneven_model();
  m.qk_norm = true;
  m.qkv_bias = with_bias;
  return m;
}

}  // namespace

TEST_CASE("A decode step gives the model's logits and appends its keys and values", "[lowering]") {
  const auto options = [](std::int64_t batch, std::int64_t context, WeightFormat weights) {
    return options_of(Phase::decode, batch, context, weights);
  };
  check_decode(test::small_model(), options(1, 20, WeightFormat::bf16), small_target(8, 32 << 10));
  check_decode(test::small_model(), options(2, 0, WeightFormat::fp8), small_target(8, 32 << 10));
  check_decode(uneven_model(), options(5, 33, WeightFormat::fp8), small_target(7, 8 << 10));
  check_decode(uneven_model(), options(3, 17, WeightFormat::int4g128), small_target(4, 8 << 10));
  check_decode(test::small_model(), options(2, 9, WeightFormat::int8), test::tiny_target());
}

TEST_CASE("A decode step with a context in several chunks gives the same logits", "[lowering]") {
  const Options options = options_of(Phase::decode, 2, 150, WeightFormat::bf16);
  const Target target = small_target(2, 512);
  const DecodeLowering lowering{make_job(uneven_model(), options, target)};
  REQUIRE(lowering.layout().chunk * 3 < options.context);
  check_decode(uneven_model(), options, target);
}

TEST_CASE("A prefill gives the logits of the last tokens and fills the cache", "[lowering]") {
  const auto options = [](std::int64_t batch, std::int64_t context, WeightFormat weights) {
    return options_of(Phase::prefill, batch, context, weights);
  };
  check_prefill(test::small_model(), options(1, 20, WeightFormat::bf16), small_target(8, 32 << 10));
  check_prefill(uneven_model(), options(3, 21, WeightFormat::fp8), small_target(7, 8 << 10));
  check_prefill(uneven_model(), options(2, 13, WeightFormat::awq3g128), small_target(4, 8 << 10));
  check_prefill(test::small_model(), options(2, 1, WeightFormat::int8), test::tiny_target());
}

TEST_CASE("Norms of the heads of q and k come before the rotation, with and without a bias",
          "[lowering]") {
  for (const bool with_bias : {false, true}) {
    for (const std::uint32_t cores : {1U, 4U, 9U}) {
      CAPTURE(with_bias, cores);
      const Transformer dims = normed_model(with_bias);
      const Target target = small_target(cores, 8 << 10);
      check_decode(dims, options_of(Phase::decode, 3, 17, WeightFormat::bf16), target);
      check_prefill(dims, options_of(Phase::prefill, 2, 21, WeightFormat::bf16), target);
    }
  }
}

TEST_CASE("A prefill with attention in several chunks gives the same logits", "[lowering]") {
  const Options options = options_of(Phase::prefill, 2, 120, WeightFormat::bf16);
  const Target target = small_target(3, 2 << 10);
  const PrefillLowering lowering{make_job(uneven_model(), options, target)};
  REQUIRE(lowering.layout().flash.chunk * 2 < options.context);
  REQUIRE(lowering.layout().flash.rows > 1);
  check_prefill(uneven_model(), options, target);
}
