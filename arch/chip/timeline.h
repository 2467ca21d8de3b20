// SPDX-License-Identifier: Apache-2.0
// Writes what ran when as Chrome trace JSON, which ui.perfetto.dev and chrome://tracing open.
#pragma once

#include <string>
#include <vector>

#include "arch/ports/observer.h"
#include "isa/program.h"
#include "sim/core/clock_domain.h"
#include "sim/core/output_file.h"

namespace npulse::arch {

/// Streams one complete event an instruction: process = core, thread = queue, times in
/// microseconds. A queue with several instructions under way has a thread for each: viewers drop
/// events that overlap on one thread without one holding the other. The file appears under its name
/// in commit(); the written prefix is dropped otherwise.
class Timeline {
 public:
  Timeline(const std::filesystem::path& path, const isa::ProgramHeader& header, std::uint32_t cores,
           const ClockDomain& clock);

  void add(const InstructionRecord& record, const RegionTable& regions);
  void commit();

 private:
  std::size_t track_of(const InstructionRecord& record);
  void name_track(std::size_t core, std::size_t queue, std::size_t track);
  void event(const std::string& json);
  std::int64_t nanoseconds(Cycles cycles) const;  ///< Whole ones: viewers round each number anew.

  OutputFile file_;
  std::vector<std::string> queues_;
  std::vector<std::vector<Cycles>> ends_;  ///< Of the last instruction by queue, then by thread.
  ClockDomain clock_;
  bool first_ = true;
};

}  // namespace npulse::arch
