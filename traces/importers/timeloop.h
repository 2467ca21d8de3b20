// SPDX-License-Identifier: Apache-2.0
// Timeloop's problem files (v0.3, v0.4 and older): one layer a file; of a folder, every layer in
// it.
#pragma once

#include "traces/importers/importer.h"
#include "traces/importers/timeloop_text.h"

namespace npulse::importers {

/// Layers do not depend on each other. Everything is i8, since Timeloop counts words. Files that a
/// folder holds beside its layers (without `problem`) are left out and warned of.
Imported import_timeloop(const std::string& path, const ImportOptions& options);

/// The same of one file's content.
Imported import_timeloop_text(const std::string& text, const std::string& file,
                              const ImportOptions& options,
                              const timeloop::ReadInclude& read_include);

}  // namespace npulse::importers
