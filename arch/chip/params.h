// SPDX-License-Identifier: Apache-2.0
// A chip file (configs/chips): the parameters of its blocks, composed.
#pragma once

#include "arch/cache/params.h"
#include "arch/dma/params.h"
#include "arch/dram/memory_params.h"
#include "arch/energy/params.h"
#include "arch/noc/params.h"
#include "arch/pe/params.h"
#include "arch/sequencer/params.h"
#include "arch/spm/params.h"
#include "arch/vector/params.h"
#include "isa/program.h"

namespace npulse::arch {

struct QueueParams {
  std::string name;
  isa::QueueKind kind = isa::QueueKind::dma;

  template <class V>
  static void describe(V& field) {
    field("name", &QueueParams::name, "", "Name in programs and reports.", required());
    field("kind", &QueueParams::kind, "", "Unit that it drives.", required());
  }
};

struct ChipParams {
  std::string name;
  Hertz clock{1'000'000'000};
  std::int64_t cores = 1;
  std::vector<QueueParams> queues;
  SequencerParams sequencer;
  PeParams pe;
  VectorParams vector;
  SpmParams spm, acc;
  DmaParams dma;
  NocParams noc;
  std::optional<CacheParams> cache, outer_cache;
  dram::MemoryParams memory;
  std::string tech;
  PowerParams power;

  template <class V>
  static void describe(V& field) {
    field("name", &ChipParams::name, "", "Name of the chip; programs are lowered for it.",
          required());
    field("clock", &ChipParams::clock, "Hz", "Clock of cores and network.", between(1e6, 1e11));
    field("cores", &ChipParams::cores, "count", "Identical cores.", between(1, 64));
    field("queues", &ChipParams::queues, "", "In-order instruction queues of every core.");
    field("sequencer", &ChipParams::sequencer, "", "Dispatch and synchronisation.");
    field("pe", &ChipParams::pe, "", "Matrix unit of a core.");
    field("vector", &ChipParams::vector, "", "Vector unit of a core.");
    field("spm", &ChipParams::spm, "", "Scratchpad of a core.");
    field("acc", &ChipParams::acc, "", "Accumulator memory of a core.");
    field("dma", &ChipParams::dma, "", "Each DMA engine of a core.");
    field("noc", &ChipParams::noc, "", "Network between cores and memory.");
    field("cache", &ChipParams::cache, "",
          "Cache before the memory; its energy is not counted. Absent: none.");
    field("outer_cache", &ChipParams::outer_cache, "",
          "Cache between that one and the memory. Absent: none.");
    field("memory", &ChipParams::memory, "", "Memory system.");
    field("tech", &ChipParams::tech, "", "Energy tables: name in configs/tech, or a path.",
          required());
    field("power", &ChipParams::power, "", "Power that the energy tables do not give.");
  }

  void check(Faults& faults, const std::string& path) const;
};

}  // namespace npulse::arch
