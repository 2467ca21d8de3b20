// SPDX-License-Identifier: Apache-2.0
// Whole runs for tests: chip and model or text in, report out, as the `npulse` program does it.
#pragma once

#include <string>

#include "arch/chip/run.h"
#include "arch/chip/targets.h"
#include "isa/text/assembler.h"
#include "sim/core/catalogue.h"
#include "traces/lowering/lower.h"

namespace npulse::test {

inline const std::filesystem::path kModels =
    std::filesystem::path{NPULSE_SOURCE_DIR} / "configs" / "models";

/// A chip of tests/arch/chip/chips, by name.
inline std::string test_chip(const std::string& name) {
  return std::string{NPULSE_SOURCE_DIR} + "/tests/arch/chip/chips/" + name + ".yaml";
}

inline isa::MemoryProgram lowered(const std::string& model, const arch::Chip& chip,
                                  const lowering::Options& options = {}) {
  isa::MemoryProgram program{model};
  lowering::lower(lowering::load_model(model, kModels), options, arch::lowering_target(chip),
                  program);
  return program;
}

inline arch::Report run_model(const std::string& model, const arch::Chip& chip,
                              const lowering::Options& options = {}) {
  return arch::run(chip, lowered(model, chip, options));
}

/// One transformer layer or a few, fp8 throughout: the grain of the main job.
inline lowering::Options fp8_layers(std::int64_t first, std::int64_t last,
                                    lowering::Phase phase = lowering::Phase::decode) {
  lowering::Options options;
  options.phase = phase;
  options.weights = lowering::WeightFormat::fp8;
  options.layers = lowering::LayerRange{first, last};
  return options;
}

/// Of a program text, on a chip.
inline arch::Report run_text(const std::string& text, const arch::Chip& chip,
                             const arch::RunOptions& options = {}) {
  return arch::run(chip, isa::assemble(text), options);
}

inline std::int64_t meta(const arch::Report& report, const char* key) {
  return std::stoll(report.program.meta.at(key));
}

inline double memory_use(const arch::Report& report) {
  return report.memory.bandwidth_bytes_per_s / report.memory.peak_bytes_per_s;
}

inline const arch::QueueReport& queue(const arch::Report& report, const std::string& name) {
  for (const arch::QueueReport& candidate : report.queues) {
    if (candidate.name == name) return candidate;
  }
  throw std::out_of_range{"no queue " + name};
}

}  // namespace npulse::test
