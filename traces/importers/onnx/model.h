// SPDX-License-Identifier: Apache-2.0
// From the messages of an ONNX file to a graph.
#pragma once

#include "traces/importers/importer.h"
#include "traces/importers/onnx/proto.h"

namespace npulse::importers {

/// `path` only names the file in messages.
Imported import_model(const ::onnx::ModelProto& model, const std::string& path,
                      const ImportOptions& options);

}  // namespace npulse::importers
