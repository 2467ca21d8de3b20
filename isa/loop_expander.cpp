// SPDX-License-Identifier: Apache-2.0
#include "isa/loop_expander.h"

#include "isa/visit_operands.h"
#include "sim/core/error.h"

namespace npulse::isa {
namespace {

std::string place(const Instruction& instruction) {
  return instruction.line ? "line " + std::to_string(instruction.line) : "";
}

}  // namespace

bool LoopExpander::next(Instruction& out) {
  for (;;) {
    if (!frames_.empty()) {
      if (next_in_body(out)) return true;
      continue;
    }
    if (!stream_->next(out)) return false;
    if (out.opcode() == Opcode::endloop) {
      throw InputError{place(out), "endloop without a loop", "remove it or open a loop before it"};
    }
    if (out.opcode() != Opcode::loop) {
      resolve(out);
      return true;
    }
    load_loop(out);
  }
}

void LoopExpander::load_loop(const Instruction& head) {
  body_.clear();
  end_of_.clear();
  open_.clear();
  append(head);
  Instruction instruction;
  while (!open_.empty()) {
    if (!stream_->next(instruction)) {
      throw InputError{place(body_[open_.back().at]), "loop is never closed",
                       "add the missing '}'"};
    }
    if (body_.size() == kMaxLoopBody) {
      throw InputError{place(head),
                       "loop body has over " + std::to_string(kMaxLoopBody) + " instructions",
                       "split it into several loops"};
    }
    append(instruction);
  }
  const auto count = std::get<Loop>(body_.front().operation).count;
  if (count <= 0) return;
  frames_.push_back({1, count, 0});
  position_ = 1;
}

void LoopExpander::append(const Instruction& instruction) {
  body_.push_back(instruction);
  end_of_.push_back(0);
  const std::size_t at = body_.size() - 1;
  if (instruction.opcode() == Opcode::loop) {
    if (open_.size() == kMaxLoopDepth) {
      throw InputError{place(instruction),
                       "loops nest deeper than " + std::to_string(kMaxLoopDepth),
                       "unroll the innermost"};
    }
    open_.push_back({at, false});
  } else if (instruction.opcode() == Opcode::endloop) {
    close(at);
  } else {
    open_.back().emits = true;
  }
}

void LoopExpander::close(std::size_t end) {
  const OpenLoop loop = open_.back();
  open_.pop_back();
  end_of_[loop.at] = end;
  auto& count = std::get<Loop>(body_[loop.at].operation).count;
  if (!loop.emits) count = 0;
  if (count > 0 && !open_.empty()) open_.back().emits = true;
}

bool LoopExpander::next_in_body(Instruction& out) {
  while (!frames_.empty()) {
    const Instruction& instruction = body_[position_];
    if (instruction.opcode() == Opcode::endloop) {
      Frame& frame = frames_.back();
      if (++frame.index < frame.count) {
        position_ = frame.first;
      } else {
        frames_.pop_back();
        ++position_;
      }
    } else if (instruction.opcode() == Opcode::loop) {
      const auto count = std::get<Loop>(instruction.operation).count;
      if (count > 0) {
        frames_.push_back({position_ + 1, count, 0});
        ++position_;
      } else {
        position_ = end_of_[position_] + 1;
      }
    } else {
      out = instruction;
      ++position_;
      resolve(out);
      return true;
    }
  }
  return false;
}

void LoopExpander::resolve(Instruction& instruction) const {
  const auto offset = [this](LoopSteps& steps) {
    std::uint64_t sum = 0;  // modulo 2^64: hostile strides must not overflow
    for (std::size_t level = 0; level < frames_.size(); ++level) {
      const LoopStep step = steps[level];
      const std::int64_t index = frames_[frames_.size() - 1 - level].index;
      sum += static_cast<std::uint64_t>(step.modulo ? index % step.modulo : index) *
             static_cast<std::uint64_t>(step.stride);
    }
    steps = {};
    return sum;
  };
  visit_operands(instruction.operation, [&](Operand& o) { o.address += offset(o.steps); });
  for (Wait& wait : instruction.waits) {
    wait.count =
        static_cast<std::int64_t>(static_cast<std::uint64_t>(wait.count) + offset(wait.steps));
  }
}

}  // namespace npulse::isa
