// SPDX-License-Identifier: Apache-2.0
// Chips and models to lower in tests.
#pragma once

#include "isa/checker.h"
#include "traces/lowering/lower.h"

namespace npulse::test {

using isa::DataType;

/// One small core, integers only, like the labs' chip.
inline lowering::Target tiny_target() {
  lowering::Target t;
  t.name = "tiny";
  t.queues = {{"ld", isa::QueueKind::dma},
              {"st", isa::QueueKind::dma},
              {"mx", isa::QueueKind::matrix},
              {"vec", isa::QueueKind::vector}};
  t.spm_bytes = Bytes{256 << 10};
  t.acc_bytes = Bytes{32 << 10};
  t.dram_bytes = Bytes{1 << 30};
  t.tile_m = t.tile_n = t.tile_k = 8;
  t.matrix_rates = {{DataType::i8, 64}};
  t.vector_types = {DataType::i8, DataType::i16, DataType::i32, DataType::fp32};
  t.dram_bytes_per_s = 12.8e9;
  t.dma_bytes_per_cycle = 16;
  t.dma_start_cycles = 32;
  t.queue_depth = 8;
  return t;
}

/// Eight large cores, like RNGD's.
inline lowering::Target large_target() {
  lowering::Target t;
  t.name = "large";
  t.cores = 8;
  t.queues = {{"ld", isa::QueueKind::dma},
              {"la", isa::QueueKind::dma},
              {"st", isa::QueueKind::dma},
              {"mx", isa::QueueKind::matrix},
              {"vec", isa::QueueKind::vector}};
  t.spm_bytes = Bytes{32 << 20};
  t.acc_bytes = Bytes{1 << 20};
  t.dram_bytes = Bytes{std::int64_t{160} << 30};
  t.dram_access_bytes = Bytes{256};
  t.tile_m = 8;
  t.tile_n = 64;
  t.tile_k = 64;
  t.matrix_rates = {{DataType::fp8, 32768},
                    {DataType::i8, 32768},
                    {DataType::bf16, 16384},
                    {DataType::fp16, 16384}};
  t.vector_types = {DataType::i8,   DataType::i32,  DataType::fp8,
                    DataType::bf16, DataType::fp16, DataType::fp32};
  for (const auto& entry : enum_names(isa::CodecFormat{}))
    if (entry.value != isa::CodecFormat::none) t.codecs.push_back(entry.value);
  t.dram_bytes_per_s = 1.5e12;
  t.dma_bytes_per_cycle = 256;
  t.dma_start_cycles = 500;
  return t;
}

/// The same chip as the static checker sees it.
inline isa::CheckTarget as_checked(const lowering::Target& target) {
  using isa::Opcode;
  isa::CheckTarget t;
  t.name = target.name;
  t.cores = target.cores;
  t.queues = target.queues;
  t.spm_bytes = target.spm_bytes;
  t.acc_bytes = target.acc_bytes;
  t.dram_bytes = target.dram_bytes;
  std::vector<DataType> matrix_types;
  for (const auto& rate : target.matrix_rates) matrix_types.push_back(rate.type);
  t.units = {{isa::QueueKind::dma, {Opcode::dma}, {}, {}},
             {isa::QueueKind::matrix, {Opcode::mm}, matrix_types, {DataType::i32, DataType::fp32}},
             {isa::QueueKind::vector, {Opcode::vec, Opcode::xform}, target.vector_types, {}}};
  t.codecs = target.codecs;
  t.queue_depth = target.queue_depth;
  return t;
}

/// What the checker has against a program, one finding an entry.
inline std::vector<std::string> findings_of(const isa::Program& program,
                                            const lowering::Target& target) {
  const isa::CheckReport report = isa::check(program, as_checked(target));
  std::vector<std::string> list;
  for (const auto& finding : report.errors) list.push_back(finding.text());
  for (const auto& finding : report.warnings) list.push_back("warning: " + finding.text());
  return list;
}

inline lowering::Transformer small_model() {
  lowering::Transformer m;
  m.name = "small";
  m.layers = 2;
  m.hidden = 64;
  m.ffn = 160;
  m.heads = 4;
  m.kv_heads = 2;
  m.head_dim = 16;
  m.vocab = 96;
  return m;
}

inline std::filesystem::path models_folder() {
  return std::filesystem::path{NPULSE_SOURCE_DIR} / "configs" / "models";
}

}  // namespace npulse::test
