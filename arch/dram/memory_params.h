// SPDX-License-Identifier: Apache-2.0
// The `memory` group of a chip: a part, and how the chip uses it.
#pragma once

#include <optional>
#include <string>

#include "arch/dram/controller_params.h"
#include "arch/dram/params.h"

namespace npulse::dram {

/// fast: granules of rows, memoised (fast_channel.h); reference: every command
/// (reference_channel.h).
enum class MemoryEngine : std::uint8_t { fast, reference };
std::span<const EnumName<MemoryEngine>> enum_names(MemoryEngine);

struct MemoryParams {
  std::string part = "lpddr5x-8533";
  std::optional<std::int64_t> channels;
  std::optional<MappingParams> mapping;
  ControllerParams controller;
  MemoryEngine engine = MemoryEngine::fast;

  template <class V>
  static void describe(V& field) {
    using T = MemoryParams;
    field("part", &T::part, "",
          "A name from configs/parts, or a path; `@VARIANT` after it picks a density or mode.");
    field("channels", &T::channels, "count", "Channels; the part's typical number when absent.",
          between(1, 1024));
    field("mapping", &T::mapping, "", "Address mapping; the part's own when absent.");
    field("controller", &T::controller, "", "The controller of every channel.");
    field("engine", &T::engine, "", "How channels are simulated: quickly, or command by command.");
  }
};

}  // namespace npulse::dram
