// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim's configuration files as chips. What SCALE-Sim does not model is assumed, and each line
// of the chip file says so.
#pragma once

#include "traces/importers/importer.h"

namespace npulse::importers {

Imported import_scalesim_cfg(const std::string& path, const ImportOptions& options);

/// The same of a file's content.
Imported import_scalesim_cfg_text(const std::string& text, const std::string& file,
                                  const ImportOptions& options);

}  // namespace npulse::importers
