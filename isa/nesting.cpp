// SPDX-License-Identifier: Apache-2.0
#include "isa/nesting.h"

#include <fmt/format.h>

#include <algorithm>

#include "isa/limits.h"
#include "isa/visit_operands.h"

namespace npulse::isa {
namespace {

int steps_used(const LoopSteps& steps) {
  int used = kMaxLoopDepth;
  while (used > 0 && steps[static_cast<std::size_t>(used - 1)] == LoopStep{}) --used;
  return used;
}

int steps_used(const Instruction& instruction) {
  int used = 0;
  visit_operands(instruction.operation,
                 [&](const Operand& o) { used = std::max(used, steps_used(o.steps)); });
  for (const Wait& wait : instruction.waits) used = std::max(used, steps_used(wait.steps));
  return used;
}

}  // namespace

std::optional<Diagnostic> Nesting::accept(const Instruction& instruction) {
  if (ended_) return Diagnostic{"", "an instruction after 'end'", "'end' is the last of its core"};
  switch (const Opcode opcode = instruction.opcode()) {
    case Opcode::loop:
    case Opcode::mark:
      return open(instruction);
    case Opcode::endloop:
      return close(Opcode::loop, opcode);
    case Opcode::endmark:
      return close(Opcode::mark, opcode);
    case Opcode::end:
      if (auto fault = finish()) return fault;
      ended_ = true;
      return std::nullopt;
    default:
      break;
  }
  if (const int used = steps_used(instruction); used > loops_) {
    return Diagnostic{"", fmt::format("steps for {} loops inside {}", used, loops_),
                      "give at most one step for each open loop"};
  }
  return std::nullopt;
}

std::optional<Diagnostic> Nesting::open(const Instruction& instruction) {
  const bool loop = instruction.opcode() == Opcode::loop;
  if (loop && loops_ == kMaxLoopDepth) {
    return Diagnostic{"", fmt::format("loops nest deeper than {}", kMaxLoopDepth),
                      "unroll the innermost"};
  }
  if (blocks_.size() == kMaxMarkDepth) {
    return Diagnostic{"", fmt::format("loops and marks nest deeper than {}", kMaxMarkDepth), ""};
  }
  loops_ += loop;
  blocks_.push_back({instruction.opcode(), instruction.line});
  return std::nullopt;
}

std::optional<Diagnostic> Nesting::close(Opcode opener, Opcode closer) {
  if (innermost() != opener) {
    return Diagnostic{
        "",
        fmt::format("{} where no {} is the innermost block", to_string(closer), to_string(opener)),
        "loops and marks must nest"};
  }
  blocks_.pop_back();
  loops_ -= opener == Opcode::loop;
  return std::nullopt;
}

std::optional<Diagnostic> Nesting::finish() const {
  if (blocks_.empty()) return std::nullopt;
  const Block& block = blocks_.back();
  const std::string opened = block.line ? fmt::format(" (opened at line {})", block.line) : "";
  return Diagnostic{"", fmt::format("{} is never closed{}", to_string(block.opcode), opened),
                    "add the missing '}'"};
}

std::optional<Opcode> Nesting::innermost() const {
  return blocks_.empty() ? std::nullopt : std::optional{blocks_.back().opcode};
}

}  // namespace npulse::isa
