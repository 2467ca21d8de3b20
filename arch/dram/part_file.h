// SPDX-License-Identifier: Apache-2.0
// Reads a shipped or a user's part.
#pragma once

#include <string_view>

#include "arch/dram/params.h"
#include "sim/core/catalogue.h"
#include "sim/core/config_file.h"

namespace npulse::dram {

/// A part is named PART[@VARIANT]...: a name or path as in Catalogue::find for `parts`, then any of
/// the variants that its file lists (`lpddr5x-8533@8Gb`). The variants' figures stand in the tree
/// where they belong, and `name` ends in them.
ConfigFile part_config(const Catalogue& catalogue, std::string_view part);

/// Throws InputError with every fault of the file.
PartParams load_part(const Catalogue& catalogue, std::string_view part);

/// The variants that its file lists, in the file's order.
std::vector<std::string> part_variants(const Catalogue& catalogue, const std::string& part);

/// PART and PART@VARIANT for every variant.
std::vector<std::string> part_names(const Catalogue& catalogue, const std::string& part);

}  // namespace npulse::dram
