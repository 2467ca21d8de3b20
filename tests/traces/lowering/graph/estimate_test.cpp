// SPDX-License-Identifier: Apache-2.0
// The cost model of contractions against simulated cycles.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "arch/chip/run.h"
#include "arch/chip/targets.h"
#include "isa/memory_program.h"
#include "tests/traces/lowering/graph/layer_cases.h"
#include "traces/lowering/gemm.h"

using namespace npulse;
using namespace npulse::lowering;
using namespace npulse::test;

namespace {

Contraction conv(std::int64_t in, std::int64_t c, std::int64_t oc, std::int64_t kernel,
                 std::int64_t stride = 1) {
  Contraction l;
  l.h = l.w = in, l.oh = l.ow = in / stride;
  l.c = c, l.oc = oc;
  l.kh = l.kw = kernel, l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = (kernel - 1) / 2;
  return l;
}

/// The layers of residual networks, large images and small ones.
const std::vector<Contraction>& layers() {
  static const std::vector<Contraction> list{
      conv(224, 3, 64, 7, 2), conv(56, 64, 64, 1),      conv(56, 64, 64, 3),
      conv(56, 64, 256, 1),   conv(56, 256, 512, 1, 2), conv(28, 512, 128, 1),
      conv(28, 128, 128, 3),  conv(28, 128, 512, 1),    conv(14, 1024, 256, 1),
      conv(14, 256, 256, 3),  conv(14, 256, 1024, 1),   conv(7, 2048, 512, 1),
      conv(7, 512, 512, 3),   conv(7, 512, 2048, 1)};
  return list;
}

struct Sample {
  ContractionTiling tiling;
  double estimated = 0, simulated = 0;
};

/// A graph of one contraction alone on a chip, with several of the tilings that the cost model
/// ranks.
std::vector<Sample> samples_of(const arch::Chip& chip, const graph::Graph& graph,
                               const TilingProblem& problem, GraphOptions options,
                               std::size_t most) {
  std::vector<Sample> samples;
  for (const ContractionTiling& tiling : rank_contraction(problem, most)) {
    options.tiling = [&](const ContractionStep&, const std::string&) { return tiling; };
    isa::MemoryProgram program;
    lower(graph, options, problem.target, program);
    arch::RunOptions run;
    run.check = false;
    const auto cycles = arch::run(chip, program, run).cycles.count();
    samples.push_back({tiling, estimated_cycles(problem, tiling), static_cast<double>(cycles)});
  }
  return samples;
}

}  // namespace

namespace {

constexpr std::size_t kTilings = 8;

/// Of all layers on one chip.
struct Outcome {
  double error = 0;     ///< Mean of |estimated / simulated - 1|.
  double furthest = 0;  ///< Largest of those.
  double own = 0,
         best = 0;  ///< Cycles of the tilings that rank first, and of the fastest looked at.
};

Outcome outcome_on(const char* name) {
  const arch::Chip chip = arch::load_chip(name);
  const Target target = arch::lowering_target(chip);
  Outcome outcome;
  double count = 0;
  for (const Contraction& layer : layers()) {
    const graph::Graph graph = conv_graph(layer, true);
    const TilingProblem problem{layer, {}, formats_for(graph, {}, target), target};
    const auto samples = samples_of(chip, graph, problem, {}, kTilings);
    double best = samples.front().simulated;
    for (const Sample& sample : samples) {
      const double error = std::abs(sample.estimated / sample.simulated - 1);
      outcome.error += error, ++count;
      outcome.furthest = std::max(outcome.furthest, error);
      best = std::min(best, sample.simulated);
    }
    outcome.own += samples.front().simulated;
    outcome.best += best;
  }
  outcome.error /= count;
  return outcome;
}

}  // namespace

TEST_CASE("Estimates of layers are near simulated cycles, and what ranks first is near the fastest",
          "[lowering][cost]") {
  const char* name = GENERATE("bertha", "rngd", "gemmini", "edu-8x8");
  const Outcome outcome = outcome_on(name);
  INFO(name << ": mean error " << outcome.error << ", furthest " << outcome.furthest << ", own "
            << outcome.own << ", best " << outcome.best);
  CHECK(outcome.error <= 0.12);
  CHECK(outcome.furthest <= 0.4);
  CHECK(outcome.own <= 1.1 * outcome.best);
}

TEST_CASE("A product by itself takes little more than with the fastest of several tilings",
          "[lowering][cost]") {
  const char* name = GENERATE("bertha", "rngd", "gemmini", "edu-8x8");
  const Gemm gemm = GENERATE(Gemm{64, 64, 64}, Gemm{512, 512, 512}, Gemm{1, 1024, 1024});
  const arch::Chip chip = arch::load_chip(name);
  const Target target = arch::lowering_target(chip);
  const graph::Graph graph = graph_of(gemm);
  const GraphOptions options = graph_options({}, target);
  const TilingProblem problem{
      product_of(1, gemm.m, gemm.n, gemm.k), {}, formats_for(graph, options, target), target};
  const auto samples = samples_of(chip, graph, problem, options, kTilings);
  const auto fastest =
      std::min_element(samples.begin(), samples.end(),
                       [](const Sample& a, const Sample& b) { return a.simulated < b.simulated; });
  CAPTURE(name, name_of(gemm), fastest->simulated);
  CHECK(samples.front().simulated <= 1.12 * fastest->simulated);
}
