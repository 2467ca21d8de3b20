// SPDX-License-Identifier: Apache-2.0
// The bytes that an instruction reads and writes.
#pragma once

#include <vector>

#include "isa/instruction.h"

namespace npulse::isa {

/// `runs` runs of `run_bytes` bytes, `stride` bytes from begin to begin, within [begin, end).
struct Access {
  Space space = Space::spm;
  std::uint16_t core = 0;  ///< Owner of spm or acc; 0 for other spaces.
  bool write = false;
  bool approximate = false;  ///< The bytes are some of these runs, not surely all.
  Address begin = 0, end = 0;
  std::uint64_t run_bytes = 0, stride = 0, runs = 1;
  bool operator==(const Access&) const = default;
};

/// Regular blocks that one side of a DMA is split into at most; beyond, it is one approximate run.
constexpr std::int64_t kMaxFootprintBlocks = 64;

/// Appends what `instruction` (loop steps resolved, well-formed) touches when `core` executes it.
/// An accumulating `mm` or `conv` both reads and writes its result. Allocates only if `out` must
/// grow.
void append_footprint(const Instruction& instruction, std::uint16_t core, std::vector<Access>& out);

/// True when the two touch a common byte. Exact for any two regular accesses, in constant time when
/// their strides are equal; only for over kMaxFootprintBlocks^2 runs of unequal strides it may err
/// towards true.
bool overlap(const Access& a, const Access& b);

/// True when the two overlap and one of them writes: their order matters.
inline bool conflict(const Access& a, const Access& b) {
  return (a.write || b.write) && overlap(a, b);
}

}  // namespace npulse::isa
