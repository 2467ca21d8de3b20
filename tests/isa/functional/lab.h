// SPDX-License-Identifier: Apache-2.0
// Program texts executed on values, on a chip that can do everything.
#pragma once

#include "isa/functional/run.h"
#include "isa/text/assembler.h"

namespace npulse::test {

/// A chip with the program's queues and every opcode, type and codec.
inline isa::CheckTarget able_chip(const isa::ProgramHeader& header) {
  using O = isa::Opcode;
  isa::CheckTarget target;
  target.name = "able";
  target.cores = header.cores;
  target.queues = header.queues;
  target.spm_bytes = target.acc_bytes = Bytes{1 << 20};
  target.dram_bytes = Bytes{std::int64_t{1} << 30};
  target.units = {{isa::QueueKind::dma, {O::dma, O::pim, O::send}, {}, {}},
                  {isa::QueueKind::matrix, {O::mm, O::conv}, {}, {}},
                  {isa::QueueKind::vector, {O::vec, O::xform}, {}, {}}};
  for (const auto& codec : enum_names(isa::CodecFormat{})) target.codecs.push_back(codec.value);
  return target;
}

inline const std::string kLabQueues =
    ".queue ld dma\n.queue st dma\n.queue mx matrix\n.queue ve vector\n";

/// A program with those queues: further directives, then the code of core 0.
inline isa::MemoryProgram lab(const std::string& directives, const std::string& body) {
  return isa::assemble(".npu 1.0\n" + kLabQueues + directives + "\ncore 0 {\n" + body + "\n}\n");
}

inline isa::functional::RunResult run_lab(const isa::Program& program,
                                          const isa::functional::RunOptions& options = {}) {
  return run(program, able_chip(program.header()), options);
}

/// Runs it in all orders with these inputs.
inline isa::functional::RunResult run_all(const isa::Program& program,
                                          const isa::functional::Arrays& inputs = {}) {
  isa::functional::RunOptions options;
  options.inputs = inputs;
  options.orders = isa::functional::Orders::all;
  return run_lab(program, options);
}

}  // namespace npulse::test
