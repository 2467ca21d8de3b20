// SPDX-License-Identifier: Apache-2.0
// MLCommons Chakra execution traces as programs: recorded durations, memory traffic, collectives
// and what depends on what.
#pragma once

#include "traces/importers/importer.h"

namespace npulse::importers {

/// One trace (`.et`, gzip or plain), or a folder with one a rank (`name.0.et`, `name.1.et`, ...).
Imported import_chakra(const std::string& path, const ImportOptions& options);

/// The same of one file's content.
Imported import_chakra_bytes(const std::string& bytes, const std::string& file);

}  // namespace npulse::importers
