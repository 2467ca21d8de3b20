// SPDX-License-Identifier: Apache-2.0
// A Timeloop file as one YAML tree: its jinja2 includes read, its merge keys `<<` and `<<<` done.
#pragma once

#include <functional>
#include <string>

#include "sim/core/config_file.h"

namespace npulse::importers::timeloop {

/// The text of an included file; throws InputError when there is none.
using ReadInclude = std::function<std::string(const std::string& path)>;

/// Every node's origin is where it stands, also in an included file. `<<<` merges maps within maps,
/// `<<` only at its own level. Throws InputError with every fault.
ConfigNode read_document(const std::string& text, const std::string& file,
                         const ReadInclude& read_include);

}  // namespace npulse::importers::timeloop
