// SPDX-License-Identifier: Apache-2.0
// The generated parts of the documentation: written from the parameters' own descriptions.
#pragma once

#include <string>
#include <vector>

namespace npulse::arch {

struct ReferenceFile {
  std::string path;  ///< Within the source tree.
  std::string content;
};

/// docs/parameters.md and the JSON Schemas of configs/schema.
std::vector<ReferenceFile> reference_files();

}  // namespace npulse::arch
