// SPDX-License-Identifier: Apache-2.0
// Convolutions and products in tiles that a user asked for compute what the formulas say.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "tests/traces/lowering/graph/layer_cases.h"
#include "tests/traces/lowering/same_program.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/graph/graph_search.h"

using namespace npulse;
using namespace npulse::lowering;
using namespace npulse::test;

namespace {

const char* flag(Random& random) {
  return random.coin() ? "true" : "false";
}

/// Cores along rows (or the batch, by whole images) and along `out`.
std::string random_split(Random& random, const Target& target, const char* rows, const char* out) {
  const std::int64_t parts = random.between(1, target.cores);
  return fmt::format("{{{}: {}, {}: {}}}", random.between(0, 3) ? rows : "batch", parts, out,
                     random.between(1, target.cores / parts));
}

/// Any legal tiles: parts of a group, or several with all their channels in.
std::string conv_mapping(Random& random, const Contraction& l, const Target& target) {
  const bool several = l.groups > 1 && random.coin();
  const std::int64_t k = several ? l.oc * random.between(1, l.groups) : random.between(1, l.oc);
  const std::int64_t c = k > l.oc ? l.c : random.between(1, l.c);
  return fmt::format(
      "layers:\n  conv:\n    tile: {{p: {}, q: {}, k: {}, c: {}, r: {}, s: {}}}\n"
      "    order: {}\n    split: {}\n    keep_operands: {}\n    pack_weights: {}\n"
      "    gather: {}\n",
      random.between(1, l.oh), random.between(1, l.ow), k, c, l.kh, l.kw,
      random.coin() ? "[p, q, k, c]" : "[k, p, q, c]", random_split(random, target, "p", "k"),
      flag(random), flag(random), flag(random));
}

std::string product_mapping(Random& random, const ProductCase& product, const Target& target) {
  const auto& a = product.graph.tensors[0].shape;
  return fmt::format(
      "layers:\n  matmul:\n    tile: {{m: {}, n: {}, k: {}}}\n    order: {}\n    split: {}\n",
      random.between(1, a[1]), random.between(1, product.graph.tensors[2].shape[2]),
      random.between(1, a[2]), random.coin() ? "[m, n, k]" : "[n, m, k]",
      random_split(random, target, "m", "n"));
}

Target roomy_target(Random& random, int i) {
  Target target = random_target(random, i);
  target.spm_bytes = Bytes{1 << 20};
  target.acc_bytes = Bytes{1 << 18};
  target.cores = static_cast<std::uint32_t>(random.between(1, 5));
  return target;
}

std::vector<std::string> faults_of(const graph::Graph& graph, const std::string& yaml) {
  GraphOptions options;
  options.mapping = parse_mapping(yaml, "map.yaml");
  isa::MemoryProgram program;
  try {
    lower(graph, options, large_target(), program);
  } catch (const InputError& error) {
    std::vector<std::string> list;
    for (const Diagnostic& fault : error.faults()) list.push_back(fault.text());
    return list;
  }
  return {};
}

}  // namespace

TEST_CASE("Convolutions in any legal tiles, orders and splits equal their formula", "[mapping]") {
  Random random{51};
  for (int i = 0; i < 90; ++i) {
    const Contraction l = random_conv(random, i % 3 == 0);
    const bool relu = i % 4 == 1;
    const auto x = any_array(random, {l.batch, l.h, l.w, l.in_channels()});
    const auto w = any_array(random, {l.taps(), l.c, l.channels()});
    const Target target = roomy_target(random, i);
    const std::string yaml = conv_mapping(random, l, target);
    CAPTURE(i, l.batch, l.groups, l.c, l.oc, l.oh, l.ow, yaml);
    require_values(conv_graph(l, relu), target, {{"x", x}, {"w", w}}, relu ? "z" : "y",
                   reference(l, x, w, relu), parse_mapping(yaml, "map.yaml"));
  }
}

TEST_CASE("Products in any legal tiles, orders and splits equal their formula", "[mapping]") {
  Random random{52};
  for (int i = 0; i < 60; ++i) {
    const ProductCase product = random_product(random, i % 2 == 0);
    const Target target = roomy_target(random, i);
    const std::string yaml = product_mapping(random, product, target);
    CAPTURE(i, product.graph.tensors[0].shape, yaml);
    require_values(product.graph, target, product.inputs, "c", product.expected,
                   parse_mapping(yaml, "map.yaml"));
  }
}

TEST_CASE("What lowering chose of a convolution, asked for, gives the same program", "[mapping]") {
  Random random{53};
  for (int i = 0; i < 40; ++i) {
    const graph::Graph graph = conv_graph(random_conv(random, i % 3 == 0), i % 2 == 0);
    const Target target = random_target(random, i);
    isa::MemoryProgram own, asked;
    GraphOptions options;
    const std::string choices = to_yaml(lower(graph, options, target, own).choices, "choices");
    options.mapping = parse_mapping(choices, "map.yaml");
    CAPTURE(i, choices);
    CHECK(to_yaml(lower(graph, options, target, asked).choices, "choices") == choices);
    CHECK(same_program(own, asked));
  }
}

TEST_CASE("Every fault in what is asked of a convolution is said at once", "[mapping]") {
  Contraction l;
  l.batch = 2, l.groups = 4, l.c = 3, l.oc = 6;
  l.h = l.w = l.oh = l.ow = 8;
  l.kh = l.kw = 3, l.pad_top = l.pad_left = 1;
  const auto faults = faults_of(conv_graph(l, false),
                                "layers:\n"
                                "  conv:\n"
                                "    tile: {p: 9, m: 2, k: 9, c: 2, r: 1}\n"
                                "    order: [p, k, q, c]\n"
                                "    split: {batch: 2, p: 2, k: 8}\n"
                                "  cnov: {tile: {p: 1}}\n");
  const auto said = [&](const std::string& text) {
    return std::any_of(faults.begin(), faults.end(), [&](const std::string& fault) {
      return fault.find(text) != std::string::npos;
    });
  };
  for (const std::string& fault : faults) UNSCOPED_INFO(fault);
  CHECK(faults.size() == 9);
  CHECK(said("map.yaml:3:15: layers.conv.tile.p = 9: for layer 'conv' must be between 1 and 8"));
  CHECK(
      said("map.yaml:3:21: layers.conv.tile.m = 2: a convolution has no such tile size; allowed: "
           "p, q, k, c, r, s"));
  CHECK(said("for layer 'conv' must be at most 6, a group, or a multiple of 6"));
  CHECK(said("takes several groups, so that c must be 3"));
  CHECK(said("kernels are taken whole: r must be 3"));
  CHECK(
      said("map.yaml:4:12: layers.conv.order: [p, k, q, c] is no order of a convolution; allowed: "
           "[p, q, k, c] or [k, p, q, c]"));
  CHECK(said("is split by p too"));
  CHECK(said("is split over 16 cores; large has 8"));
  CHECK(
      said("map.yaml:6:3: layers.cnov: there is no layer of that name whose tiles can be set; "
           "did you mean 'conv'?"));
}

TEST_CASE("A search of a graph looks at equal layers once and is no slower", "[mapping]") {
  const Contraction l = [] {
    Contraction loops;
    loops.c = loops.oc = 16;
    loops.h = loops.w = loops.oh = loops.ow = 12;
    loops.kh = loops.kw = 3, loops.pad_top = loops.pad_left = 1;
    return loops;
  }();
  graph::Graph graph = conv_graph(l, false);  // and the same layer once more
  graph.tensors.push_back(tensor("w2", graph.tensors[1].shape, true));
  graph.tensors.push_back(tensor("z", graph.tensors[2].shape));
  graph::Node second = graph.nodes.front();
  second.name = "again", second.inputs = {2, 3}, second.outputs = {4};
  graph.nodes.push_back(second);
  graph.outputs = {4};
  std::vector<std::int64_t> seen;
  const MapSearch search{12, [&](const isa::Program& program) {
                           std::int64_t count = 0;
                           isa::Instruction instruction;
                           const auto stream = program.open(0);
                           while (stream->next(instruction)) ++count;
                           seen.push_back(count);
                           return Cycles{count};
                         }};
  const Target target = tiny_target();
  const Mapping found = search_mapping(graph, {}, target, search);
  CHECK(seen.size() == 12);
  REQUIRE(found.layers.size() == 2);
  CHECK(found.layers[0].name == "conv");
  CHECK(found.layers[1].name == "again");
  for (const auto& [loop, given] : found.layers[0].tile)
    CHECK(found.layers[1].tile.at(loop).value == given.value);
  CHECK(*std::min_element(seen.begin(), seen.end()) <= seen.front());
}
