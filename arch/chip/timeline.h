// SPDX-License-Identifier: Apache-2.0
// Writes what ran when as Chrome trace JSON, which ui.perfetto.dev and chrome://tracing open.
#pragma once

#include "arch/ports/observer.h"
#include "isa/program.h"
#include "sim/core/clock_domain.h"
#include "sim/core/output_file.h"

namespace npulse::arch {

/// Streams one complete event an instruction: process = core, thread = queue, times in microseconds.
/// The file appears under its name in commit(); the written prefix is dropped otherwise.
class Timeline {
 public:
  Timeline(const std::filesystem::path& path, const isa::ProgramHeader& header, std::uint32_t cores,
           const ClockDomain& clock);

  void add(const InstructionRecord& record, const RegionTable& regions);
  void commit();

 private:
  void name_tracks(const isa::ProgramHeader& header, std::uint32_t cores);
  void event(const std::string& json);
  std::string microseconds(Cycles cycles) const;

  OutputFile file_;
  ClockDomain clock_;
  bool first_ = true;
};

}  // namespace npulse::arch
