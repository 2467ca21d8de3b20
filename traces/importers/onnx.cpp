// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx.h"

#include <fstream>

#include "traces/importers/onnx/model.h"

namespace npulse::importers {

Imported import_onnx(std::istream& in, const std::string& path, const ImportOptions& options) {
  ::onnx::ModelProto model;
  if (!model.ParsePartialFromIstream(&in)) {
    throw InputError{path, "is no ONNX model: its protobuf messages are damaged or cut off",
                     "export it again; files over 2 GB need their weights in external data"};
  }
  if (!model.has_graph()) {
    throw InputError{path, "is no ONNX model: it has no graph", "check that it is the right file"};
  }
  return import_model(model, path, options);
}

Imported import_onnx(const std::string& path, const ImportOptions& options) {
  std::ifstream in{path, std::ios::binary};
  if (!in || in.peek() == std::ifstream::traits_type::eof()) {
    throw InputError{path, "cannot be read, or is empty",
                     "check that the file exists and is readable"};
  }
  return import_onnx(in, path, options);
}

}  // namespace npulse::importers
