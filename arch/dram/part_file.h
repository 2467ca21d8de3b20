// SPDX-License-Identifier: Apache-2.0
// Reads a shipped or a user's part.
#pragma once

#include <string_view>

#include "arch/dram/params.h"
#include "sim/core/catalogue.h"

namespace npulse::dram {

/// `name_or_path` as in Catalogue::find for `parts`. Throws InputError with every fault of the
/// file.
PartParams load_part(const Catalogue& catalogue, std::string_view name_or_path);

}  // namespace npulse::dram
