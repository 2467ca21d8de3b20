// SPDX-License-Identifier: Apache-2.0
// Attention of prefills, with scores on the chip and with scores in memory: the same values, and
// bytes that differ by the score matrices.
#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "tests/traces/lowering/bench.h"
#include "traces/lowering/attention_cost.h"
#include "traces/lowering/prefill.h"

using namespace npulse;
using namespace npulse::lowering;
using test::options_of;
using test::small_target;

namespace {

Options prefill(std::int64_t batch, std::int64_t context, AttentionForm form) {
  Options options = options_of(Phase::prefill, batch, context, WeightFormat::bf16);
  options.attention = form;
  return options;
}

Job job_of(const Transformer& model, const Options& options, const Target& target) {
  return make_job(model, options, target);
}

/// One layer of one group of heads, so that long contexts are few instructions.
Transformer narrow_model() {
  Transformer model = test::small_model();
  model.layers = 1;
  model.heads = 2;
  model.kv_heads = 1;
  model.head_dim = 64;
  return model;
}

/// (row, token) pairs of which blocks of `rows` rows make scores, one row after the other.
std::int64_t pairs_one_by_one(std::int64_t context, std::int64_t rows) {
  std::int64_t pairs = 0;
  for (std::int64_t row = 0; row < context; ++row)
    pairs += std::min(context, (row / rows + 1) * rows);
  return pairs;
}

}  // namespace

TEST_CASE("Attention through memory gives the same logits, in one chunk and in several",
          "[lowering]") {
  for (const std::int64_t context : {1, 21, 120}) {
    for (const std::uint32_t cores : {1U, 3U, 8U}) {
      CAPTURE(context, cores);
      const Options options = prefill(2, context, AttentionForm::unfused);
      test::check_prefill(test::uneven_model(), options, small_target(cores, 2 << 10));
    }
  }
  Options bytes = prefill(2, 40, AttentionForm::unfused);
  bytes.weights = WeightFormat::fp8;  // scores are wider than probabilities
  test::check_prefill(test::uneven_model(), bytes, small_target(4, 4 << 10));
  bytes.weights = WeightFormat::int8;  // scores are exact integers
  test::check_prefill(test::small_model(), bytes, test::tiny_target());
}

TEST_CASE("Fused attention moves less by the score matrices and their softmax, to the byte",
          "[lowering]") {
  for (const std::int64_t context : {7, 64, 500}) {
    for (const auto weights : {WeightFormat::bf16, WeightFormat::fp8, WeightFormat::int8}) {
      CAPTURE(context, to_string(weights));
      Target target = test::large_target();
      target.acc_bytes = Bytes{8 << 20};  // so that both forms have the same blocks of rows
      Options options = prefill(3, context, AttentionForm::fused);
      options.weights = weights;
      const Transformer model = test::small_model();
      const PrefillLowering fused{job_of(model, options, target)};
      options.attention = AttentionForm::unfused;
      const PrefillLowering unfused{job_of(model, options, target)};
      const std::int64_t rows = fused.layout().query_rows();
      REQUIRE(unfused.layout().query_rows() == rows);
      const std::int64_t elements =
          pairs_one_by_one(context, rows) * 3 * model.heads * model.layers;
      const std::int64_t score = weights == WeightFormat::int8 ? 4 : 2,
                         probability = weights == WeightFormat::bf16 ? 2 : 1;
      const Bytes through{elements * (score + probability)};
      CHECK(unfused.plan().dram_read - fused.plan().dram_read == through);
      CHECK(unfused.plan().dram_write - fused.plan().dram_write == through);
      CHECK(unfused.plan().scores == through * 2);
      CHECK(fused.plan().scores == Bytes{0});
      CHECK(fused.plan().macs == unfused.plan().macs);
    }
  }
}

TEST_CASE("The form of attention is the faster one by estimate, unless it is given", "[lowering]") {
  const auto automatic = [](const Target& target, std::int64_t context) {
    const PrefillLowering lowering{
        job_of(narrow_model(), prefill(1, context, AttentionForm::automatic), target)};
    return lowering.layout().unfused.has_value();
  };
  Target target = test::large_target();
  for (const std::int64_t context : {16, 500, 3000}) {
    const PrefillLowering fused{
        job_of(narrow_model(), prefill(1, context, AttentionForm::fused), target)};
    const PrefillLowering unfused{
        job_of(narrow_model(), prefill(1, context, AttentionForm::unfused), target)};
    const AttentionJob job = fused.layout().attention();
    const bool slower =
        cycles_of(job, fused.layout().flash) > cycles_of(job, unfused.layout().unfused->tiling);
    CHECK(automatic(target, context) == slower);
  }
  // A vector unit that is slow to start suffers from ten operations a chunk: with much memory
  // bandwidth, whole rows are faster.
  target.acc_bytes = Bytes{8 << 10};
  target.dram_bytes_per_s = 1e15;
  target.dma_bytes_per_cycle = 1 << 20;
  target.vector_rates = {256, 1, 1, 1, 1000};
  CHECK(automatic(target, 3000));
  target.dram_bytes = Bytes{16 << 20};  // no room for scores
  CHECK_FALSE(automatic(target, 3000));
}

TEST_CASE("Long contexts take no more of the scratchpad when scores stay on the chip",
          "[lowering]") {
  Target target = test::large_target();
  target.spm_bytes = Bytes{1 << 20};
  target.acc_bytes = Bytes{256 << 10};
  Transformer model = narrow_model();
  for (const std::int64_t context : {8192, 32768}) {
    const Options options = prefill(1, context, AttentionForm::fused);
    const PrefillLowering lowering{job_of(model, options, target)};
    REQUIRE(lowering.layout().flash.chunk * 4 < context);
    isa::MemoryProgram program;
    lower(model, options, target, program);
    isa::CheckTarget checked = test::as_checked(target);
    const isa::CheckReport report = isa::check(program, checked);
    for (const auto& finding : report.errors) FAIL(finding.text());
    CHECK(program.header().meta.count("plan.score_bytes") == 0);
  }
}

TEST_CASE("Rows of scores that fit nowhere are refused with what the chip has", "[lowering]") {
  Target target = test::large_target();
  target.spm_bytes = Bytes{1 << 20};
  const Options options = prefill(1, 1 << 20, AttentionForm::unfused);
  CHECK_THROWS_WITH(PrefillLowering(job_of(narrow_model(), options, target)),
                    Catch::Contains("no tile of attention fits"));
  target.spm_bytes = Bytes{32 << 20};
  target.dram_bytes = Bytes{1 << 30};
  CHECK_THROWS_WITH(
      PrefillLowering(job_of(narrow_model(), prefill(1, 1 << 16, AttentionForm::unfused), target)),
      Catch::Contains("scores of unfused attention"));
}
