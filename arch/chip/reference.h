// SPDX-License-Identifier: Apache-2.0
// The generated parts of the documentation: written from the descriptions of parameters and
// statistics.
#pragma once

#include <string>
#include <vector>

#include "arch/chip/report.h"

namespace npulse::arch {

struct ReferenceFile {
  std::string path;  ///< Within the source tree.
  std::string content;
};

/// docs/parameters.md and the JSON Schemas of configs/schema.
std::vector<ReferenceFile> reference_files();

/// docs/statistics.md, from the statistics of any run that has a module of each kind.
ReferenceFile statistics_reference(const std::vector<StatsReport>& stats);

}  // namespace npulse::arch
