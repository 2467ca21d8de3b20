// SPDX-License-Identifier: Apache-2.0
// Tensors that stay in the scratchpads: the same values, and what memory no longer moves.
#include <catch2/catch.hpp>

#include "isa/loop_expander.h"
#include "isa/memory_program.h"
#include "tests/traces/lowering/graph/layer_cases.h"
#include "tests/traces/lowering/targets.h"

using namespace npulse;
using namespace npulse::lowering;
using namespace npulse::test;
using isa::functional::Array;

namespace {

/// A layer that reads what `before` makes.
Contraction layer_behind(Random& random, const Contraction& before) {
  Contraction l;
  l.batch = before.batch;
  l.h = before.oh, l.w = before.ow;
  l.c = before.channels(), l.oc = random.between(1, 20);
  l.kh = random.between(1, std::min<std::int64_t>(3, l.h));
  l.kw = random.between(1, std::min<std::int64_t>(3, l.w));
  l.pad_top = random.between(0, l.kh - 1), l.pad_left = random.between(0, l.kw - 1);
  l.stride_h = l.stride_w = random.between(1, 2);
  l.oh = (l.h + l.pad_top - l.kh) / l.stride_h + 1;
  l.ow = (l.w + l.pad_left - l.kw) / l.stride_w + 1;
  return l;
}

struct Chain {
  graph::Graph graph;
  isa::functional::Arrays inputs;
  std::vector<double> expected;
  std::int64_t made = 0;  ///< Elements that the layers make, all together.
};

/// Convolutions one behind the other, `conv0`, `conv1`, ...; the last one makes `t<layers>`.
Chain random_chain(Random& random, int layers) {
  Chain chain;
  graph::Graph& graph = chain.graph;
  graph.name = "chain";
  Contraction l = random_conv(random, false);
  Array x = any_array(random, {l.batch, l.h, l.w, l.in_channels()});
  graph.tensors = {tensor("t0", {l.batch, l.in_channels(), l.h, l.w})};
  chain.inputs["t0"] = x;
  graph.inputs = {0};
  graph::TensorId last = 0;
  for (int i = 0; i < layers; ++i) {
    if (i > 0) l = layer_behind(random, l);
    const graph::Graph one = conv_graph(l, false);
    const auto w = static_cast<graph::TensorId>(graph.tensors.size());
    graph.tensors.push_back(one.tensors[1]);
    graph.tensors.push_back(one.tensors[2]);
    graph.tensors[w].name = "w" + std::to_string(i);
    graph.tensors[w + 1].name = "t" + std::to_string(i + 1);
    graph.nodes.push_back(one.nodes[0]);
    graph.nodes.back().name = "conv" + std::to_string(i);
    graph.nodes.back().inputs = {last, w};
    graph.nodes.back().outputs = {w + 1};
    last = w + 1;
    const Array weights = any_array(random, {l.taps(), l.c, l.channels()});
    chain.inputs[graph.tensors[w].name] = weights;
    x = {{l.batch, l.oh, l.ow, l.channels()}, reference(l, x, weights, false)};
    chain.made += static_cast<std::int64_t>(x.values.size());
  }
  graph.outputs = {last};
  chain.expected = x.values;
  return chain;
}

struct Lowered {
  std::int64_t kept = 0, written = 0;  ///< Bytes: as planned, and stored to memory.
};

Lowered lowered(const graph::Graph& graph, const Target& target,
                const std::optional<Mapping>& mapping) {
  GraphOptions options;
  options.weights = WeightFormat::int8;
  options.mapping = mapping;
  isa::MemoryProgram program;
  lower(graph, options, target, program);
  Lowered out;
  const auto& meta = program.header().meta;
  if (meta.contains("plan.kept_bytes")) out.kept = std::stoll(meta.at("plan.kept_bytes"));
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    isa::LoopExpander stream{program.open(core)};
    for (isa::Instruction instruction; stream.next(instruction);) {
      const auto* dma = std::get_if<isa::Dma>(&instruction.operation);
      if (!dma || dma->dst.space != isa::Space::dram) continue;
      std::int64_t bytes = 1;
      for (const std::int64_t extent : dma->shape) bytes *= extent;
      out.written += bytes;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("Chains of layers whose tensors stay in the scratchpads equal their formulas",
          "[lowering]") {
  Random random{61};
  int chains_with_kept = 0;
  for (int i = 0; i < 60; ++i) {
    const Chain chain = random_chain(random, static_cast<int>(random.between(2, 4)));
    Target target = random_target(random, i);
    target.cores = static_cast<std::uint32_t>(random.between(1, 4));
    std::optional<Mapping> mapping;
    if (i % 2) mapping = parse_mapping("default: {split: {k: 1}}", "map.yaml");
    CAPTURE(i, target.cores);
    require_values(chain.graph, target, chain.inputs,
                   chain.graph.tensors[chain.graph.outputs[0]].name.c_str(), chain.expected,
                   mapping);
    const Lowered out = lowered(chain.graph, target, mapping);
    CHECK(out.written == chain.made - out.kept);
    chains_with_kept += out.kept > 0 ? 1 : 0;
  }
  CHECK(chains_with_kept >= 15);
}

TEST_CASE("A mapping sends to memory what could stay", "[lowering]") {
  Random random{62};
  const Chain chain = random_chain(random, 3);
  const Target target = tiny_target();
  CHECK(lowered(chain.graph, target, {}).kept > 0);
  const Mapping none = parse_mapping("default: {keep_output: false}", "map.yaml");
  CHECK(lowered(chain.graph, target, none).kept == 0);
  CHECK(lowered(chain.graph, target, none).written == chain.made);
}

TEST_CASE("What a graph gives out, or two layers read, is in memory", "[lowering]") {
  Random random{63};
  Chain chain = random_chain(random, 2);
  const Target target = tiny_target();
  REQUIRE(lowered(chain.graph, target, {}).kept > 0);
  chain.graph.outputs.push_back(chain.graph.nodes[0].outputs[0]);
  CHECK(lowered(chain.graph, target, {}).kept == 0);
}
