// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/suggest_mapping.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::arch {
namespace {

/// The map alone, so that what else is wrong is not taken for a fault of the mapping.
std::optional<std::string> fault_of(const DramSystem& system) {
  try {
    const auto channels = system.params.channels.value_or(system.part.channels);
    dram::AddressMap{system.part.organisation, channels, system.mapping()};
  } catch (const InputError& error) {
    return error.what();
  }
  return std::nullopt;
}

}  // namespace

dram::TimeUse MappingTrial::largest_loss() const {
  const auto uses = enum_names(dram::TimeUse{});
  const auto most =
      std::max_element(uses.begin() + 1, uses.end(), [&](const auto& a, const auto& b) {
        return report.time.of(a.value) < report.time.of(b.value);
      });
  return most->value;
}

MappingTable suggest_mapping(const DramSystem& system, TraceOptions trace,
                             const std::function<void(double)>& poll) {
  trace.limit = std::min(trace.limit, kMappingTrialRequests);
  MappingTable table;
  const auto presets = enum_names(dram::MapPreset{});
  for (std::size_t i = 0; i < presets.size(); ++i) {
    const DramSystem changed = with_mapping(system, presets[i].value);
    if (const auto fault = fault_of(changed)) {
      table.notes.push_back(fmt::format("{} does not fit: {}", presets[i].name, *fault));
      continue;
    }
    ReplaySettings settings;
    settings.poll = [&](double share) {
      if (poll) poll((static_cast<double>(i) + share) / static_cast<double>(presets.size()));
    };
    table.trials.push_back({presets[i].value, replay(changed, trace, settings)});
  }
  if (table.trials.empty()) throw InputError{system.part.name, "no mapping preset fits this part"};
  std::stable_sort(table.trials.begin(), table.trials.end(), [](const auto& a, const auto& b) {
    return a.report.latency_s < b.report.latency_s;
  });
  return table;
}

}  // namespace npulse::arch
