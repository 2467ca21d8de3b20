// SPDX-License-Identifier: Apache-2.0
// Reads a core's program in order and keeps track of the region that it is in.
#pragma once

#include <optional>

#include "arch/ports/observer.h"
#include "isa/loop_expander.h"

namespace npulse::arch {

class Dispatcher {
 public:
  Dispatcher(std::uint16_t core, std::unique_ptr<isa::InstructionStream> stream,
             RegionTable& regions, RunObserver& observer);

  /// Reads on until there is a next() or the program has ended.
  void fill();
  /// The instruction that a queue or the sequencer must handle next; nullptr until fill(), at the end.
  const isa::Instruction* next() const { return next_ ? &*next_ : nullptr; }
  isa::Instruction take();
  bool at_end() const { return at_end_ && !next_; }
  RegionId region() const { return path_.empty() ? 0 : path_.back().id; }

 private:
  struct OpenRegion {
    std::string path;
    RegionId id;
  };
  void open(const std::string& name);
  void close();

  std::uint16_t core_;
  isa::LoopExpander program_;
  RegionTable& regions_;
  RunObserver& observer_;
  std::vector<OpenRegion> path_;
  std::optional<isa::Instruction> next_;
  bool at_end_ = false;
};

}  // namespace npulse::arch
