// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/chip.h"

#include <algorithm>
#include <charconv>

#include "arch/dram/part_file.h"
#include "arch/energy/energy_model.h"
#include "sim/core/catalogue.h"
#include "sim/core/config.h"

namespace npulse::arch {
namespace {

constexpr std::string_view kPartPrefix = "part.";

template <class T>
T read_file(const ConfigFile& file, const std::string& prefix, std::vector<Provenance>& all) {
  std::vector<Provenance> provenance;
  T params = read<T>(file, &provenance);
  for (Provenance& figure : provenance) {
    figure.path = prefix + figure.path;
    all.push_back(std::move(figure));
  }
  return params;
}

ConfigFile find_file(std::string_view kind, const std::string& name) {
  return ConfigFile::load(Catalogue::locate().find(kind, name));
}

/// Whether one of `sets` gives `path` or something below it.
bool gives(const std::vector<std::string>& sets, const std::string& path) {
  return std::any_of(sets.begin(), sets.end(), [&](const std::string& set) {
    return set.starts_with(path + "=") || set.starts_with(path + ".");
  });
}

/// PART:CHANNELS, where PART may be a path. Channels and mapping of the chip's file were meant for
/// its own part; those of `sets` are meant for this one.
void swap_memory(dram::MemoryParams& memory, const std::string& text,
                 const std::vector<std::string>& sets) {
  const auto colon = text.rfind(':');
  const bool set_channels = gives(sets, "memory.channels");
  memory.part = text.substr(0, colon);
  if (!set_channels) memory.channels.reset();
  if (!gives(sets, "memory.mapping")) memory.mapping.reset();
  if (colon == std::string::npos) return;
  if (set_channels) {
    throw InputError{"--memory " + text, "memory.channels is set too", "leave one of them out"};
  }
  std::int64_t channels = 0;
  const char* first = text.data() + colon + 1;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, channels);
  if (error != std::errc{} || end != last || channels < 1 || channels > 128) {
    throw InputError{"--memory " + text, "'" + std::string{first} + "' is no channel count",
                     "use PART or PART:CHANNELS with 1 to 128 channels"};
  }
  memory.channels = channels;
}

std::pair<std::vector<std::string>, std::vector<std::string>> split_sets(
    const std::vector<std::string>& sets) {
  std::pair<std::vector<std::string>, std::vector<std::string>> split;
  for (const std::string& set : sets) {
    if (set.starts_with(kPartPrefix)) {
      split.second.push_back(set.substr(kPartPrefix.size()));
    } else {
      split.first.push_back(set);
    }
  }
  return split;
}

}  // namespace

void ChipParams::check(Faults& faults, const std::string& path) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    const auto& queue = queues[i].name;
    if (std::find(names.begin(), names.end(), queue) != names.end()) {
      faults.add(join_path(path, "queues." + std::to_string(i) + ".name"),
                 "'" + queue + "' names two queues", "give each its own name");
    }
    names.push_back(queue);
  }
  if (queues.empty()) {
    faults.add(join_path(path, "queues"), "a core needs at least one queue",
               "for example queues: [{name: ld, kind: dma}]");
  }
}

Chip load_chip(const std::string& name, const ChipChanges& changes) {
  const auto [chip_sets, part_sets] = split_sets(changes.sets);
  ConfigFile chip_file = find_file("chips", name);
  for (const auto& set : chip_sets) chip_file.set(set);
  Chip chip;
  chip.params = read_file<ChipParams>(chip_file, "", chip.provenance);
  if (changes.memory) swap_memory(chip.params.memory, *changes.memory, chip_sets);

  ConfigFile part_file = dram::part_config(Catalogue::locate(), chip.params.memory.part);
  for (const auto& set : part_sets) part_file.set(set);
  chip.part = read_file<dram::PartParams>(part_file, "part.", chip.provenance);

  chip.tech = read_file<TechParams>(find_file("tech", chip.params.tech), "tech.", chip.provenance);
  return chip;
}

}  // namespace npulse::arch
