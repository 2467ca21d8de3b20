// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/targets.h"

#include <cmath>

#include "arch/dram/memory.h"

namespace npulse::arch {
namespace {

std::vector<isa::QueueDecl> queues_of(const ChipParams& params) {
  std::vector<isa::QueueDecl> queues;
  for (const QueueParams& queue : params.queues) queues.push_back({queue.name, queue.kind});
  return queues;
}

/// Natural multiples of the array: what one pass of it computes.
void set_tile(lowering::Target& target, const PeParams& pe) {
  if (pe.kind == PeKind::dot_product) {
    target.tile_m = pe.dot_product.m0;
    target.tile_n = pe.dot_product.n0;
    target.tile_k = pe.dot_product.k0;
    target.matrix_drain_cycles = pe.dot_product.latency.count();
    return;
  }
  const auto rows = pe.systolic.rows, cols = pe.systolic.cols;
  switch (pe.systolic.dataflow) {
    case Dataflow::ws:
      target.tile_k = rows, target.tile_n = cols;
      break;
    case Dataflow::os:
      target.tile_m = rows, target.tile_n = cols;
      break;
    case Dataflow::is:
      target.tile_k = rows, target.tile_m = cols;
      break;
  }
  // As the closed forms of arch/pe: os drains, one buffer loads before each stream, two behind it.
  const bool loads = pe.systolic.dataflow != Dataflow::os;
  const bool hidden = loads && pe.systolic.weight_buffers > 1;
  target.fold_min_cycles = hidden ? rows : 0;
  target.tap_folds = pe.systolic.tap_folds;
  target.stream_rows = pe.systolic.dataflow == Dataflow::ws ? pe.systolic.stream_rows : 0;
  target.min_stream = pe.systolic.min_stream;
  target.matrix_drain_cycles = hidden ? rows + cols - 2 : 0;
  target.fold_overhead_cycles = hidden ? 0 : (loads ? 2 * rows : rows) + cols - 2;
}

std::vector<isa::DataType> any_type() {
  std::vector<isa::DataType> types;
  for (const auto& type : enum_names(isa::DataType{})) types.push_back(type.value);
  return types;
}

std::vector<isa::DataType> matrix_types(const PeParams& pe) {
  std::vector<isa::DataType> types;
  for (const isa::DataType type : any_type()) {
    if (macs_per_cycle(pe, type) > 0) types.push_back(type);
  }
  return types;
}

void set_array(lowering::Target& target, const PeParams& pe) {
  set_tile(target, pe);
  target.matrix_start_cycles = pe.start_cycles.count();
  target.matrix_read_bytes = pe.read_bytes_per_cycle;
  target.matrix_write_bytes = pe.write_bytes_per_cycle;
  for (const isa::DataType type : matrix_types(pe)) {
    target.matrix_rates.push_back({type, macs_per_cycle(pe, type)});
  }
}

/// Of a burst from a closed row, as far as no cache answers before; writes are answered when they
/// are queued. The network is crossed twice.
void set_latencies(lowering::Target& target, const ChipParams& params, const dram::Memory& memory) {
  const double cycles_of_ns = static_cast<double>(params.clock.count()) / 1e9;
  const auto& controller = params.memory.controller;
  double caches = 0;
  bool answered = false;
  for (const auto& cache : {params.cache, params.outer_cache}) {
    if (!cache) continue;
    target.caches.push_back(cache->capacity);
    if (answered) continue;
    caches += static_cast<double>((cache->hit_cycles + cache->access_cycles).count());
    answered = cache->warm;
  }
  const dram::ResolvedPart& part = memory.part();
  const Cycles activate{part.within(dram::Command::act, dram::Command::rd, dram::Scope::bank)};
  const Picoseconds row = part.clock.time_of(activate + part.rl + part.burst);
  const double ends = controller.front_end_ns + controller.back_end_ns;
  const double ways = static_cast<double>(2 * params.noc.hop_cycles.count()) + caches;
  const auto local = static_cast<double>(params.spm.access_latency.count());
  target.read_cycles = std::llround(
      ways + local +
      (answered ? 0 : (ends + static_cast<double>(row.count()) / 1000) * cycles_of_ns));
  target.write_cycles = std::llround(ways + local + (answered ? 0 : ends * cycles_of_ns));
}

/// Packed lanes count as lanes of 32 bits: scores are as wide.
lowering::VectorRates rates_of(const VectorParams& params) {
  return {params.lanes, params.simple_cycles.count(), params.transcendental_cycles.count(),
          params.reduction_cycles.count(), params.start_cycles.count()};
}

}  // namespace

lowering::Target lowering_target(const Chip& chip) {
  const ChipParams& params = chip.params;
  lowering::Target target;
  target.name = params.name;
  target.cores = static_cast<std::uint32_t>(params.cores);
  target.queues = queues_of(params);
  target.spm_bytes = params.spm.capacity;
  target.acc_bytes = params.acc.capacity;
  const dram::Memory memory{chip.part, params.memory};
  target.dram_bytes = memory.capacity();
  target.dram_access_bytes = Bytes{chip.part.organisation.burst_bytes()};
  target.dram_bytes_per_s = static_cast<double>(memory.peak_bytes_per_s());
  target.dram_granule = Bytes{params.memory.mapping.value_or(chip.part.mapping).granule_bytes};
  target.dram_channels = static_cast<std::int64_t>(memory.channels());
  set_array(target, params.pe);
  target.vector_types = params.vector.types;
  target.vector_rates = rates_of(params.vector);
  target.codecs = params.dma.codecs;
  target.clock_hertz = static_cast<double>(params.clock.count());
  target.dma_bytes_per_cycle = params.dma.bytes_per_cycle;
  target.dma_expand_bytes_per_cycle = params.dma.decompress_bytes_per_cycle;
  target.dma_start_cycles = params.dma.start_cycles.count();
  target.dma_outstanding = params.dma.outstanding;
  target.dma_transaction = params.dma.max_transaction;
  set_latencies(target, params, memory);
  target.queue_depth = static_cast<std::size_t>(params.sequencer.queue_depth);
  return target;
}

isa::CheckTarget check_target(const Chip& chip) {
  using isa::Opcode;
  using isa::QueueKind;
  const ChipParams& params = chip.params;
  isa::CheckTarget target;
  target.name = params.name;
  target.cores = static_cast<std::uint32_t>(params.cores);
  target.queues = queues_of(params);
  target.spm_bytes = params.spm.capacity;
  target.acc_bytes = params.acc.capacity;
  target.dram_bytes = dram::Memory{chip.part, params.memory}.capacity();
  target.units = {
      {QueueKind::dma, {Opcode::dma}, {}, {}},
      {QueueKind::matrix, {Opcode::mm, Opcode::conv}, matrix_types(params.pe), any_type()},
      {QueueKind::vector, {Opcode::vec, Opcode::xform}, params.vector.types, {}}};
  target.codecs = params.dma.codecs;
  target.queue_depth = static_cast<std::size_t>(params.sequencer.queue_depth);
  return target;
}

}  // namespace npulse::arch
