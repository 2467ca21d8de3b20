// SPDX-License-Identifier: Apache-2.0
// Assembles a chip's modules around a program, and runs them.
#pragma once

#include "arch/chip/chip.h"
#include "arch/chip/recorder.h"
#include "arch/chip/timeline.h"
#include "arch/chip/waveform.h"
#include "arch/dma/dma_module.h"
#include "arch/dram/memory_module.h"
#include "arch/noc/crossbar_module.h"
#include "arch/sequencer/sequencer_module.h"
#include "arch/spm/core_memory.h"
#include "arch/spm/spm_module.h"
#include "sim/kernel/simulation.h"

namespace npulse::arch {

class CacheModule;

/// Files that a run writes as it goes, where asked for.
struct Traces {
  Timeline* timeline = nullptr;
  Waveform* waveform = nullptr;
};

/// Forwards what happens to the recorder and the traces.
class Watcher : public RunObserver {
 public:
  Watcher(Recorder& recorder, const RegionTable& regions, const Traces& traces)
      : recorder_{recorder}, regions_{regions}, traces_{traces} {}
  void region_entered(std::uint16_t core, RegionId region) override {
    recorder_.region_entered(core, region);
  }
  void issued(QueueRef queue, RegionId region, Cycles now) override {
    recorder_.issued(queue, region, now);
    if (traces_.waveform) traces_.waveform->issued(queue, now);
  }
  void finished(const InstructionRecord& record) override {
    recorder_.finished(record);
    if (traces_.timeline) traces_.timeline->add(record, regions_);
    if (traces_.waveform) traces_.waveform->finished(record.queue, record.finished);
  }
  void state_changed(QueueRef queue, QueueState state, Cycles now) override {
    if (traces_.waveform) traces_.waveform->state_changed(queue, state, now);
  }

 private:
  Recorder& recorder_;
  const RegionTable& regions_;
  Traces traces_;
};

/// One core's blocks; the simulation owns them.
struct CoreBlocks {
  SpmModule* spm = nullptr;
  SpmModule* acc = nullptr;
  std::unique_ptr<CoreMemory> memory;
  std::vector<DmaModule*> dma;
  std::vector<Unit*> units;  ///< In the order of the program's queues.
  SequencerModule* sequencer = nullptr;
};

/// Lives for one run. The program must fit the chip (isa/checker.h says so before).
class Machine {
 public:
  Machine(const Chip& chip, const isa::Program& program, const Traces& traces);

  /// Runs to the end; returns the time of the last event.
  Picoseconds run(const sim::RunControl& control) { return simulation_.run(control); }

  const ClockDomain& clock() const { return clock_; }
  const Recorder& recorder() const { return recorder_; }
  const SharedState& shared() const { return shared_; }
  dram::MemoryModule& memory() { return *memory_; }
  const dram::MemoryModule& memory() const { return *memory_; }
  std::vector<CoreBlocks>& cores() { return cores_; }
  const sim::Simulation& simulation() const { return simulation_; }

 private:
  CoreBlocks make_core(std::uint16_t core);
  void add_unit(CoreBlocks& blocks, std::uint16_t core, const isa::QueueDecl& queue);
  void connect();
  CacheModule* make_caches();

  const Chip& chip_;
  const isa::Program& program_;
  ClockDomain clock_;
  SharedState shared_;
  Recorder recorder_;
  Watcher watcher_;
  std::vector<CoreBlocks> cores_;
  dram::MemoryModule* memory_ = nullptr;
  sim::Simulation simulation_;  ///< Last: its modules go before what they refer to.
};

}  // namespace npulse::arch
