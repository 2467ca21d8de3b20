// SPDX-License-Identifier: Apache-2.0
// Names go into JSON, which is UTF-8.
#pragma once

#include <optional>
#include <string_view>

namespace npulse::graph {

/// Where `text` stops being UTF-8: the first byte of the first malformed character.
std::optional<std::size_t> first_malformed(std::string_view text);

}  // namespace npulse::graph
