// SPDX-License-Identifier: Apache-2.0
// Compression of one chunk in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/core/enum_names.h"

namespace npulse::isa {

enum class Compression : std::uint8_t { none, gzip, zstd };
std::span<const EnumName<Compression>> enum_names(Compression);

namespace binary {

std::string compress(std::string_view bytes, Compression compression);

/// Expands to exactly `size` bytes; nothing when the input is damaged or gives fewer or more. Never
/// makes more than `size` bytes, however much the input claims to hold.
std::optional<std::string> expand(std::string_view bytes, Compression compression,
                                  std::size_t size);

}  // namespace binary
}  // namespace npulse::isa
