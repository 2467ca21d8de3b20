// SPDX-License-Identifier: Apache-2.0
// One small model for each operator, or for each form of one, and the shape it must make.
#pragma once

#include "tests/traces/importers/onnx/onnx_model.h"

namespace npulse::tests {

struct OpCase {
  std::string name;
  OnnxModel model;
  Dims shape;  ///< Of the output.
};

/// Operators of ONNX up to version 17, which ONNX's own inference can be asked about, too.
std::vector<OpCase> standard_cases();

/// Of newer versions, and of ONNX Runtime.
std::vector<OpCase> other_cases();

}  // namespace npulse::tests
