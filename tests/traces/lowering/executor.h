// SPDX-License-Identifier: Apache-2.0
// Runs a program without time, in a random but legal order, and finds what would be a bug of
// lowering: deadlock, races, reads of bytes never written, addresses outside a memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "isa/memory_program.h"
#include "traces/lowering/target.h"

namespace npulse::test {

/// Sums over all executed instructions.
struct Executed {
  std::int64_t dram_read = 0, dram_written = 0, macs = 0, instructions = 0;
  std::map<std::string, std::int64_t> dram_read_by_region;
  std::vector<std::string> faults;  ///< Empty when all is well; at most a few.
};

/// Told of every instruction of a queue, in the order executed.
using Observer = std::function<void(std::uint32_t core, const isa::Instruction& instruction)>;

/// `depth` instructions fit a queue; `seed` picks the order.
Executed execute(const isa::Program& program, const lowering::Target& target, std::size_t depth,
                 std::uint64_t seed, const Observer& observer = {});

}  // namespace npulse::test
