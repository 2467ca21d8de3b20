// SPDX-License-Identifier: Apache-2.0
// Writes the states of all queues over time as a value change dump, which GTKWave opens.
#pragma once

#include "arch/ports/observer.h"
#include "isa/program.h"
#include "sim/core/clock_domain.h"
#include "sim/core/output_file.h"

namespace npulse::arch {

/// VCD of IEEE 1364-2005, clause 18, in picoseconds: a scope for each core, within it one for each
/// queue, with its `state` (a string, GTKWave's extension) and the `executing` instructions.
/// The file appears under its name in commit(); the written prefix is dropped otherwise.
class Waveform {
 public:
  Waveform(const std::filesystem::path& path, const isa::ProgramHeader& header, std::uint32_t cores,
           const ClockDomain& clock);

  void state_changed(QueueRef queue, QueueState state, Cycles now);
  void issued(QueueRef queue, Cycles now) { count(queue, +1, now); }
  void finished(QueueRef queue, Cycles now) { count(queue, -1, now); }
  void commit(Cycles total);

 private:
  void declare(const isa::ProgramHeader& header, std::uint32_t cores);
  void count(QueueRef queue, int change, Cycles now);
  void at(Cycles now);
  std::size_t index(QueueRef queue) const { return queue.core * queues_ + queue.queue; }

  OutputFile file_;
  ClockDomain clock_;
  std::size_t queues_;               ///< Of a core.
  std::vector<unsigned> executing_;  ///< By queue of all cores.
  Cycles now_{};
};

}  // namespace npulse::arch
