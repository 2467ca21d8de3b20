// SPDX-License-Identifier: Apache-2.0
// Mapping files: what they may say, what they mean, and that choices written and read back are the
// same choices.
#include "traces/lowering/mapping.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/random.h"
#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/same_program.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/graph/contraction_tiling.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

Options with_mapping(const std::string& yaml, Options options = {}) {
  options.mapping = parse_mapping(yaml, "map.yaml");
  return options;
}

std::string gemm_entry(const std::string& settings) {
  return "layers:\n  gemm:\n    " + settings + "\n";
}

/// What lowering has against a mapping, a fault an entry.
std::vector<std::string> faults_of(const std::string& yaml, const Model& model,
                                   const Options& options = {}) {
  isa::MemoryProgram program;
  try {
    lower(model, with_mapping(yaml, options), test::tiny_target(), program);
  } catch (const InputError& error) {
    std::vector<std::string> list;
    for (const Diagnostic& fault : error.faults()) list.push_back(fault.text());
    return list;
  }
  return {};
}

/// Lowered by itself, and with the choices that this made: the two programs must be one.
void require_round_trip(const Model& model, const Options& options, const Target& target) {
  isa::MemoryProgram own, asked;
  const std::string choices = to_yaml(lower(model, options, target, own), "choices");
  INFO(choices);
  const Mapping again = lower(model, with_mapping(choices, options), target, asked);
  CHECK(to_yaml(again, "choices") == choices);
  CHECK(test::same_program(own, asked));
}

}  // namespace

TEST_CASE("Patterns of names mean what shells mean by them", "[mapping]") {
  for (const auto& [pattern, text] : {std::pair{"*", ""},
                                      {"conv*", "conv"},
                                      {"conv*", "conv12"},
                                      {"*.conv?", "layer1.conv2"},
                                      {"a*b*c", "a.b.b.c"},
                                      {"??", "ab"}}) {
    CAPTURE(pattern, text);
    CHECK(fits_pattern(pattern, text));
  }
  for (const auto& [pattern, text] : {std::pair{"", "a"},
                                      {"conv", "conv1"},
                                      {"conv?", "conv"},
                                      {"a*b*c", "a.b.b"},
                                      {"??", "abc"}}) {
    CAPTURE(pattern, text);
    CHECK_FALSE(fits_pattern(pattern, text));
  }
}

TEST_CASE("The entry that names a layer counts, then the first pattern, then the default",
          "[mapping]") {
  const Mapping mapping = parse_mapping(
      "default: {tile: {m: 1}}\n"
      "layers:\n"
      "  conv*: {tile: {m: 2}}\n"
      "  '*1': {tile: {m: 3}}\n"
      "  conv1: {tile: {m: 4}}\n",
      "map.yaml");
  REQUIRE(mapping.faults.empty());
  const auto m_of = [&](const char* layer) { return mapping.find(layer)->tile.at(Loop::m).value; };
  CHECK(m_of("conv1") == 4);
  CHECK(m_of("conv11") == 2);
  CHECK(m_of("fc1") == 3);
  CHECK(m_of("fc2") == 1);
}

TEST_CASE("Every fault of a mapping is said at once, with its place and what is allowed",
          "[mapping]") {
  const auto faults = faults_of(
      "layers:\n"
      "  gem: {tile: {m: 4}}\n"
      "  gemm:\n"
      "    tile: {m: 9000, q: 4, z: 1, n: none}\n"
      "    order: [k, m, n]\n"
      "    split: {m: 1, n: 7}\n"
      "    keep_b: true\n"
      "    panel: 99\n",
      Gemm{200, 300, 400});
  const auto said = [&](const std::string& text) {
    return std::any_of(faults.begin(), faults.end(), [&](const std::string& fault) {
      return fault.find(text) != std::string::npos;
    });
  };
  for (const std::string& fault : faults) UNSCOPED_INFO(fault);
  CHECK(faults.size() == 9);
  CHECK(said("map.yaml:2:3: layers.gem: there is no layer of that name"));
  CHECK(said("did you mean 'gemm'?"));
  CHECK(
      said("map.yaml:4:15: layers.gemm.tile.m = 9000: for layer 'gemm' must be between 1 and 200"));
  CHECK(
      said("map.yaml:4:24: layers.gemm.tile.q = 4: a matrix product has no such tile size; "
           "allowed: m, n, k"));
  CHECK(said("map.yaml:4:27: layers.gemm.tile.z: unknown key; allowed: batch, m, n"));
  CHECK(said("map.yaml:4:36: layers.gemm.tile.n = none"));
  CHECK(
      said("map.yaml:5:12: layers.gemm.order: [k, m, n] is no order of a matrix product; "
           "allowed: [m, n, k] or [n, m, k]"));
  CHECK(said("map.yaml:6:22: layers.gemm.split.n = 7"));
  CHECK(said("map.yaml:7:5: layers.gemm.keep_b: unknown key"));
  CHECK(said("map.yaml:8:12: layers.gemm.panel = 99: a matrix product has no such setting"));
}

TEST_CASE("A tile that does not fit is refused with what it takes", "[mapping]") {
  const Gemm gemm{200, 300, 400};
  const Target target = test::tiny_target();
  const auto faults = faults_of(gemm_entry("tile: {m: 200, n: 300, k: 400}"), gemm);
  REQUIRE(faults.size() == 1);
  const Formats formats = settle_formats({}, target);
  const Bytes operands = isa::bytes_of((gemm.m + gemm.n) * gemm.k, formats.weight);
  const Bytes spm = operands * ContractionTiling::kSlots;
  const Bytes acc = isa::bytes_of(gemm.m * gemm.n, formats.accumulator) * ContractionTiling::kSlots;
  INFO(faults.front());
  CHECK_THAT(
      faults.front(),
      Catch::Contains("map.yaml:2:3: layers.gemm") &&
          Catch::Contains(fmt::format("at least {} bytes of scratchpad and {} of accumulators",
                                      spm.count(), acc.count())) &&
          Catch::Contains(fmt::format("{} has {} and {}", target.name, target.spm_bytes.count(),
                                      target.acc_bytes.count())));
}

TEST_CASE("A decode step has no tiles to set, and says so", "[mapping]") {
  const auto faults = faults_of(gemm_entry("tile: {m: 8}"), test::small_model());
  REQUIRE(faults.size() == 1);
  CHECK_THAT(faults.front(), Catch::Contains("there is no layer of that name"));
}

TEST_CASE("What lowering chose of a product, asked for, gives the same program", "[mapping]") {
  test::Random random{31};
  for (int i = 0; i < 40; ++i) {
    Target target = i % 2 ? test::tiny_target() : test::large_target();
    target.cores = static_cast<std::uint32_t>(random.between(1, 9));
    const auto extent = [&] { return random.between(1, i % 3 ? 400 : 12); };
    require_round_trip(Gemm{extent(), extent(), extent()}, {}, target);
  }
}

TEST_CASE("What lowering chose of a prefill, asked for, gives the same program", "[mapping]") {
  Options options;
  options.phase = Phase::prefill;
  options.context = 96;
  require_round_trip(test::small_model(), options, test::tiny_target());
  require_round_trip(test::small_model(), options, test::large_target());
}

TEST_CASE("Linear layers of a prefill take the tiles that a mapping gives them", "[mapping]") {
  Options options;
  options.phase = Phase::prefill;
  options.context = 96;
  const Target target = test::tiny_target();
  isa::MemoryProgram program;
  const Mapping made = lower(test::small_model(),
                             with_mapping("layers:\n"
                                          "  mlp.*: {tile: {m: 24, n: 16}, panel: 2}\n"
                                          "  attn.out: {tile: {n: 8}}\n",
                                          options),
                             target, program);
  CHECK(test::findings_of(program, target) == std::vector<std::string>{});
  for (const char* layer : {"mlp.gate_up", "mlp.down"}) {
    const LayerMapping* entry = made.find(layer);
    CHECK(entry->tile.at(Loop::m).value == 24);
    CHECK(entry->tile.at(Loop::n).value == 16);
    CHECK(entry->knobs.at(Knob::panel).value == 2);
  }
  CHECK(made.find("attn.out")->tile.at(Loop::n).value == 8);
  const auto faults =
      faults_of("layers: {attn.qkv: {tile: {n: 8, k: 3}}}\n", test::small_model(), options);
  REQUIRE(faults.size() == 2);
  CHECK_THAT(faults[0], Catch::Contains("k can only be 64"));
  CHECK_THAT(faults[1], Catch::Contains("n can only be 16"));
}

TEST_CASE("A pattern asks no layer for more than it has", "[mapping]") {
  const Target target = test::tiny_target();
  isa::MemoryProgram program;
  const Mapping made =
      lower(Gemm{20, 30, 40},
            with_mapping("default: {tile: {m: 999, p: 4, n: 16}, order: [k, p, q, c]}\n"), target,
            program);
  CHECK(made.find("gemm")->tile.at(Loop::m).value == 20);
  CHECK(made.find("gemm")->tile.at(Loop::n).value == 16);
}
