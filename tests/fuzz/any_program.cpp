// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/any_program.h"

#include <cstdlib>

#include "isa/checker.h"
#include "tests/support/sample_program.h"

namespace npulse::fuzz {
namespace {

constexpr std::uint64_t kCheckedInstructions = 2000;

isa::CheckTarget generous_chip(const isa::ProgramHeader& header) {
  isa::CheckTarget target;
  target.name = header.target;
  target.cores = header.cores;
  target.queues = header.queues;
  target.spm_bytes = target.acc_bytes = target.dram_bytes = Bytes{1 << 20};
  using O = isa::Opcode;
  target.units = {{isa::QueueKind::dma, {O::dma, O::send, O::recv, O::coll, O::pim}, {}, {}},
                  {isa::QueueKind::matrix, {O::mm, O::conv}, {}, {}},
                  {isa::QueueKind::vector, {O::vec, O::xform}, {}, {}}};
  target.max_instructions = kCheckedInstructions;
  return target;
}

/// Clocks and shadows are kept for each queue of each core; a header may declare absurdly many.
bool small_enough(const isa::ProgramHeader& header) {
  return header.cores <= 8 && header.queues.size() <= 8 && header.events.size() <= 64;
}

}  // namespace

void exercise(const isa::Program& program) {
  const std::string text = isa::tests::text_of(program);
  const auto assembled = isa::assemble(text);
  if (isa::tests::text_of(assembled) != text) std::abort();
  if (isa::tests::text_of(isa::tests::from_binary(isa::tests::to_binary(assembled))) != text)
    std::abort();
  if (small_enough(program.header())) isa::check(assembled, generous_chip(program.header()));
}

}  // namespace npulse::fuzz
