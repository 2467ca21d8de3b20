// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim's topology files: convolutions or matrix products, one a row. Read tolerantly, in all
// the dialects that files in the wild have; what SCALE-Sim itself refuses or misreads is repaired
// and said, or with `strict` a fault.
#pragma once

#include "traces/importers/importer.h"

namespace npulse::importers {

/// Layers do not depend on each other, but for mNPUsim's files, which say so. Everything is i8.
Imported import_scalesim(const std::string& path, const ImportOptions& options);

/// The same of a file's content.
Imported import_scalesim_text(const std::string& text, const std::string& file,
                              const ImportOptions& options);

}  // namespace npulse::importers
