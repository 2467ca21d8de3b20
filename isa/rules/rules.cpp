// SPDX-License-Identifier: Apache-2.0
#include "isa/rules/rules.h"

#include "isa/rules/checks.h"
#include "isa/visit_operands.h"

namespace npulse::isa {
namespace {

using rules::bad;
using rules::Fault;

std::string up_to(std::size_t count) {
  return count ? fmt::format("allowed: 0 to {}", count - 1) : "the program declares none";
}

Fault place_fault(const Operand& operand, const ProgramHeader& header) {
  if (!operand.core) return std::nullopt;
  if (!rules::in_core(operand)) {
    return bad(fmt::format("{} belongs to no core", to_string(operand.space)),
               fmt::format("remove '@{}'", *operand.core));
  }
  if (*operand.core < header.cores) return std::nullopt;
  return bad(fmt::format("an operand names core {}", *operand.core), up_to(header.cores));
}

Fault queue_fault(const Instruction& instruction, const ProgramHeader& header) {
  const Opcode opcode = instruction.opcode();
  if (!needs_queue(opcode)) {
    if (instruction.queue == kNoQueue) return std::nullopt;
    return bad(fmt::format("{} goes to no queue", to_string(opcode)), "remove the queue's name");
  }
  if (instruction.queue == kNoQueue) {
    return bad(fmt::format("{} needs a queue", to_string(opcode)),
               fmt::format("write 'QUEUE: {} ...'", to_string(opcode)));
  }
  if (instruction.queue >= header.queues.size()) {
    return bad(fmt::format("queue {} is not declared", instruction.queue),
               up_to(header.queues.size()));
  }
  const QueueDecl& queue = header.queues[instruction.queue];
  const auto* opaque = std::get_if<Opaque>(&instruction.operation);
  const bool moves = opaque && (opaque->bytes_read || opaque->bytes_written);
  const auto kind = moves ? std::optional{QueueKind::dma} : queue_kind_of(opcode);
  if (!kind || *kind == queue.kind) return std::nullopt;
  return bad(fmt::format("{} cannot run on queue '{}' of kind {}", to_string(opcode), queue.name,
                         to_string(queue.kind)),
             fmt::format("it needs a {} queue", to_string(*kind)));
}

Fault event_fault(EventId event, const ProgramHeader& header) {
  if (event < header.events.size()) return std::nullopt;
  return bad(fmt::format("event {} is not declared", event), up_to(header.events.size()));
}

Fault sync_fault(const Instruction& instruction, const ProgramHeader& header) {
  const auto& waits = instruction.waits;
  const auto& signals = instruction.signals;
  if (waits.empty() && signals.empty()) return std::nullopt;
  const Opcode opcode = instruction.opcode();
  if (!needs_queue(opcode)) {
    return bad(fmt::format("{} neither waits nor signals", to_string(opcode)),
               "put it on the instruction before or after");
  }
  if (std::max(waits.size(), signals.size()) > kMaxWaits) {
    return bad(fmt::format("over {} waits or signals", kMaxWaits));
  }
  for (const Wait& wait : waits) {
    if (auto fault = event_fault(wait.event, header)) return fault;
  }
  for (const Signal& signal : signals) {
    if (auto fault = event_fault(signal.event, header)) return fault;
    if (auto fault = rules::outside({"signal", signal.amount}, 1, kMaxSignal)) return fault;
  }
  return std::nullopt;
}

Fault operation_fault(const Operation& operation, const ProgramHeader& header) {
  switch (static_cast<Opcode>(operation.index())) {
    case Opcode::dma:
      return rules::fault_of(std::get<Dma>(operation), header);
    case Opcode::mm:
      return rules::fault_of(std::get<Mm>(operation));
    case Opcode::conv:
      return rules::fault_of(std::get<Conv>(operation));
    case Opcode::vec:
      return rules::fault_of(std::get<Vec>(operation));
    case Opcode::xform:
      return rules::fault_of(std::get<Xform>(operation));
    default:
      return rules::fault_of_rest(operation);
  }
}

}  // namespace

bool needs_queue(Opcode opcode) {
  switch (opcode) {
    case Opcode::loop:
    case Opcode::endloop:
    case Opcode::bar:
    case Opcode::mark:
    case Opcode::endmark:
    case Opcode::end:
      return false;
    default:
      return true;
  }
}

std::optional<QueueKind> queue_kind_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::dma:
    case Opcode::send:
    case Opcode::recv:
    case Opcode::coll:
    case Opcode::pim:
      return QueueKind::dma;
    case Opcode::mm:
    case Opcode::conv:
      return QueueKind::matrix;
    case Opcode::vec:
    case Opcode::xform:
      return QueueKind::vector;
    default:
      return std::nullopt;
  }
}

Fault fault_of(const Instruction& instruction, const ProgramHeader& header) {
  if (auto fault = queue_fault(instruction, header)) return fault;
  if (auto fault = sync_fault(instruction, header)) return fault;
  Fault fault;
  visit_operands(instruction.operation, [&](const Operand& operand) {
    if (!fault) fault = place_fault(operand, header);
  });
  return fault ? fault : operation_fault(instruction.operation, header);
}

}  // namespace npulse::isa
