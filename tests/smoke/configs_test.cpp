// SPDX-License-Identifier: Apache-2.0
// Everything that is shipped works: every file loads and says where its figures are from, every
// chip runs with every memory, every model fits the big chips and passes the checker.
#include <catch2/catch.hpp>
#include <set>

#include "sim/core/config.h"
#include "tests/support/runs.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

const Catalogue kCatalogue{NPULSE_SOURCE_DIR "/configs"};

/// Says which file it is rather than a figure.
bool is_label(const std::string& path) {
  return path == "name" || path == "node_nm";
}

template <class Params>
void require_sourced(const std::string& kind) {
  for (const auto& name : kCatalogue.list(kind)) {
    std::vector<Provenance> provenance;
    read<Params>(ConfigFile::load(kCatalogue.find(kind, name)), &provenance);
    CHECK(!provenance.empty());
    for (const Provenance& figure : provenance) {
      if (figure.mark == Mark::by_default || is_label(figure.path)) continue;
      CAPTURE(kind, name, figure.path, figure.value, figure.source);
      CHECK(figure.mark != Mark::none);
      CHECK(figure.source != "");
    }
  }
}

bool is_big(const Chip& chip) {
  return chip.params.cores > 1;
}

lowering::Options short_layer(lowering::Phase phase) {
  auto options = fp8_layers(0, 1, phase);
  options.context = 256;
  return options;
}

bool has_experts(const std::string& name) {
  const auto model = std::get<lowering::Transformer>(lowering::load_model(name, kModels));
  return model.experts.has_value();
}

/// A short one; with experts, the first layer that has them.
lowering::Options layer_of(const std::string& name, lowering::Phase phase) {
  auto options = short_layer(phase);
  const auto model = std::get<lowering::Transformer>(lowering::load_model(name, kModels));
  if (!model.experts) return options;
  const auto& routed = model.experts->routed;
  const auto first = std::find(routed.begin(), routed.end(), true) - routed.begin();
  options.layers = lowering::LayerRange{first, first + 1};
  return options;
}

void require_models_pass(const Chip& chip, lowering::Phase phase) {
  for (const auto& model : lowering::model_names(kModels)) {
    CAPTURE(chip.params.name, model);
    const isa::CheckReport found =
        isa::check(lowered(model, chip, layer_of(model, phase)), check_target(chip));
    for (const auto& fault : found.errors) UNSCOPED_INFO(fault.text());
    CHECK(found.error_count == 0);
    for (const auto& fault : found.warnings) UNSCOPED_INFO(fault.text());
    // rows of an expert's visitors are more strided accesses than the checker compares
    const bool scattered = phase == lowering::Phase::prefill && has_experts(model);
    CHECK(found.warning_count <= (scattered ? 1 : 0));
    CHECK(found.instructions > 0);
  }
}

}  // namespace

TEST_CASE("Every figure of every part and table says where it comes from", "[smoke]") {
  require_sourced<dram::PartParams>("parts");
  require_sourced<TechParams>("tech");
}

TEST_CASE("Every file of the configurations is of a kind that is loaded", "[smoke]") {
  const std::set<std::string> loaded{"chips", "parts", "tech", "models"},
      other{"schema", "studies"};
  for (const auto& entry : std::filesystem::directory_iterator{kCatalogue.root()}) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || other.count(name)) continue;
    INFO(name);
    CHECK(loaded.count(name) == 1);
    CHECK(!kCatalogue.list(name).empty());
  }
}

TEST_CASE("Every chip runs a small product with every memory", "[smoke]") {
  for (const auto& chip : kCatalogue.list("chips")) {
    for (const auto& part : kCatalogue.list("parts")) {
      CAPTURE(chip, part);
      const Report report = run_model("gemm:16,16,16", load_chip(chip, {part, {}}));
      CHECK(report.chip == chip);
      CHECK(report.memory.part == part);
      CHECK(report.macs == 16 * 16 * 16);
      CHECK(report.energy.energy.total() > Picojoules{0});
    }
  }
}

TEST_CASE("A decode layer of every model passes the checker on every big chip", "[smoke]") {
  for (const auto& name : kCatalogue.list("chips")) {
    const Chip chip = load_chip(name);
    if (is_big(chip)) require_models_pass(chip, lowering::Phase::decode);
  }
}

TEST_CASE("A prefill layer of every model passes the checker on RNGD", "[smoke]") {
  require_models_pass(load_chip("rngd"), lowering::Phase::prefill);
}

TEST_CASE("A prefill layer of every model can be lowered for every big chip", "[smoke]") {
  for (const auto& name : kCatalogue.list("chips")) {
    const Chip chip = load_chip(name);
    if (!is_big(chip)) continue;
    for (const auto& model : lowering::model_names(kModels)) {
      CHECK_NOTHROW(lowered(model, chip, layer_of(model, lowering::Phase::prefill)));
    }
  }
}
