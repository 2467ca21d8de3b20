// SPDX-License-Identifier: Apache-2.0
// Stands in for the ONNX importer where the ONNX library was missing at build time.
#include <sstream>

#include "traces/importers/onnx.h"

namespace npulse::importers {

Imported import_onnx(std::istream&, const std::string& path, const ImportOptions&) {
  throw InputError{
      path, "this npulse was built without the ONNX library",
      "install libonnx-dev and libprotobuf-dev (Debian, Ubuntu) and build npulse again"};
}

Imported import_onnx(const std::string& path, const ImportOptions& options) {
  std::istringstream unused;
  return import_onnx(unused, path, options);
}

}  // namespace npulse::importers
