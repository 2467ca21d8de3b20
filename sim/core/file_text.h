// SPDX-License-Identifier: Apache-2.0
// Whole files as text or bytes, of a bounded size.
#pragma once

#include <cstdint>
#include <string>

namespace npulse {

/// A file's content; InputError when it cannot be read or is larger than `max_bytes`.
std::string read_whole(const std::string& path, std::uint64_t max_bytes = std::uint64_t{64} << 20);

}  // namespace npulse
