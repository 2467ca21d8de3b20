// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/part_file.h"

#include "sim/core/config.h"

namespace npulse::dram {

PartParams load_part(const Catalogue& catalogue, std::string_view name_or_path) {
  return read<PartParams>(ConfigFile::load(catalogue.find("parts", name_or_path)));
}

}  // namespace npulse::dram
