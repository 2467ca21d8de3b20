// SPDX-License-Identifier: Apache-2.0
// Command streams of Arm Ethos-U55 and U65 as graphs: one node an operation, so that the stripes of
// a cascade stay what Vela made of them.
#pragma once

#include "traces/importers/importer.h"

namespace npulse::importers {

/// Whose output an operation reads follows from addresses; what nobody wrote is an input. Waits,
/// copies of weights into fast memory and commands that are not known are counted in warnings.
Imported import_ethosu(const std::string& path, const ImportOptions& options);

/// The same of a file's content.
Imported import_ethosu_bytes(const std::string& bytes, const std::string& file);

}  // namespace npulse::importers
