// SPDX-License-Identifier: Apache-2.0
// A chip with all that its file names: memory part and energy tables, and where each figure is from.
#pragma once

#include <string>
#include <vector>

#include "arch/chip/params.h"
#include "arch/energy/tech.h"
#include "sim/core/provenance.h"

namespace npulse::arch {

/// What a user changes on a shipped chip.
struct ChipChanges {
  std::optional<std::string> memory;  ///< PART or PART:CHANNELS.
  std::vector<std::string> sets;      ///< `path=value` of the chip, or of its part as `part.path=value`.
};

struct Chip {
  ChipParams params;
  dram::PartParams part;
  TechParams tech;
  std::vector<Provenance> provenance;  ///< Paths of the part begin with `part.`, of the tables with `tech.`.
};

/// `name` is one in configs/chips or a path. All faults of a file come in one InputError.
Chip load_chip(const std::string& name, const ChipChanges& changes = {});

}  // namespace npulse::arch
