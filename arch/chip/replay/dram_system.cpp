// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/dram_system.h"

#include "arch/dram/part_file.h"
#include "sim/core/catalogue.h"
#include "sim/core/config.h"

namespace npulse::arch {
namespace {

constexpr std::int64_t kMaxChannels = 1024;
constexpr std::string_view kPartPrefix = "part.";

void refuse_part(const std::string& set) {
  if (!set.starts_with("part=")) return;
  throw InputError{"--set " + set, "the part is the first word of the command",
                   "write npulse dram " + set.substr(5) + " TRACE"};
}

std::int64_t checked_channels(std::int64_t channels) {
  if (channels >= 1 && channels <= kMaxChannels) return channels;
  throw InputError{"channels", std::to_string(channels) + " is out of range",
                   "use 1 to " + std::to_string(kMaxChannels)};
}

}  // namespace

DramSystem load_dram_system(const std::string& part, const DramChanges& changes) {
  ConfigFile part_file = dram::part_config(Catalogue::locate(), part);
  ConfigFile own = ConfigFile::parse("{}", "the memory");
  for (const std::string& set : changes.sets) {
    refuse_part(set);
    if (set.starts_with(kPartPrefix)) {
      part_file.set(set.substr(kPartPrefix.size()));
    } else {
      own.set(set);
    }
  }
  DramSystem system;
  system.part = read<dram::PartParams>(part_file, &system.provenance);
  for (Provenance& figure : system.provenance) figure.path = kPartPrefix.data() + figure.path;
  system.params.engine = dram::MemoryEngine::reference;
  read_into(system.params, own);
  system.params.part = part;
  if (changes.engine) system.params.engine = *changes.engine;
  if (changes.channels) system.params.channels = checked_channels(*changes.channels);
  return changes.mapping ? with_mapping(std::move(system), *changes.mapping) : system;
}

DramSystem with_mapping(DramSystem system, dram::MapPreset preset) {
  dram::MappingParams mapping = system.mapping();
  mapping.preset = preset;
  mapping.bits.clear();
  system.params.mapping = mapping;
  return system;
}

}  // namespace npulse::arch
