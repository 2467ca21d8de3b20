// SPDX-License-Identifier: Apache-2.0
// Whole networks from ONNX on the shipped chips.
#include "tests/traces/importers/onnx/networks.h"

#include <catch2/catch.hpp>

#include "arch/chip/targets.h"
#include "isa/checker.h"
#include "isa/limits.h"
#include "isa/memory_program.h"
#include "isa/rules/rules.h"
#include "tests/traces/lowering/same_program.h"
#include "traces/graph/counts.h"
#include "traces/lowering/graph/lower_graph.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

void require_sound(const graph::Graph& graph, const char* chip_name) {
  INFO(graph.name << " on " << chip_name);
  const arch::Chip chip = arch::load_chip(chip_name);
  isa::MemoryProgram program;
  const GraphNotes notes = lower(graph, {}, arch::lowering_target(chip), program);
  REQUIRE(notes.opaque.empty());
  REQUIRE(program.header().meta.at("plan.macs") == std::to_string(graph::count(graph).macs));
  Faults faults;
  isa::check_header(program.header(), graph.name, faults);
  faults.throw_if_any();  // or no file could hold it
  const isa::CheckReport report = isa::check(program, arch::check_target(chip));
  for (const auto& finding : report.errors) FAIL(finding.text());
  for (const auto& finding : report.warnings) {  // where there is too much to look at all of it
    REQUIRE_THAT(finding.text(), Catch::Contains("not all races were looked for"));
  }
}

void require_sound_everywhere(const graph::Graph& graph) {
  for (const char* chip : {"rngd", "bertha", "edu-8x8", "gemmini"}) require_sound(graph, chip);
}

}  // namespace

TEST_CASE("Residual networks are lowered soundly for every chip", "[lowering]") {
  require_sound_everywhere(tests::resnet18().graph());
  require_sound_everywhere(tests::resnet50().graph());
}

TEST_CASE("Networks of depthwise convolutions are lowered soundly for every chip", "[lowering]") {
  require_sound_everywhere(tests::mobilenet_v2().graph());
}

TEST_CASE("Networks with transposed convolutions are lowered soundly for every chip",
          "[lowering]") {
  require_sound_everywhere(tests::unet().graph());
}

TEST_CASE("Transformers of other frameworks are lowered soundly for every chip", "[lowering]") {
  require_sound_everywhere(tests::vit_base().graph());
  require_sound_everywhere(tests::bert_large().graph({{"batch", 1}, {"seq", 128}}));
}

TEST_CASE("Attention as one node is lowered soundly, and keeps all of its scores", "[lowering]") {
  graph::Graph graph;
  graph.name = "attention";
  const std::int64_t heads = 4, rows = 8, columns = 24, dim = 16;
  graph.tensors = {{"q", graph::Type::fp16, {1, heads, rows, dim}, false},
                   {"k", graph::Type::fp16, {1, heads, columns, dim}, false},
                   {"v", graph::Type::fp16, {1, heads, columns, dim}, false},
                   {"y", graph::Type::fp16, {1, heads, rows, dim}, false}};
  graph::Attention attention;
  attention.heads = attention.kv_heads = heads;
  graph.nodes = {{"attention", attention, {0, 1, 2}, {3}, ""}};
  graph.inputs = {0, 1, 2};
  graph.outputs = {3};
  require_sound_everywhere(graph);
}

TEST_CASE("Names of other tools become names that a program's file can hold", "[lowering]") {
  const std::string odd(isa::kMaxNameLength, '/');
  graph::Graph graph;
  graph.name = "odd names";
  graph.tensors = {{"1:x", graph::Type::fp16, {16, 32}, false},
                   {odd + "a", graph::Type::fp16, {32, 24}, true},
                   {odd + "b", graph::Type::fp16, {24, 8}, true},
                   {"/y out", graph::Type::fp16, {16, 24}, false},
                   {"/z out", graph::Type::fp16, {16, 8}, false}};
  graph.nodes = {{"/model/first#1", graph::Matmul{}, {0, 1}, {3}, ""},
                 {"/model/second one", graph::Matmul{}, {3, 2}, {4}, ""}};
  graph.inputs = {0};
  graph.outputs = {4};
  require_sound_everywhere(graph);
}

TEST_CASE("What lowering chose of networks, asked for, gives the same programs", "[mapping]") {
  for (const graph::Graph& graph :
       {tests::mobilenet_v2().graph(), tests::bert_large().graph({{"batch", 1}, {"seq", 64}})}) {
    for (const char* chip : {"rngd", "gemmini"}) {
      const Target target = arch::lowering_target(arch::load_chip(chip));
      isa::MemoryProgram own, asked;
      GraphOptions options;
      const std::string choices = to_yaml(lower(graph, options, target, own).choices, "choices");
      options.mapping = parse_mapping(choices, "map.yaml");
      CHECK(to_yaml(lower(graph, options, target, asked).choices, "choices") == choices);
      CHECK(test::same_program(own, asked));
    }
  }
}
