// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/machine.h"

#include <fmt/format.h>

#include "arch/cache/cache_module.h"
#include "arch/pe/pe_module.h"
#include "arch/vector/vector_module.h"

namespace npulse::arch {

Machine::Machine(const Chip& chip, const isa::Program& program, const Traces& traces)
    : chip_{chip},
      program_{program},
      clock_{"core", chip.params.clock},
      shared_{
          {program.header().events, program.header().cores}, Barrier{program.header().cores}, {}},
      recorder_{program.header(), program.header().cores},
      watcher_{recorder_, shared_.regions, traces} {
  for (std::uint16_t core = 0; core < program.header().cores; ++core) {
    cores_.push_back(make_core(core));
  }
  memory_ = &simulation_.make<dram::MemoryModule>("memory", chip.part, chip.params.memory);
  connect();
}

CoreBlocks Machine::make_core(std::uint16_t core) {
  const auto name = [core](const char* block) { return fmt::format("core{}_{}", core, block); };
  CoreBlocks blocks;
  blocks.spm = &simulation_.make<SpmModule>(name("spm").c_str(), clock_, chip_.params.spm);
  blocks.acc = &simulation_.make<SpmModule>(name("acc").c_str(), clock_, chip_.params.acc);
  blocks.memory = std::make_unique<CoreMemory>(blocks.spm->scratchpad(), blocks.acc->scratchpad());
  for (const isa::QueueDecl& queue : program_.header().queues) add_unit(blocks, core, queue);
  blocks.sequencer =
      &simulation_.make<SequencerModule>(name("sequencer").c_str(), clock_, chip_.params.sequencer,
                                         core, program_, blocks.units, shared_, watcher_, [this] {
                                           for (CoreBlocks& other : cores_) other.sequencer->wake();
                                         });
  return blocks;
}

void Machine::add_unit(CoreBlocks& blocks, std::uint16_t core, const isa::QueueDecl& queue) {
  const std::string name = fmt::format("core{}_{}", core, queue.name);
  switch (queue.kind) {
    case isa::QueueKind::dma:
      blocks.dma.push_back(&simulation_.make<DmaModule>(name.c_str(), clock_, chip_.params.dma,
                                                        core, *blocks.memory));
      blocks.units.push_back(blocks.dma.back());
      break;
    case isa::QueueKind::matrix:
      blocks.units.push_back(
          &simulation_.make<PeModule>(name.c_str(), clock_, chip_.params.pe, *blocks.memory));
      break;
    case isa::QueueKind::vector:
      blocks.units.push_back(&simulation_.make<VectorModule>(name.c_str(), clock_,
                                                             chip_.params.vector, *blocks.memory));
      break;
  }
}

void Machine::connect() {
  std::vector<std::uint16_t> core_of_initiator;
  for (std::uint16_t core = 0; core < cores_.size(); ++core) {
    core_of_initiator.insert(core_of_initiator.end(), cores_[core].dma.size(), core);
  }
  auto& crossbar =
      simulation_.make<CrossbarModule>("noc", clock_, chip_.params.noc, core_of_initiator,
                                       static_cast<std::uint16_t>(cores_.size()));
  for (CoreBlocks& blocks : cores_) {
    for (DmaModule* dma : blocks.dma) dma->out.bind(crossbar.in);
  }
  if (CacheModule* cache = make_caches()) {
    crossbar.out.bind(cache->in);
  } else {
    crossbar.out.bind(memory_->in);
  }
  for (CoreBlocks& blocks : cores_) crossbar.out.bind(blocks.spm->requests);
}

/// The caches, one behind the other, before the memory; the first, or nullptr.
CacheModule* Machine::make_caches() {
  CacheModule *first = nullptr, *last = nullptr;
  const auto add = [&](const char* name, const std::optional<CacheParams>& params) {
    if (!params) return;
    auto& cache = simulation_.make<CacheModule>(name, clock_, *params);
    if (last) last->out.bind(cache.in);
    if (!first) first = &cache;
    last = &cache;
  };
  add("cache", chip_.params.cache);
  add("outer_cache", chip_.params.outer_cache);
  if (last) last->out.bind(memory_->in);
  return first;
}

}  // namespace npulse::arch
