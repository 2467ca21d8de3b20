// SPDX-License-Identifier: Apache-2.0
// YAML text to ConfigNode: the one place that knows yaml-cpp. Bounded in depth and expanded size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/core/config_file.h"

namespace npulse {

/// Says where the nodes of a text stand.
struct TextOrigin {
  std::string name;       ///< File name, or `--set path=value`.
  bool override = false;  ///< Nodes carry the bare name and Mark::set.
};

/// The tree of `text`, or nothing when its syntax or size leaves none; what is wrong goes to
/// `faults`.
std::optional<ConfigNode> parse_yaml(std::string_view text, const TextOrigin& origin,
                                     Faults& faults);

}  // namespace npulse
