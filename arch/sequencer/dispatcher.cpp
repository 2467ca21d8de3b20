// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/dispatcher.h"

#include "sim/core/error.h"

namespace npulse::arch {

Dispatcher::Dispatcher(std::uint16_t core, std::unique_ptr<isa::InstructionStream> stream,
                       RegionTable& regions, RunObserver& observer)
    : core_{core}, program_{std::move(stream)}, regions_{regions}, observer_{observer} {}

void Dispatcher::fill() {
  while (!next_ && !at_end_) {
    isa::Instruction instruction;
    if (!program_.next(instruction) || instruction.opcode() == isa::Opcode::end) {
      at_end_ = true;
    } else if (const auto* mark = std::get_if<isa::Mark>(&instruction.operation)) {
      open(mark->name);
    } else if (instruction.opcode() == isa::Opcode::endmark) {
      close();
    } else {
      next_ = std::move(instruction);
    }
  }
}

isa::Instruction Dispatcher::take() {
  isa::Instruction instruction = std::move(*next_);
  next_.reset();
  return instruction;
}

void Dispatcher::open(const std::string& name) {
  const std::string path = path_.empty() ? name : path_.back().path + "/" + name;
  path_.push_back({path, regions_.id_of(path)});
  observer_.region_entered(core_, path_.back().id);
}

void Dispatcher::close() {
  if (path_.empty()) throw InputError{"", "a mark is closed that was never opened"};
  path_.pop_back();
}

}  // namespace npulse::arch
