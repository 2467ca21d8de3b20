// SPDX-License-Identifier: Apache-2.0
// ONNX models by shape: tensors that the file keeps elsewhere are never opened.
#pragma once

#include <istream>

#include "traces/importers/importer.h"

namespace npulse::importers {

/// `options.dims` gives symbolic dimensions their values. Where NPUlse was built without the ONNX
/// library, an InputError that says so.
Imported import_onnx(const std::string& path, const ImportOptions& options);

/// The same from a stream; `path` names it in messages.
Imported import_onnx(std::istream& in, const std::string& path, const ImportOptions& options);

}  // namespace npulse::importers
