// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/targets.h"

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
    return;
  }
  const auto rows = pe.systolic.rows, cols = pe.systolic.cols;
  switch (pe.systolic.dataflow) {
    case Dataflow::ws: target.tile_k = rows, target.tile_n = cols; break;
    case Dataflow::os: target.tile_m = rows, target.tile_n = cols; break;
    case Dataflow::is: target.tile_k = rows, target.tile_m = cols; break;
  }
  // As the closed forms of arch/pe: os drains, one buffer loads before each stream, two behind it.
  const bool loads = pe.systolic.dataflow != Dataflow::os;
  const bool hidden = loads && pe.systolic.weight_buffers > 1;
  target.fold_min_cycles = hidden ? rows : 0;
  target.fold_overhead_cycles = hidden ? 0 : (loads ? 2 * rows : rows) + cols - 2;
}

/// Packed lanes count as lanes of 32 bits: scores are as wide.
lowering::VectorRates rates_of(const VectorParams& params) {
  return {params.lanes, params.simple_cycles.count(), params.transcendental_cycles.count(),
          params.reduction_cycles.count(), params.start_cycles.count()};
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
  set_tile(target, params.pe);
  for (const isa::DataType type : matrix_types(params.pe)) {
    target.matrix_rates.push_back({type, macs_per_cycle(params.pe, type)});
  }
  target.vector_types = params.vector.types;
  target.vector_rates = rates_of(params.vector);
  target.codecs = params.dma.codecs;
  target.clock_hertz = static_cast<double>(params.clock.count());
  target.dma_bytes_per_cycle = params.dma.bytes_per_cycle;
  target.dma_start_cycles = params.dma.start_cycles.count();
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
  target.units = {{QueueKind::dma, {Opcode::dma}, {}, {}},
                  {QueueKind::matrix, {Opcode::mm, Opcode::conv}, matrix_types(params.pe), any_type()},
                  {QueueKind::vector, {Opcode::vec, Opcode::xform}, params.vector.types, {}}};
  target.codecs = params.dma.codecs;
  target.queue_depth = static_cast<std::size_t>(params.sequencer.queue_depth);
  return target;
}

}  // namespace npulse::arch
