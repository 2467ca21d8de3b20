// SPDX-License-Identifier: Apache-2.0
// Turns a core's stream into the dynamic one: loops unrolled, addresses and wait counts resolved.
#pragma once

#include "isa/program.h"

namespace npulse::isa {

/// Holds at most one outermost loop body (kMaxLoopBody instructions) in memory.
class LoopExpander {
 public:
  static constexpr std::size_t kMaxLoopBody = 1u << 16;

  explicit LoopExpander(std::unique_ptr<InstructionStream> stream) : stream_{std::move(stream)} {}

  /// The next instruction as executed: never loop/endloop, every LoopSteps applied and zeroed.
  /// Throws InputError on an unbalanced, too deep or too large loop.
  bool next(Instruction& out);

 private:
  struct Frame {
    std::size_t first;  ///< Body begins here in `body_`.
    std::int64_t count, index;
  };
  struct OpenLoop {
    std::size_t at;
    bool emits;  ///< Holds something that runs; if not, its turns are not counted through.
  };
  void load_loop(const Instruction& head);
  void append(const Instruction& instruction);
  void close(std::size_t end);
  bool next_in_body(Instruction& out);
  void resolve(Instruction& instruction) const;

  std::unique_ptr<InstructionStream> stream_;
  std::vector<Instruction> body_;
  std::vector<std::size_t> end_of_;  ///< For a loop at i, the index of its endloop.
  std::vector<OpenLoop> open_;       ///< While a body is loaded.
  std::vector<Frame> frames_;
  std::size_t position_ = 0;
};

}  // namespace npulse::isa
