// SPDX-License-Identifier: Apache-2.0
// A memory without a chip: a part, how many channels of it, its mapping and its controller.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arch/dram/memory_params.h"
#include "sim/core/provenance.h"

namespace npulse::arch {

/// What a user asks for on top of a part's own figures.
struct DramChanges {
  std::optional<std::int64_t> channels;
  std::optional<dram::MapPreset> mapping;
  std::optional<dram::MemoryEngine> engine;
  std::vector<std::string>
      sets;  ///< `controller.path=value`, `mapping.path=value`, `part.path=value`.
};

struct DramSystem {
  dram::PartParams part;
  dram::MemoryParams params;
  std::vector<Provenance> provenance;  ///< Paths of the part begin with `part.`.

  dram::MappingParams mapping() const { return params.mapping.value_or(part.mapping); }
};

/// `part` is PART or PART@VARIANT as in dram::part_config. All faults of a file come in one
/// InputError.
DramSystem load_dram_system(const std::string& part, const DramChanges& changes = {});

/// The same system with another mapping preset, its granule kept.
DramSystem with_mapping(DramSystem system, dram::MapPreset preset);

}  // namespace npulse::arch
